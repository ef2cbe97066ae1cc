"""A real Dask cluster on loopback: a scheduler and workers, each a process that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

QUIET = {
    "DASK_DISTRIBUTED__DASHBOARD__ENABLED": "False",
    "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
}


class DaskCluster:
    """Scheduler and workers for the time of a block; their logs lie in `folder`."""

    def __init__(
        self,
        folder: Path,
        workers: int = 2,
        environment: Mapping[str, str] | None = None,
        protocol: str = "tcp",
    ) -> None:
        self.folder = folder
        self.protocol = protocol
        self.port = free_port()
        self.environment = {**os.environ, **QUIET, **(environment or {})}
        self.workers: list[subprocess.Popen[bytes]] = []
        self._wanted = workers

    @property
    def engine(self) -> str:
        return f"dask://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.scheduler = self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            f"{self.port}",
            "--no-dashboard",
            "--protocol",
            self.protocol,
        )
        _wait_for_port(self.port, self.scheduler)
        for _ in range(self._wanted):
            self.add_worker()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.terminate()
        for process in (*self.workers, self.scheduler):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def add_worker(self, *options: str) -> subprocess.Popen[bytes]:
        number = len(self.workers)
        worker = self._start(
            "worker",
            f"{self.protocol}://127.0.0.1:{self.port}",
            "--no-nanny",
            "--no-dashboard",
            "--nthreads",
            "1",
            "--memory-limit",
            "0",
            "--host",
            "127.0.0.1",
            "--local-directory",
            str(self.folder / f"worker-{number}"),
            *options,
        )
        self.workers.append(worker)
        return worker

    def wait_for_workers(self) -> None:
        """Return once all that were started have registered."""
        from distributed import Client

        client: Any = Client(f"tcp://127.0.0.1:{self.port}", set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(len(self.workers), timeout=120)
        client.close()

    def kill_worker(self, number: int) -> None:
        self.workers[number].send_signal(signal.SIGKILL)
        self.workers[number].wait()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", "dask", *arguments],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the scheduler ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the scheduler did not come up")
