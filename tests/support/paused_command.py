"""A `kazcorpus` command that is stopped in the middle of its work, while others try theirs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kaz_datasets.workspace import Workspace
from kaz_flows.lock import holders

COMMAND = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]


@contextmanager
def paused(workspace: Workspace, doing: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command and stop it (SIGSTOP) once it is `doing` something; at the end it goes on."""
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    ) as process:
        deadline = time.monotonic() + 60
        while not any(doing in one.doing for one in holders(workspace)):
            assert process.poll() is None, "it ended before it could be stopped"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGSTOP)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
        assert process.wait(120) == 0, process.stderr and process.stderr.read()
