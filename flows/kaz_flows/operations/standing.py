"""What `kazcorpus up` keeps running: server, deployments and worker; finding and ending it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kaz_datasets.errors import Failed, NotFound
from kaz_datasets.files import write_json
from kaz_datasets.workspace import Workspace
from kaz_flows.access import Access, access_of
from kaz_flows.operations.silence import SilenceWatch
from kaz_flows.server import (
    Server,
    client_environment,
    end,
    introduce,
    prefect_home,
    retire,
    start,
)

WORKER_GRACE: Final = 30.0
"""Seconds that a worker has to cancel its runs; what it ran goes on later."""
DOWN_GRACE: Final = 90.0
MOST_RESTARTS: Final = 5
POOL: Final = "kazcorpus"
"""The work pool that the worker asks."""
RESTARTS_WITHIN: Final = 600.0
"""Seconds in which so many ends are an accident, such as of memory, and more are a fault."""


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
def stand(workspace: Workspace, access: Access | None = None) -> Iterator[Keeper]:
    """Keep server and worker running for the time of the block; `Keeper.mend` does so.

    Raises Failed if they stand already.
    """
    there = standing(workspace)
    if there is not None:
        raise Failed(
            f"process {there.pid} keeps {workspace.root} up already, at {there.url}:"
            " end it with `kazcorpus down`"
        )
    keeper = Keeper(workspace, access or access_of(os.environ))
    try:
        keeper.begin()
        yield keeper
    finally:
        keeper.finish()


class Keeper:
    """Server and worker of a workspace: one that has ended is started again where it was."""

    standing: Standing

    def __init__(self, workspace: Workspace, access: Access) -> None:
        self._workspace = workspace
        self._access = access
        self._restarts: deque[float] = deque(maxlen=MOST_RESTARTS)
        self._worker: subprocess.Popen[bytes] | None = None
        self._serving: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start both and register the deployments. Raises Failed if the server stays silent."""
        server = self._serve()
        # a restarted server must be where browsers and runs under way look for it
        port = urlsplit(server.url).port
        self._access = replace(self._access, port=port)
        self._deployments = _registered(self._workspace, server)
        self._work(server)

    def mend(self) -> list[str]:
        """Start again what has ended by itself, end runs that are dead; what that was, in words.

        Raises Failed when it has happened too often to be an accident.
        """
        said = []
        for name, process in (("server", self._serving), ("worker", self._worker)):
            if process is None or process.poll() is None:
                continue
            self._count_restart(name)
            said.append(f"the {name} ended with {process.returncode} and is started again")
            if name == "server":
                self._serve()
            else:
                self._work(self._server)
        said += [f"{name} gave no sign of life and is called crashed" for name in self._runs.look()]
        return said

    def finish(self) -> None:
        """End both: the worker first, which tells the server of the runs that it cancels."""
        _note_file(self._workspace).unlink(missing_ok=True)
        if self._worker is not None:
            end(self._worker, WORKER_GRACE)
        if self._serving is not None:
            retire(self._workspace, self._serving)

    def _serve(self) -> Server:
        self._serving, self._server = start(self._workspace, self._access)
        introduce(self._workspace, self._serving, self._server)
        self._runs = SilenceWatch(self._server)
        return self._server

    def _work(self, server: Server) -> None:
        self._worker = _start_worker(self._workspace, server)
        self.standing = _note(self._workspace, server, self._worker, self._deployments)

    def _count_restart(self, name: str) -> None:
        now = time.monotonic()
        if len(self._restarts) == MOST_RESTARTS and now - self._restarts[0] < RESTARTS_WITHIN:
            raise Failed(
                f"Prefect's {name} has ended again, the {MOST_RESTARTS + 1}th end within"
                f" {RESTARTS_WITHIN / 60:.0f} minutes: see .prefect/{name}.log in the workspace"
            )
        self._restarts.append(now)


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


def _registered(workspace: Workspace, server: Server) -> tuple[str, ...]:
    """Make or renew the deployments; their names.

    By a child: Prefect's client takes 200 MB, which `up` would keep for as long as it stands.
    Raises Failed.
    """
    # -P: whatever lies in the working directory must not be imported.
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-P", "-m", "kaz_flows.operations.registering", str(workspace.root)],
        env={**os.environ, **client_environment(workspace, server)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"the deployments could not be registered: {done.stderr.strip()[-500:]}")
    return tuple(json.loads(done.stdout))


def _start_worker(workspace: Workspace, server: Server) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "prefect", "worker", "start", "--pool", POOL]
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
    workspace: Workspace, server: Server, worker: subprocess.Popen[bytes], names: tuple[str, ...]
) -> Standing:
    found = Standing(
        url=server.url,
        pid=os.getpid(),
        started=_start_of(os.getpid()) or 0,
        worker=worker.pid,
        deployments=names,
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
