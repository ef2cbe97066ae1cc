"""What a build has done while it runs: shards, records and bytes by stage, speed, memory."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

EVERY: Final = 5.0
"""Seconds between two words on the same stage: each is a request to Prefect's server."""
_LOOK: Final = 2.0
"""Seconds between two looks at the memory."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(kw_only=True)
class StageWork:
    """One stage so far."""

    stage: str
    units: int
    done: int = 0
    skipped: int = 0
    """Units that an earlier run had done."""
    records: int = 0
    """Rows that came in, of the units done in this run."""
    bytes: int = 0
    """Written in this run."""
    work: float = 0.0
    """Seconds of all units together; more than `wall` where several ran at once."""
    began: float = field(default_factory=time.monotonic)
    wall: float = 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the end, if the rest goes as what was done; None while that is unknown."""
        fresh = self.done - self.skipped
        return self.wall / fresh * (self.units - self.done) if fresh else None

    @property
    def sentence(self) -> str:
        """`12 of 64 shards, 30,211 records, 48.2 MB written, 3 min left`."""
        parts = [f"{self.done} of {self.units} shards"]
        if self.skipped:
            parts.append(f"{self.skipped} done before")
        if self.records:
            parts.append(f"{self.records:,} records")
        if self.bytes:
            parts.append(f"{self.bytes / 1e6:,.1f} MB written")
        if self.done < self.units and self.left is not None:
            parts.append(f"{duration(self.left)} left")
        return ", ".join(parts)


class Watch:
    """Counts the stages of one build; `show` hears of each at its begin, its end, and between."""

    def __init__(self, show: Callable[[StageWork], None]) -> None:
        self.stages: list[StageWork] = []
        self._show = show
        self._lock = threading.Lock()
        self._said = 0.0

    def begin(self, stage: str, units: int) -> StageWork:
        """A stage begins."""
        work = StageWork(stage=stage, units=units)
        self.stages.append(work)
        self._say(work)
        return work

    def done(self, work: StageWork, result: object) -> None:
        """One unit of it is done. What tells nothing of itself counts as a unit and no more."""
        with self._lock:
            work.done += 1
            work.wall = time.monotonic() - work.began
            outcome = getattr(result, "result", None)
            if getattr(outcome, "skipped", False):
                work.skipped += 1
            elif outcome is not None:
                work.records += outcome.account.entered
                work.work += outcome.seconds
                work.bytes += _size(getattr(result, "path", None))
            due = work.done == work.units or time.monotonic() - self._said >= EVERY
            if due:
                self._said = time.monotonic()
        if due:
            self._say(work)

    def _say(self, work: StageWork) -> None:
        self._show(work)


@dataclass
class Peak:
    """The most memory that this process and its children had at one time."""

    bytes: int = 0


@contextmanager
def memory_peak() -> Iterator[Peak]:
    """Look at the memory for the time of the block: resident bytes, shared ones of each process."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while True:
            peak.bytes = max(peak.bytes, tree_bytes(os.getpid()))
            if over.wait(_LOOK):
                return

    thread = threading.Thread(target=look, name="memory", daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def tree_bytes(root: int) -> int:
    """Resident bytes of a process and of everything that it has started (proc(5), Linux)."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents[int(path.parent.name)] = int(fields[1])
    tree = {root}
    while grown := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    return sum(_resident(pid) for pid in tree)


def duration(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _size(path: object) -> int:
    try:
        return path.stat().st_size if isinstance(path, Path) else 0
    except OSError:  # it lies where only the cluster sees it
        return 0
