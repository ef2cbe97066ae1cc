"""The order that makes the promise: bytes on the device first, then the knowledge of them.

Answers are archived as they come and their ends gathered; a commit syncs the archive once and
then stores all ends in one transaction. So a kill costs at most the work since the last commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from kaz_crawlers.addresses import Outcome, Task
from kaz_crawlers.frontier import Frontier
from kaz_crawlers.visits import KnownPage
from kaz_crawlers.warc_records import Exchange, Original
from kaz_crawlers.warc_writer import Location, WarcWriter
from kaz_datasets.identity import host_of

LONGEST_WAIT: Final = 1.0
"""Seconds that an end may wait for its commit."""
MOST_RESULTS: Final = 256


class Journal:
    """Writes what happens to a crawl's addresses into archive and frontier."""

    def __init__(
        self,
        frontier: Frontier,
        writer: WarcWriter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.frontier = frontier
        self._writer = writer
        self._clock = clock
        self._waiting_since: float | None = None
        self._archived = False

    def archive(self, exchange: Exchange) -> Location:
        """Keep an answer as it came."""
        self._count(exchange)
        return self._writer.write(exchange)

    def archive_revisit(self, exchange: Exchange, of: Original) -> Location:
        """Keep the word that a payload is that of an earlier record."""
        self._count(exchange)
        return self._writer.write_revisit(exchange, of)

    def settle(
        self,
        task: Task,
        outcome: Outcome,
        *,
        found: Iterable[Task] = (),
        page: KnownPage | None = None,
    ) -> None:
        """Note how a task ended, with what was found and learnt."""
        self.frontier.settle(task, outcome, found=found, page=page)
        self._wait()

    def again(self, task: Task) -> None:
        """Put a task back."""
        self.frontier.again(task)
        self._wait()

    def tick(self) -> None:
        """Commit if something has waited long enough."""
        if self._waiting_since is not None:
            waited = self._clock() - self._waiting_since
            if waited >= LONGEST_WAIT or self.frontier.uncommitted >= MOST_RESULTS:
                self.commit()

    def commit(self) -> None:
        """Make everything durable that was noted so far."""
        if self._waiting_since is None:
            return
        checkpoint = self._writer.sync()
        self.frontier.commit(checkpoint)
        self._waiting_since = None
        self._writer.roll()

    def _count(self, exchange: Exchange) -> None:
        self.frontier.received(host_of(exchange.url), len(exchange.body))

    def _wait(self) -> None:
        if self._waiting_since is None:
            self._waiting_since = self._clock()
        elif self.frontier.uncommitted >= MOST_RESULTS:
            self.commit()
