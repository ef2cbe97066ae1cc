"""Does the machine have what a build takes: a clock, disk and memory?"""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import kaz_datasets
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import Configuration
from kaz_flows.doctor.finding import Finding

LEAST_DISK = 1_000_000_000
"""Bytes. With less, not even the temporary files of one full shard fit."""
WORKER_MEMORY = 500_000_000
"""Bytes a cleaning worker may take before it is killed: see `kaz_cleaning.pool`."""
OWN_MEMORY = 1_000_000_000
"""Bytes of the process that leads a build, with a shard of documents in it."""


def clock() -> Finding:
    """A clock that has not fallen back behind the day this package was written to disk."""
    installed = Path(kaz_datasets.__file__).stat().st_mtime
    now = time.time()
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if now < installed:
        return Finding(
            check="clock",
            state="wrong",
            found=f"{shown}, before kazcorpus was installed",
            advice="set the clock: crawl dates and schedules come from it",
        )
    return Finding(check="clock", state="ok", found=shown)


def disk(workspace: Workspace) -> Finding:
    """As much free disk as the archive takes: documents, dedup and a release of it must fit."""
    free = shutil.disk_usage(workspace.root).free
    needed = max(LEAST_DISK, archive_bytes(workspace))
    found = f"{_gigabytes(free)} free, {_gigabytes(needed)} wanted beside the archive"
    if free >= needed:
        return Finding(check="disk", state="ok", found=found)
    return Finding(
        check="disk",
        state="wrong" if free < LEAST_DISK else "doubt",
        found=found,
        advice="free some, or move the workspace; a build that runs out of disk goes on later",
    )


def archive_bytes(workspace: Workspace) -> int:
    """Bytes of all archive files."""
    files = workspace.archive.rglob("*") if workspace.archive.is_dir() else ()
    return sum(path.stat().st_size for path in files if path.is_file())


def memory(workspace: Workspace) -> Finding:
    """Memory for as many workers as the configuration, or else the machine, asks for."""
    try:
        workers = Configuration.of(workspace).run.workers or os.cpu_count() or 1
    except Exception:  # the configuration has a check of its own
        workers = os.cpu_count() or 1
    available = memory_available()
    needed = OWN_MEMORY + workers * WORKER_MEMORY
    found = f"{_gigabytes(available)} available, {_gigabytes(needed)} for {workers} workers"
    if available >= needed:
        return Finding(check="memory", state="ok", found=found)
    fitting = max(1, (available - OWN_MEMORY) // WORKER_MEMORY)
    return Finding(
        check="memory",
        state="doubt",
        found=found,
        advice=f"set `workers = {fitting}` under [run] in {workspace.configuration.name}",
    )


def memory_available(root: Path = Path("/")) -> int:
    """Bytes that processes can still take: the kernel's estimate, within the container's limit."""
    lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    free = int(kilobytes) * 1024
    limit = _number(root / "sys/fs/cgroup/memory.max")
    used = _number(root / "sys/fs/cgroup/memory.current")
    return free if limit is None or used is None else min(free, max(0, limit - used))


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or one whose limit is "max"
        return None


def _gigabytes(number: int) -> str:
    return f"{number / 1e9:.1f} GB"
