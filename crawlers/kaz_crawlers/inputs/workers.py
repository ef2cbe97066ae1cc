"""Work on untrusted input in processes that can be killed, results in the order of the input.

A signal does not stop a parser written in C; killing its process does, and costs that one piece.
"""

from __future__ import annotations

import multiprocessing
import resource
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

Piece = TypeVar("Piece")
Result = TypeVar("Result")

LARGEST_WORKER: Final = 2 << 30
"""Bytes of address space of a worker."""
_IN_FLIGHT_PER_WORKER: Final = 4
_PIECES_PER_WORKER: Final = 20_000
"""A worker is replaced after so many, which ends any slow leak of a parser."""


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A piece on which the work failed, took too long or killed its process."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Workers(Generic[Piece, Result]):
    """`function` must be importable, pieces and results picklable."""

    function: Callable[[Piece], Result]
    count: int = 1
    timeout: float = 20.0
    """Seconds for one piece."""

    def map(self, pieces: Iterable[tuple[Any, Piece | None]]) -> Iterator[tuple[Any, Any]]:
        """For each (label, piece) one (label, result or Broken); None is handed through."""
        pool: Any = ProcessPool(
            max_workers=self.count,
            max_tasks=_PIECES_PER_WORKER,
            context=multiprocessing.get_context("spawn"),  # fork copies threads' locks
            initializer=_limit_memory,
        )
        waiting: deque[tuple[Any, Any]] = deque()
        try:
            for label, piece in pieces:
                waiting.append((label, self._schedule(pool, piece)))
                if len(waiting) >= self.count * _IN_FLIGHT_PER_WORKER:
                    yield _outcome(*waiting.popleft())
            while waiting:
                yield _outcome(*waiting.popleft())
        finally:
            pool.stop()
            pool.join()

    def _schedule(self, pool: Any, piece: Piece | None) -> Any:
        if piece is None:
            return None
        return pool.schedule(self.function, args=(piece,), timeout=self.timeout)


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = LARGEST_WORKER if hard == resource.RLIM_INFINITY else min(LARGEST_WORKER, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _outcome(label: Any, future: Any) -> tuple[Any, Any]:
    if future is None:
        return label, None
    try:
        return label, future.result()
    except FutureTimeoutError:
        return label, Broken(reason="took too long")
    except ProcessExpired as error:
        return label, Broken(reason=f"process ended with {error.exitcode}")
    except Exception as error:  # whatever a hostile piece makes a parser raise costs that piece
        return label, Broken(reason=type(error).__name__)
