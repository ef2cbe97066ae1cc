"""What `kazcorpus up` keeps running: server, deployments and worker; finding and ending it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kaz_datasets.errors import Failed, NotFound
from kaz_datasets.files import write_json
from kaz_datasets.workspace import Workspace
from kaz_flows.access import Access
from kaz_flows.server import Server, client_environment, end, prefect_home, started_server

WORKER_GRACE: Final = 30.0
"""Seconds that a worker has to cancel its runs; what it ran goes on later."""
DOWN_GRACE: Final = 90.0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A running `kazcorpus up`. A process number alone may have gone to another process."""

    url: str
    pid: int
    started: int
    """Clock ticks since boot at which the process began (proc_pid_stat(5), field 22)."""
    worker: int
    deployments: tuple[str, ...]


@contextmanager
def stand(workspace: Workspace, access: Access | None = None) -> Iterator[Standing]:
    """Run server and worker for the time of the block. Raises Failed if they stand already."""
    there = standing(workspace)
    if there is not None:
        raise Failed(
            f"process {there.pid} keeps {workspace.root} up already, at {there.url}:"
            " end it with `kazcorpus down`"
        )
    with started_server(workspace, access) as server:
        os.environ.update(client_environment(workspace, server))
        from kaz_flows.operations.deployments import POOL, register

        names = register(workspace)
        worker = _start_worker(workspace, server, POOL)
        try:
            yield _note(workspace, server, worker, names)
        finally:
            _note_file(workspace).unlink(missing_ok=True)
            end(worker, WORKER_GRACE)


def standing(workspace: Workspace) -> Standing | None:
    """The `kazcorpus up` that keeps this workspace up, or None."""
    try:
        noted = json.loads(_note_file(workspace).read_text(encoding="utf-8"))
        found = Standing(**{**noted, "deployments": tuple(noted["deployments"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if _start_of(found.pid) == found.started else None


def take_down(workspace: Workspace) -> Standing:
    """End the `kazcorpus up` of this workspace and wait for it. Raises NotFound, Failed."""
    found = standing(workspace)
    if found is None:
        raise NotFound(f"nothing keeps {workspace.root} up: `kazcorpus up` would")
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_GRACE
    while _start_of(found.pid) == found.started:
        if time.monotonic() > deadline:
            raise Failed(
                f"process {found.pid} has not ended within {DOWN_GRACE:.0f} s:"
                " see .prefect/worker.log in the workspace"
            )
        time.sleep(0.1)
    return found


def _start_worker(workspace: Workspace, server: Server, pool: str) -> subprocess.Popen[bytes]:
    # -P: whatever lies in the working directory must not be imported.
    command = [sys.executable, "-P", "-m", "prefect", "worker", "start", "--pool", pool]
    with (prefect_home(workspace) / "worker.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, fixed arguments
            [*command, "--type", "process", "--name", workspace.root.name],
            env={**os.environ, **client_environment(workspace, server)},
            cwd=workspace.root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _note(
    workspace: Workspace, server: Server, worker: subprocess.Popen[bytes], names: list[str]
) -> Standing:
    found = Standing(
        url=server.url,
        pid=os.getpid(),
        started=_start_of(os.getpid()) or 0,
        worker=worker.pid,
        deployments=tuple(names),
    )
    write_json(_note_file(workspace), asdict(found))
    return found


def _note_file(workspace: Workspace) -> Path:
    return prefect_home(workspace) / "up.json"


def _start_of(pid: int) -> int | None:
    """When a process began, in clock ticks since boot; None for one that is not there."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])
