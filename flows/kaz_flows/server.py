"""Prefect's server for one workspace: started, found again, asked whether it answers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from kaz_datasets.errors import BadConfiguration, Failed
from kaz_datasets.files import write_json
from kaz_datasets.workspace import Workspace
from kaz_flows.access import (
    CLIENT_CREDENTIALS,
    CREDENTIALS,
    DATABASE,
    LOOPBACK,
    Access,
    access_of,
    client_credentials,
)
from kaz_flows.server_api import ask

STARTUP_SECONDS = 120  # a cold start migrates the database: 19 to 24 s on two shared cores


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running Prefect server."""

    url: str
    pid: int

    @property
    def api(self) -> str:
        """The address that Prefect's client calls."""
        return f"{self.url}/api"


def prefect_home(workspace: Workspace) -> Path:
    """Where Prefect keeps its database, so that migrations run once a workspace."""
    return workspace.root / ".prefect"


def client_environment(workspace: Workspace, server: Server) -> dict[str, str]:
    """What a process must have in its environment before it imports Prefect."""
    return {
        "PREFECT_HOME": str(prefect_home(workspace)),
        "PREFECT_API_URL": server.api,
        **client_credentials(os.environ),
        # runs are logged to the server; on the terminal an error is one sentence of ours
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "DO_NOT_TRACK": "1",
    }


def running_server(workspace: Workspace) -> Server | None:
    """The server that was started for this workspace and still answers, or None."""
    try:
        noted = json.loads(_note(workspace).read_text(encoding="utf-8"))
        server = Server(url=str(noted["url"]), pid=int(noted["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return server if _answers(server) else None


def require_entry(server: Server) -> None:
    """Raise BadConfiguration if the server asks for a password that the environment lacks."""
    try:
        ask(server.api, "admin/version")
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.UNAUTHORIZED:
            raise BadConfiguration(
                f"the Prefect server at {server.url} asks for a password:"
                f" set {CLIENT_CREDENTIALS} to its user:password"
            ) from None
        raise Failed(f"the Prefect server at {server.url} answers {error.code}") from None
    except OSError as error:
        raise Failed(f"the Prefect server at {server.url} does not answer: {error}") from None


@contextmanager
def started_server(workspace: Workspace, access: Access | None = None) -> Iterator[Server]:
    """Run a server for the time of the block. Raises Failed if it does not come up."""
    process, server = start(workspace, access)
    try:
        introduce(workspace, process, server)
        yield server
    finally:
        retire(workspace, process)


def introduce(workspace: Workspace, process: subprocess.Popen[bytes], server: Server) -> None:
    """Wait until a started server answers, and note it for other processes. Raises Failed."""
    wait_until_up(process, server)
    write_json(_note(workspace), {"url": server.url, "pid": server.pid})


def retire(workspace: Workspace, process: subprocess.Popen[bytes]) -> None:
    """End a server, which no process finds any more."""
    _note(workspace).unlink(missing_ok=True)
    end(process)


def end(process: subprocess.Popen[bytes], patience: float = 20.0) -> None:
    """Ask a process to end, and after `patience` seconds make it."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start(
    workspace: Workspace, access: Access | None = None
) -> tuple[subprocess.Popen[bytes], Server]:
    """Start the server's process without waiting for it; on loopback unless `access` says else."""
    access = access or access_of(os.environ)
    port = access.port or _free_port()
    home = prefect_home(workspace)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed arguments
            [
                sys.executable,
                "-m",
                "prefect",
                "server",
                "start",
                "--host",
                access.host,
                "--port",
                f"{port}",
            ],
            env=_server_environment(os.environ, home, replace(access, port=port)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return process, Server(url=f"http://{access.nearby}:{port}", pid=process.pid)


def wait_until_up(process: subprocess.Popen[bytes], server: Server) -> None:
    """Return once the server answers. Raises Failed when it ends or stays silent."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failed(
                f"Prefect's server ended with exit code {process.returncode} before it answered:"
                " see .prefect/server.log in the workspace"
            )
        if _answers(server):
            return
        time.sleep(0.2)
    raise Failed(
        f"Prefect's server did not answer within {STARTUP_SECONDS} s:"
        " see .prefect/server.log in the workspace"
    )


def _server_environment(base: Mapping[str, str], home: Path, access: Access) -> dict[str, str]:
    secrets = {CREDENTIALS: access.credentials, DATABASE: access.database}
    place = access.public_url or f"http://{access.nearby}:{access.port}"
    return {
        **{name: value for name, value in base.items() if not name.startswith("PREFECT_")},
        **{name: value for name, value in secrets.items() if value},
        **client_credentials({CREDENTIALS: access.credentials}),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{access.nearby}:{access.port}/api",
        # the page calls this address; without it, it would call port 4200
        "PREFECT_SERVER_UI_API_URL": f"{place}/api",
        "PREFECT_SERVER_API_HOST": access.host,
        "PREFECT_SERVER_API_PORT": str(access.port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    }


def _note(workspace: Workspace) -> Path:
    return prefect_home(workspace) / "server.json"


def _answers(server: Server) -> bool:
    try:
        with urllib.request.urlopen(f"{server.api}/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
