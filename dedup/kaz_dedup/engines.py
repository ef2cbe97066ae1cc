"""Who runs the tasks of a clustering: threads, processes, or an engine of the caller's own.

A task is a frozen dataclass that names files; the function that does it is a plain one of this
package and writes files; its result names them. All can be pickled. So an engine is any function
`run(function, tasks)` that returns the results in the order of the tasks, and may do them anywhere
that sees the work folder, which lies beside the result.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs one function over tasks."""

    def __call__(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], /
    ) -> Iterable[Result]:
        """The results in the order of the tasks; the first error is raised."""


@dataclass(frozen=True)
class Threads:
    """Threads of this process: the work is compiled code without the interpreter's lock."""

    count: int = 1

    def __call__(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], /
    ) -> Iterator[Result]:
        """Run `count` tasks at a time; with one, none but this thread."""
        if self.count == 1:
            yield from map(function, tasks)
            return
        with ThreadPoolExecutor(self.count) as pool:
            yield from _in_order(pool, self.count, function, tasks)


class Processes:
    """Processes of this machine, alive as long as the block: `with Processes(8) as run: …`."""

    def __init__(self, count: int) -> None:
        self._count = count
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(count, mp_context=context)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __call__(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], /
    ) -> Iterator[Result]:
        """Run `count` tasks at a time."""
        yield from _in_order(self._pool, self._count, function, tasks)


def _in_order(
    pool: Executor, ahead: int, function: Callable[[Task], Result], tasks: Iterable[Task]
) -> Iterator[Result]:
    waiting: list[Any] = []
    for task in tasks:
        waiting.append(pool.submit(function, task))
        if len(waiting) > ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()
