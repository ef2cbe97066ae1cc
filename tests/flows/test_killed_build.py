"""`kill -9` at any moment, then the same command: the same bytes as an undisturbed run."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace

SOURCES = ("demo-health", "demo-education", "demo-mirror")
COMMAND = [sys.executable, "-c", "from kaz_flows.cli import main; main()", "build", "--workspace"]


def digests(workspace: Workspace) -> dict[str, str]:
    release = workspace.releases / "1.0.0"
    return {
        str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(release.rglob("*"))
        if path.is_file()
    }


def copy_of(crawled: Workspace, folder: Path) -> Workspace:
    workspace = make_workspace(folder)
    for source in SOURCES:
        shutil.copytree(crawled.archive / source, workspace.archive / source)
    return workspace


def traces(workspace: Workspace) -> list[Path]:
    """What a build has finished so far, in the order in which it is done."""
    stages = ("documents", "dedup/signatures", "dedup", "dedup/kept", "releases")
    return [
        path for stage in stages for path in sorted((workspace.root / stage).rglob("*.stage.json"))
    ]


@pytest.fixture(scope="module")
def undisturbed(crawled: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    workspace = copy_of(crawled, tmp_path_factory.mktemp("undisturbed"))
    subprocess.run([*COMMAND, str(workspace.root)], check=True, capture_output=True)
    return digests(workspace)


# How many finished pieces of work to wait for before the kill, and a moment more.
MOMENTS = [(0, 0.3), (1, 0.0), (3, 0.05), (7, 0.0), (9, 0.1)]


@pytest.mark.parametrize(("finished", "seconds"), MOMENTS)
def test_a_killed_build_ends_in_the_same_bytes(
    finished: int,
    seconds: float,
    crawled: Workspace,
    undisturbed: dict[str, str],
    tmp_path: Path,
) -> None:
    workspace = copy_of(crawled, tmp_path)
    with subprocess.Popen([*COMMAND, str(workspace.root)], start_new_session=True) as running:
        while len(traces(workspace)) < finished and running.poll() is None:
            time.sleep(0.005)
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL, "the build ended before it could be killed"
    subprocess.run([*COMMAND, str(workspace.root)], check=True, capture_output=True)
    assert digests(workspace) == undisturbed
    assert not list(workspace.root.rglob("*.partial"))
