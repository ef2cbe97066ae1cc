"""Prefect's server with a password and a real PostgreSQL, as several workers need it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.workspace import Workspace
from kaz_flows.access import CLIENT_CREDENTIALS, CREDENTIALS, access_of
from kaz_flows.configuration import make_workspace
from kaz_flows.server import prefect_home, require_entry, started_server

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "postgres" if os.geteuid() == 0 else None
"""PostgreSQL does not run as root."""
SECRET = "operator:nobody-may-read-this"

pytestmark = pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL is not installed here")


@pytest.fixture
def database() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if USER:
        shutil.chown(folder, USER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    make: list[str | Path] = [
        PROGRAMS[-1] / "initdb",
        "-D",
        folder / "data",
        "-A",
        "trust",
        "-U",
        "kaz",
        "-N",
    ]
    subprocess.run(make, user=USER, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    serve: list[str | Path] = [
        PROGRAMS[-1] / "postgres",
        "-D",
        folder / "data",
        "-p",
        f"{port}",
        "-h",
        "127.0.0.1",
    ]
    with subprocess.Popen(
        [*serve, "-k", folder, "-F"], user=USER, cwd=folder, stderr=subprocess.DEVNULL
    ) as server:
        try:
            yield f"postgresql+asyncpg://kaz@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(30)
            shutil.rmtree(folder)


def test_the_server_keeps_its_runs_in_postgresql_and_asks_for_a_password(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(tmp_path / "shared")
    monkeypatch.delenv(CLIENT_CREDENTIALS, raising=False)
    access = access_of({CREDENTIALS: SECRET}, database=database)
    with started_server(workspace, access) as server:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{server.api}/admin/version", timeout=10)
        with pytest.raises(BadConfiguration, match=CLIENT_CREDENTIALS):
            require_entry(server)
        monkeypatch.setenv(CLIENT_CREDENTIALS, SECRET)
        require_entry(server)
    assert not (prefect_home(workspace) / "prefect.db").exists()
    assert_nothing_secret(workspace)


def assert_nothing_secret(workspace: Workspace) -> None:
    files = [path for path in workspace.root.rglob("*") if path.is_file()]
    assert any(path.name == "server.log" for path in files)
    assert not [path for path in files if b"nobody-may-read" in path.read_bytes()]
