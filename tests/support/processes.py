"""Processes of this machine, by what /proc says of them. Linux only (proc(5))."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path


def engines(run: str) -> list[int]:
    """The processes of one run of Prefect, and of no other on the machine."""
    wanted = f"PREFECT__FLOW_RUN_ID={run}".encode()
    return [
        pid
        for pid, words in _commands().items()
        if "prefect.engine" in words and wanted in _read(pid, "environ").split(b"\0")
    ]


def below(roots: Sequence[int], word: str) -> list[int]:
    """Children of these processes with a word in their command line."""
    return [pid for pid, words in _commands().items() if word in words and _parent(pid) in roots]


def kill(pids: Sequence[int]) -> list[int]:
    """Kill at once; the numbers of those that were still there."""
    killed = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    return killed


def _commands() -> dict[int, list[str]]:
    names = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return {pid: _read(pid, "cmdline").decode(errors="replace").split("\0") for pid in names}


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it has ended, or is another user's
        return b""
