"""The frontier: every address a crawl knows and what became of it, in one SQLite file.

An address leaves `pending` exactly once, in the transaction that also stores the addresses found
on its page, and only after its WARC record was synced. So a crawl killed at any instant knows
every page that its archive holds, and nothing that it does not hold. Results are gathered and
committed together: what is found becomes fetchable with the commit that stores it, never before.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kaz_crawlers.addresses import (
    BUDGET_DEPTH,
    FETCHED,
    NOFOLLOW,
    NOT_DUE,
    Outcome,
    Task,
    address_to_fetch,
)
from kaz_crawlers.budgets import Limits
from kaz_crawlers.frontier_file import PRIORITIES, FrontierFile
from kaz_crawlers.traps import ShapeCount, trap
from kaz_crawlers.visits import KnownPage, Memory
from kaz_crawlers.warc_writer import Checkpoint

_READ_AHEAD: Final = 64


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a task ended, with what was found and learnt, until the next commit."""

    task: Task
    outcome: Outcome | None
    """None puts the task back, as it now is."""
    found: tuple[Task, ...] = ()
    page: KnownPage | None = None


class Frontier:
    """The open frontier of one crawl folder. Raises Failed if another process has it open."""

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._limits = limits
        self._now = now
        self._file = FrontierFile(folder)
        self.memory = Memory(self._file.database)
        self._shapes = ShapeCount()
        self._results: list[Result] = []
        self._out: dict[str, Task] = {}
        """Tasks handed out whose end is not committed yet, by key."""
        self._busy: Counter[str] = Counter()
        """Requests in flight, by host."""
        self._ready: dict[str, deque[Task]] = {}
        with self._file.transaction():
            # What is still too much is refused again.
            self._file.reopen_budgets(limits.max_depth)
        self._pending: Counter[str] = Counter(self._file.pending)
        traffic = self._file.traffic
        self._pages = Counter({name: host.pages for name, host in traffic.items()})
        self._bytes = Counter({name: host.bytes for name, host in traffic.items()})

    def close(self) -> None:
        """Leave one plain file behind."""
        self._file.close()

    @property
    def archived(self) -> Mapping[str, int]:
        """Lengths of the WARC files as far as the frontier vouches for them, by file name."""
        return self._file.archived

    @property
    def empty(self) -> bool:
        """Whether no address was ever added."""
        return self._file.empty

    @property
    def fetched(self) -> int:
        """How many addresses have been asked for with a final answer."""
        return self._pages.total()

    @property
    def pending(self) -> int:
        """How many addresses have no end yet."""
        return self._pending.total()

    @property
    def budget_spent(self) -> bool:
        """Whether a budget has refused an address."""
        return self._file.budget_spent

    @property
    def has_waiting(self) -> bool:
        """Whether an address waits that is not being fetched just now, or a result to be stored."""
        return bool(self._results) or self._pending.total() > len(self._out)

    @property
    def busy(self) -> frozenset[str]:
        """Hosts that are being asked just now."""
        return frozenset(host for host, count in self._busy.items() if count)

    @property
    def uncommitted(self) -> int:
        """How many results wait for `commit`."""
        return len(self._results)

    @property
    def in_flight(self) -> list[Task]:
        """Tasks that were handed out and have not ended."""
        ended = {result.task.key for result in self._results}
        return [task for key, task in self._out.items() if key not in ended]

    def add(self, tasks: Iterable[Task]) -> None:
        """Take in addresses; known ones are ignored."""
        with self._file.transaction():
            self._add(tasks)

    def next(self, resting: Collection[str] = ()) -> Task | None:
        """The next task of a host that does not rest, or None if there is none just now."""
        best: tuple[tuple[int, int], str] | None = None
        for host in list(self._pending):
            if host in resting or self._spent(host) or not self._refill(host):
                continue
            first = self._ready[host][0]
            rank = (PRIORITIES[first.role], first.depth)
            if best is None or rank < best[0]:
                best = (rank, host)
        if best is None:
            return None
        task = self._ready[best[1]].popleft()
        self._out[task.key] = task
        self._busy[task.host] += 1
        return task

    def settle(
        self,
        task: Task,
        outcome: Outcome,
        *,
        found: Iterable[Task] = (),
        page: KnownPage | None = None,
    ) -> None:
        """Note the end of a task with what was found and learnt; durable with `commit`."""
        self._results.append(Result(task=task, outcome=outcome, found=tuple(found), page=page))
        self._busy[task.host] -= 1
        self._pages[task.host] += outcome.state in FETCHED

    def again(self, task: Task) -> None:
        """Put a task back: `task` says what has changed (attempts, hops, the spelling of it)."""
        self._results.append(Result(task=task, outcome=None))
        self._busy[self._out[task.key].host] -= 1

    def received(self, host: str, size: int) -> None:
        """Count the bytes of an answer against the host's budget."""
        self._bytes[host] += size

    def commit(self, checkpoint: Checkpoint | None) -> None:
        """Make all results durable in one transaction.

        The bytes up to `checkpoint` must be on the device before: the order that makes the
        promise is bytes first, then the knowledge of them.
        """
        results = list(self._results)
        hosts = {result.task.host for result in results} | set(self._bytes)
        with self._file.transaction():
            if checkpoint is not None:
                self._file.vouch(checkpoint)
            for result in results:
                self._store(result)
                self._add(result.found)
            self._file.note_traffic((host, self._pages[host], self._bytes[host]) for host in hosts)
        del self._results[: len(results)]  # not before: what was not stored is not forgotten
        for result in results:
            before = self._out.pop(result.task.key)
            self._pending[before.host] -= 1
            if result.outcome is None:
                self._pending[result.task.host] += 1
            if not self._pending[before.host]:
                del self._pending[before.host]
                self._ready.pop(before.host, None)

    def _store(self, result: Result) -> None:
        task, outcome = result.task, result.outcome
        if outcome is None:
            self._file.put_back(task)
            return
        self._file.end(task.key, outcome)
        if result.page is not None:
            self._learn(result.page, outcome)

    def _learn(self, page: KnownPage, outcome: Outcome) -> None:
        known = self.memory.page(page.key) if page.lastmod else None
        if known and known.lastmod and page.lastmod != known.lastmod:
            self.memory.count_move(in_vain=outcome.state == "unchanged")
        self.memory.store(page)

    def _add(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            if (url := address_to_fetch(task.url)) != task.url:
                task = replace(task, url=url)
            outcome = self._outcome_of_finding(task)
            if self._file.add(task, outcome) and outcome.state == "pending":
                self._pending[task.host] += 1

    def _outcome_of_finding(self, task: Task) -> Outcome:
        if not task.follow:
            return Outcome(state="skipped", reason=NOFOLLOW)
        if task.role == "page" and (kind := trap(task.url) or self._shapes.trap(task.url)):
            return Outcome(state="refused", reason="trap", target=kind)
        if task.depth > self._limits.max_depth:
            return Outcome(state="refused", reason=BUDGET_DEPTH)
        known = self.memory.page(task.key)
        if known is not None and not known.wanted(task, self._now()):
            return Outcome(state="skipped", reason=NOT_DUE)
        return Outcome(state="pending")

    def _refill(self, host: str) -> bool:
        """Whether a task of the host is at hand, if need be after a look into the file."""
        ready = self._ready.setdefault(host, deque())
        if not ready:
            out = sum(task.host == host for task in self._out.values())
            if out >= self._pending[host]:
                return False
            rows = self._file.waiting(host, out + _READ_AHEAD)
            ready.extend(
                Task.from_json(request, key) for key, request in rows if key not in self._out
            )
        return bool(ready)

    def _spent(self, host: str) -> bool:
        """Whether a budget of the host leaves no room; then what waits is refused in time."""
        taken = self._pages[host] + self._busy[host]
        if self._limits.spent(host, taken, self._bytes[host]) is None:
            return False
        reason = self._limits.spent(host, self._pages[host], self._bytes[host])
        if reason and not self._busy[host] and not self._results:
            self._refuse(host, reason)
        return True

    def _refuse(self, host: str, reason: str) -> None:
        with self._file.transaction():
            self._file.refuse(host, reason)
        del self._pending[host]
        self._ready.pop(host, None)
