"""`kazcorpus up` starts again what was killed under it, and gives up when that goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace
from kaz_flows.operations.standing import MOST_RESTARTS, Standing, standing
from kaz_flows.server import Server, prefect_home, running_server

COMMAND = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]
PATIENCE = 120.0

Found = TypeVar("Found")


def test_what_is_killed_is_started_again_where_it_was(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "kept")
    with subprocess.Popen(
        [*COMMAND, "up", "--workspace", str(workspace.root), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as up:
        assert up.stdout is not None
        assert up.stderr is not None
        up.stdout.readline()
        assert up.stdout.readline().startswith("deployments: ")
        server = awaited(lambda: running_server(workspace))
        os.kill(server.pid, signal.SIGKILL)
        again = awaited(lambda: another_server(workspace, server.pid))
        assert again.url == server.url
        last = awaited(lambda: standing(workspace)).worker
        for _ in range(MOST_RESTARTS - 1):
            os.kill(last, signal.SIGKILL)
            last = awaited(lambda: another_worker(workspace, last)).worker  # noqa: B023
        os.kill(last, signal.SIGKILL)
        assert up.wait(PATIENCE) == 1
        complaint = up.stderr.read()
    assert "the server ended with -9 and is started again" in complaint
    assert complaint.count("the worker ended with -9") == MOST_RESTARTS - 1
    assert f"the {MOST_RESTARTS + 1}th end within 10 minutes" in complaint
    assert standing(workspace) is None
    assert running_server(workspace) is None


def awaited(look: Callable[[], Found | None]) -> Found:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


def another_server(workspace: Workspace, pid: int) -> Server | None:
    noted = json.loads((prefect_home(workspace) / "server.json").read_text(encoding="utf-8"))
    return running_server(workspace) if noted["pid"] != pid else None


def another_worker(workspace: Workspace, pid: int) -> Standing | None:
    found = standing(workspace)
    return found if found is not None and found.worker != pid else None
