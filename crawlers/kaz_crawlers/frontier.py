"""The frontier: every address a crawl knows and what became of it, in one SQLite file.

An address leaves `pending` exactly once, in the transaction that also stores the addresses found
on its page, and only after its WARC record was synced. So a crawl killed at any instant knows
every page that its archive holds, and nothing that it does not hold.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal
from urllib.parse import parse_qsl, quote, urldefrag, urlsplit

from kaz_crawlers.warc_writer import Checkpoint
from kaz_datasets.errors import Corrupt, Failed, NotFound
from kaz_datasets.identity import TRACKING_PARAMETERS, canonical_url

FRONTIER_FILE: Final = "frontier.sqlite"
LOCK_FILE: Final = "frontier.lock"

Role = Literal["sitemap", "feed", "listing", "page"]
State = Literal["pending", "done", "failed", "refused", "redirected"]

BUDGET: Final = "budget"
_FETCHED: Final = ("done", "failed", "redirected")
_PRIORITIES: Final[Mapping[Role, int]] = {"sitemap": 0, "feed": 1, "listing": 2, "page": 3}

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS address (
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  request TEXT NOT NULL,
  priority INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  target TEXT
);
CREATE INDEX IF NOT EXISTS waiting ON address (priority, depth, number) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS states ON address (state, reason);
CREATE TABLE IF NOT EXISTS archived (file TEXT PRIMARY KEY, length INTEGER NOT NULL);
"""


@dataclass(frozen=True, kw_only=True)
class Task:
    """An address to fetch: what it is, how far from a seed, how often it was tried."""

    url: str
    role: Role
    depth: int = 0
    hops: int = 0
    """Redirects that led here."""
    attempts: int = 0

    @property
    def key(self) -> str:
        """The canonical address: two spellings of one page are one task."""
        return canonical_url(self.url)

    def to_json(self) -> str:
        """The request as the frontier keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a task; see `UrlState` for the reasons."""

    state: State
    reason: str | None = None
    target: str | None = None


DONE: Final = Outcome(state="done")


@dataclass(frozen=True, kw_only=True)
class UrlState:
    """What became of an address.

    `reason` of failed: `http-<status>` or an error's name; of refused: `robots`,
    `robots-unreachable`, `guard` or `budget`. `target` is where a redirect led.
    """

    url: str
    state: State
    reason: str | None = None
    target: str | None = None


class Frontier:
    """The open frontier of one crawl folder. Raises Failed if another process has it open."""

    def __init__(self, folder: Path, *, max_pages: int, max_depth: int) -> None:
        self._max_pages = max_pages
        self._max_depth = max_depth
        self._lock = _lock(folder)
        self._database = sqlite3.connect(folder / FRONTIER_FILE, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)
        self._in_flight: set[str] = set()
        self._fetched = self._count(_FETCHED)
        self._reopen_budget()
        self._pending = self._count(("pending",))

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
    def fetched(self) -> int:
        """How many addresses have been asked for with a final answer."""
        return self._fetched

    @property
    def budget_spent(self) -> bool:
        """Whether the crawl may fetch no more."""
        return self._fetched + len(self._in_flight) >= self._max_pages

    @property
    def has_waiting(self) -> bool:
        """Whether an address waits that is not being fetched just now."""
        return self._pending > len(self._in_flight)

    def add(self, tasks: Iterable[Task]) -> None:
        """Take in addresses; known ones are ignored."""
        with self._transaction():
            self._add(tasks)

    def next(self) -> Task | None:
        """The next task, or None if there is none (any more, or just now).

        Once the budget is spent and nothing is being fetched, the rest is refused.
        """
        if self.budget_spent:
            if not self._in_flight and self._pending:
                self._refuse_the_rest()
            return None
        rows = self._database.execute(
            "SELECT key, request FROM address WHERE state = 'pending'"
            " ORDER BY priority, depth, number LIMIT ?",
            (len(self._in_flight) + 1,),
        )
        for key, request in rows:
            if key not in self._in_flight:
                self._in_flight.add(key)
                return Task(**json.loads(request))
        return None

    def settle(
        self,
        task: Task,
        outcome: Outcome,
        *,
        found: Iterable[Task] = (),
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """Note the end of a task with what was found, in one transaction.

        The bytes up to `checkpoint` must be on the device before.
        """
        with self._transaction():
            self._add(found)
            self._vouch(checkpoint)
            self._database.execute(
                "UPDATE address SET state = ?, reason = ?, target = ? WHERE key = ?",
                (outcome.state, outcome.reason, outcome.target, task.key),
            )
        self._in_flight.discard(task.key)
        self._pending -= 1
        self._fetched += outcome.state in _FETCHED

    def again(self, task: Task, *, checkpoint: Checkpoint | None = None) -> None:
        """Put a task back: `task` says what has changed (attempts, hops, the spelling of it)."""
        with self._transaction():
            self._vouch(checkpoint)
            self._database.execute(
                "UPDATE address SET url = ?, request = ? WHERE key = ?",
                (task.url, task.to_json(), task.key),
            )
        self._in_flight.discard(task.key)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _add(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            deep = task.depth > self._max_depth
            task = replace(task, url=address_to_fetch(task.url))
            added = self._database.execute(
                "INSERT INTO address (key, url, request, priority, depth, state, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    task.key,
                    task.url,
                    task.to_json(),
                    _PRIORITIES[task.role],
                    task.depth,
                    "refused" if deep else "pending",
                    BUDGET if deep else None,
                ),
            ).rowcount
            self._pending += added and not deep

    def _vouch(self, checkpoint: Checkpoint | None) -> None:
        if checkpoint is not None:
            self._database.execute(
                "INSERT OR REPLACE INTO archived VALUES (?, ?)",
                (checkpoint.file, checkpoint.length),
            )

    def _count(self, states: tuple[str, ...]) -> int:
        marks = ", ".join("?" * len(states))
        query = f"SELECT count(*) FROM address WHERE state IN ({marks})"  # noqa: S608
        return int(self._database.execute(query, states).fetchone()[0])

    def _refuse_the_rest(self) -> None:
        with self._transaction():
            self._database.execute(
                "UPDATE address SET state = 'refused', reason = ? WHERE state = 'pending'",
                (BUDGET,),
            )
        self._pending = 0

    def _reopen_budget(self) -> None:
        """Take up what an earlier, smaller budget refused."""
        if self.budget_spent:
            return
        with self._transaction():
            self._database.execute(
                "UPDATE address SET state = 'pending', reason = NULL"
                " WHERE state = 'refused' AND reason = ? AND depth <= ?",
                (BUDGET, self._max_depth),
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


def address_to_fetch(url: str) -> str:
    """`url` without fragment, and in canonical form if it says where a reader came from."""
    names = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    return canonical_url(url) if names & set(TRACKING_PARAMETERS) else urldefrag(url).url


def url_states(folder: Path) -> Iterator[UrlState]:
    """Every address that the crawl in `folder` knows, in the order they were found.

    Raises NotFound without a frontier, Corrupt if the file is none.
    """
    path = folder / FRONTIER_FILE
    if not path.is_file():
        raise NotFound(f"{folder} holds no crawl (it has no {FRONTIER_FILE})")
    database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        for url, state, reason, target in database.execute(
            "SELECT url, state, reason, target FROM address ORDER BY number"
        ):
            yield UrlState(url=url, state=state, reason=reason, target=target)
    except sqlite3.DatabaseError as error:
        raise Corrupt(f"{path} cannot be read ({error}): remove the folder and crawl again") from (
            error
        )
    finally:
        database.close()
