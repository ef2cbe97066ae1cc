"""Who runs the units of a stage: this process, or Prefect. No stage knows which."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kaz_datasets.progress import Progress, silent

Item = TypeVar("Item")
Result = TypeVar("Result")


class Runner(Protocol):
    """Runs one function over the units of a stage."""

    def map(
        self, stage: str, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> list[Result]:
        """The results in the order of `items`; the first error is raised after all have ended."""

    def processes(self, units: int, configured: int) -> int:
        """How many processes each of `units` may use; `configured` is the user's number, or 0."""


@dataclass(frozen=True, kw_only=True)
class LocalRunner:
    """Threads of this process. The work itself is native code or child processes."""

    threads: int = 2
    progress: Progress = silent

    def processes(self, units: int, configured: int) -> int:
        """So many that all units at work together use this machine once."""
        return processes_here(units, configured)

    def map(
        self, stage: str, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> list[Result]:
        """Run `function` over `items`, `threads` at a time."""
        self.progress(0, len(items), stage)
        with ThreadPoolExecutor(self.threads, thread_name_prefix=stage) as pool:
            futures = [pool.submit(function, item) for item in items]
            results = []
            for done, future in enumerate(futures, start=1):
                results.append(future.result())
                self.progress(done, len(items), stage)
        return results


def processes_here(units: int, configured: int) -> int:
    """Processes for each of `units`, so that all at work together use this machine once."""
    cores = configured or os.cpu_count() or 1
    return max(1, cores // min(max(units, 1), cores))
