"""Pools of processes that wait some seconds for the next archive.

A process loads the language model and machine code for two to four seconds before its first page;
an archive file of a small website takes less than that.
"""

from __future__ import annotations

import atexit
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

IDLE: Final = 5.0
"""Seconds until a pool that nobody takes is ended: its processes hold some 200 MB each."""


class IdlePools:
    """Pools lent to one user at a time; threads may share this."""

    def __init__(self, idle: float = IDLE) -> None:
        self._idle = idle
        self._lock = threading.Lock()
        self._waiting: dict[bytes, list[tuple[Any, threading.Timer]]] = {}
        atexit.register(self.close)

    @contextmanager
    def lent(self, make: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
        """A pool as `make(*arguments)` makes it; it must have no work left when the block ends.

        A block that raises, or is left early, ends its pool.
        """
        key = pickle.dumps((make, arguments))
        pool = self._take(key) or make(*arguments)
        try:
            yield pool
        except BaseException:
            _end(pool)
            raise
        self._give_back(key, pool)

    def close(self) -> None:
        """End every pool that waits."""
        with self._lock:
            waiting = [entry for entries in self._waiting.values() for entry in entries]
            self._waiting.clear()
        for pool, timer in waiting:
            timer.cancel()
            _end(pool)

    def _take(self, key: bytes) -> Any | None:
        with self._lock:
            entries = self._waiting.get(key)
            if not entries:
                return None
            pool, timer = entries.pop()
        timer.cancel()
        if pool.active:
            return pool
        _end(pool)  # it broke while it waited
        return None

    def _give_back(self, key: bytes, pool: Any) -> None:
        timer = threading.Timer(self._idle, self._expire, (key, pool))
        timer.daemon = True
        with self._lock:
            self._waiting.setdefault(key, []).append((pool, timer))
        timer.start()

    def _expire(self, key: bytes, pool: Any) -> None:
        with self._lock:
            entries = self._waiting.get(key, [])
            found = [entry for entry in entries if entry[0] is pool]
            for entry in found:
                entries.remove(entry)
        if found:  # else somebody has just taken it
            _end(pool)


def _end(pool: Any) -> None:
    pool.stop()
    pool.join()
