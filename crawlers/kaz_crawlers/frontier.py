"""The frontier: every address a crawl knows and what became of it, in one SQLite file.

An address leaves `pending` exactly once, in the transaction that also stores the addresses found
on its page, and only after its WARC record was synced. So a crawl killed at any instant knows
every page that its archive holds, and nothing that it does not hold. Results are gathered and
committed together: what is found becomes fetchable with the commit that stores it, never before.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from kaz_crawlers.addresses import (
    BUDGET_DEPTH,
    BUDGET_REASONS,
    FETCHED,
    NOFOLLOW,
    NOT_DUE,
    Outcome,
    Role,
    Task,
    address_to_fetch,
)
from kaz_crawlers.traps import ShapeCount, trap
from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_crawlers.visits import KnownPage, Memory
from kaz_crawlers.warc_records import Original
from kaz_crawlers.warc_writer import Checkpoint
from kaz_crawlers.yields import BYTES_PER_MEGABYTE, LEAST_WORDS, host_verdict
from kaz_datasets.errors import Failed

LOCK_FILE: Final = "frontier.lock"
_PRIORITIES: Final[Mapping[Role, int]] = {"sitemap": 0, "feed": 1, "listing": 2, "page": 3}
_READ_AHEAD: Final = 64

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS address (
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  host TEXT NOT NULL,
  request TEXT NOT NULL,
  priority INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  target TEXT
);
CREATE INDEX IF NOT EXISTS waiting ON address (host, priority, depth, number)
  WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS states ON address (state, reason);
CREATE TABLE IF NOT EXISTS host (
  name TEXT PRIMARY KEY,
  pages INTEGER NOT NULL,
  bytes INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS archived (file TEXT PRIMARY KEY, length INTEGER NOT NULL);
"""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of each host one crawl may take."""

    max_pages: int
    max_depth: int
    max_bytes: int = 1 << 62
    yields: Mapping[str, float] = field(default_factory=dict)
    """Kept words per megabyte of the last build, by host."""
    least_yield: float = LEAST_WORDS

    def spent(self, host: str, pages: int, size: int) -> str | None:
        """The budget of `host` that leaves no room for another page, as a reason."""
        if pages >= self.max_pages:
            return "budget-pages"
        if size >= self.max_bytes:
            return "budget-bytes"
        stop = host_verdict(self.yields.get(host), size / BYTES_PER_MEGABYTE, self.least_yield)
        return "budget-yield" if stop else None


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
        self._lock = _lock(folder)
        self._database = sqlite3.connect(folder / FRONTIER_FILE, isolation_level=None, uri=True)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)
        self.memory = Memory(self._database)
        self._shapes = ShapeCount()
        self._results: list[Result] = []
        self._out: dict[str, Task] = {}
        """Tasks handed out whose end is not committed yet, by key."""
        self._busy: Counter[str] = Counter()
        """Requests in flight, by host."""
        self._ready: dict[str, deque[Task]] = {}
        self._reopen_budgets()
        self._pending: Counter[str] = Counter(dict(self._database.execute(_PENDING_BY_HOST)))
        rows = self._database.execute("SELECT name, pages, bytes FROM host").fetchall()
        self._pages = Counter({name: pages for name, pages, _ in rows})
        self._bytes = Counter({name: size for name, _, size in rows})

    def close(self) -> None:
        """Leave one plain file behind, without SQLite's write-ahead log."""
        self._database.execute("PRAGMA journal_mode = DELETE")
        self._database.close()
        self._lock.close()

    @property
    def archived(self) -> Mapping[str, int]:
        """Lengths of the WARC files as far as the frontier vouches for them, by file name."""
        return dict(self._database.execute("SELECT file, length FROM archived"))

    @property
    def empty(self) -> bool:
        """Whether no address was ever added."""
        return not self._database.execute("SELECT EXISTS (SELECT 1 FROM address)").fetchone()[0]

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
        return bool(self._database.execute(_BUDGET_SPENT, BUDGET_REASONS).fetchone()[0])

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
        with self._transaction():
            self._add(tasks)

    def next(self, resting: Collection[str] = ()) -> Task | None:
        """The next task of a host that does not rest, or None if there is none just now."""
        best: tuple[tuple[int, int], str] | None = None
        for host in list(self._pending):
            if host in resting or self._spent(host) or not self._refill(host):
                continue
            first = self._ready[host][0]
            rank = (_PRIORITIES[first.role], first.depth)
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
        results, self._results = self._results, []
        hosts = {result.task.host for result in results} | set(self._bytes)
        with self._transaction():
            self._vouch(checkpoint)
            for result in results:
                self._store(result)
                self._add(result.found)
            self._database.executemany(
                "INSERT OR REPLACE INTO host VALUES (?, ?, ?)",
                [(host, self._pages[host], self._bytes[host]) for host in hosts],
            )
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
            self._database.execute(
                "UPDATE address SET url = ?, host = ?, request = ? WHERE key = ?",
                (task.url, task.host, task.to_json(), task.key),
            )
            return
        self._database.execute(
            "UPDATE address SET state = ?, reason = ?, target = ? WHERE key = ?",
            (outcome.state, outcome.reason, outcome.target, task.key),
        )
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
            added = self._database.execute(
                _ADD,
                (
                    task.key,
                    task.url,
                    task.host,
                    task.to_json(),
                    _PRIORITIES[task.role],
                    task.depth,
                    outcome.state,
                    outcome.reason,
                    outcome.target,
                ),
            ).rowcount
            if added and outcome.state == "pending":
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
            rows = self._database.execute(_NEXT, (host, out + _READ_AHEAD))
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
        with self._transaction():
            self._database.execute(
                "UPDATE address SET state = 'refused', reason = ?"
                " WHERE host = ? AND state = 'pending'",
                (reason, host),
            )
        del self._pending[host]
        self._ready.pop(host, None)

    def _reopen_budgets(self) -> None:
        """Take up what an earlier, smaller budget refused; what is still too much goes again."""
        with self._transaction():
            self._database.execute(
                "UPDATE address SET state = 'pending', reason = NULL WHERE state = 'refused'"
                " AND (reason IN (?, ?, ?) OR (reason = ? AND depth <= ?))",
                (*BUDGET_REASONS, BUDGET_DEPTH, self._limits.max_depth),
            )

    def _vouch(self, checkpoint: Checkpoint | None) -> None:
        if checkpoint is not None:
            self._database.execute(
                "INSERT OR REPLACE INTO archived VALUES (?, ?)",
                (checkpoint.file, checkpoint.length),
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


_PENDING_BY_HOST: Final = "SELECT host, count(*) FROM address WHERE state = 'pending' GROUP BY host"
_BUDGET_SPENT: Final = (
    "SELECT EXISTS (SELECT 1 FROM address WHERE state = 'refused' AND reason IN (?, ?, ?))"
)
# An address that no link was to be followed to becomes an ordinary one with the first that is.
_ADD: Final = (
    "INSERT INTO address (key, url, host, request, priority, depth, state, reason, target)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET url = excluded.url,"
    " host = excluded.host, request = excluded.request, priority = excluded.priority,"
    " depth = excluded.depth, state = excluded.state, reason = excluded.reason,"
    " target = excluded.target WHERE address.reason = 'nofollow'"
    " AND excluded.reason IS NOT 'nofollow'"
)
_NEXT: Final = (
    "SELECT key, request FROM address WHERE state = 'pending' AND host = ?"
    " ORDER BY priority, depth, number LIMIT ?"
)


def page_after(
    task: Task, original: Original, known: KnownPage | None, etag: str | None, modified: str | None
) -> KnownPage:
    """What to remember of a page whose payload was archived just now as `original`."""
    seconds = original.retrieved_at.timestamp()
    assert original.record_id is not None
    return KnownPage(
        key=task.key,
        url=original.url,
        role=task.role,
        depth=task.depth,
        etag=etag,
        last_modified=modified,
        digest=original.digest,
        record_id=original.record_id,
        retrieved_at=seconds,
        first=known.first if known else seconds,
        last=seconds,
        changed=seconds if known else None,
        visits=known.visits + 1 if known else 1,
        changes=known.changes + 1 if known else 0,
        lastmod=task.lastmod,
    )


def _lock(folder: Path) -> BinaryIO:
    """Hold the folder for this process; the kernel lets go of it however the process ends."""
    lock = (folder / LOCK_FILE).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise Failed(f"another crawl is writing to {folder}: wait for it to end") from error
    return lock
