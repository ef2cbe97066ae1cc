"""`kazcorpus up` as a machine's supervisor keeps it: started again whenever it has ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Final

from dask_cluster import free_port
from prefect_api import PrefectApi

COMMAND: Final = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]
RESTART_PAUSE: Final = 1.0
"""Seconds; as RestartSec= of systemd.service(5)."""
GRACE: Final = 90.0


class KeptUp:
    """A workspace that is up for the time of the block, always at the same address."""

    def __init__(self, workspace: Path) -> None:
        self.restarts = 0
        self._over = threading.Event()
        self._port = free_port()
        self._command = [*COMMAND, "up", "--workspace", f"{workspace}", "--port", f"{self._port}"]
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> PrefectApi:
        self._process = self._started()
        assert self._process.stdout is not None
        said = [self._process.stdout.readline() for _ in range(2)]
        self._thread.start()
        return PrefectApi(said[0].split(": ")[1].split()[0])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._process.terminate()
        self._thread.join(GRACE)

    def _keep(self) -> None:
        while True:
            self._process.communicate()
            if self._over.wait(RESTART_PAUSE):
                return
            self.restarts += 1
            self._process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command,
            env={**os.environ, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
