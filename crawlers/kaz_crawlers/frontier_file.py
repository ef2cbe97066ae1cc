"""The file of a frontier: one SQLite database, held by one process at a time."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from kaz_crawlers.addresses import BUDGET_DEPTH, BUDGET_REASONS, Outcome, Role, Task
from kaz_crawlers.url_states import FRONTIER_FILE, HostTraffic
from kaz_crawlers.warc_writer import Checkpoint
from kaz_datasets.errors import Failed

LOCK_FILE: Final = "frontier.lock"
PRIORITIES: Final[Mapping[Role, int]] = {"sitemap": 0, "feed": 1, "listing": 2, "page": 3}

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
_BUDGET_SPENT: Final = (
    "SELECT EXISTS (SELECT 1 FROM address WHERE state = 'refused' AND reason IN (?, ?, ?))"
)
_REOPEN: Final = (
    "UPDATE address SET state = 'pending', reason = NULL WHERE state = 'refused'"
    " AND (reason IN (?, ?, ?) OR (reason = ? AND depth <= ?))"
)


class FrontierFile:
    """The tables of a crawl's frontier. What changes them belongs into a `transaction`.

    Raises Failed if another process has the folder's frontier open.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = _lock(folder)
        self.database = sqlite3.connect(folder / FRONTIER_FILE, isolation_level=None, uri=True)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.executescript(_SCHEMA)

    def close(self) -> None:
        """Leave one plain file behind, without SQLite's write-ahead log."""
        self.database.execute("PRAGMA journal_mode = DELETE")
        self.database.close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it on the device, or nothing."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    @property
    def archived(self) -> Mapping[str, int]:
        """Lengths of the WARC files that are vouched for, by file name."""
        return dict(self.database.execute("SELECT file, length FROM archived"))

    @property
    def empty(self) -> bool:
        """Whether no address was ever added."""
        return not self._holds("SELECT EXISTS (SELECT 1 FROM address)")

    @property
    def budget_spent(self) -> bool:
        """Whether a budget has refused an address."""
        return self._holds(_BUDGET_SPENT, BUDGET_REASONS)

    @property
    def pending(self) -> Mapping[str, int]:
        """How many addresses have no end yet, by host."""
        return dict(
            self.database.execute(
                "SELECT host, count(*) FROM address WHERE state = 'pending' GROUP BY host"
            )
        )

    @property
    def traffic(self) -> Mapping[str, HostTraffic]:
        """What each host was asked for and has sent."""
        rows = self.database.execute("SELECT name, pages, bytes FROM host").fetchall()
        return {name: HostTraffic(pages=pages, bytes=size) for name, pages, size in rows}

    def waiting(self, host: str, most: int) -> list[tuple[str, str]]:
        """Keys and requests of a host's addresses that have no end, the first to fetch first."""
        return self.database.execute(_NEXT, (host, most)).fetchall()

    def add(self, task: Task, outcome: Outcome) -> bool:
        """Take in an address with the state that it begins with; whether it is new."""
        values = (
            task.key,
            task.url,
            task.host,
            task.to_json(),
            PRIORITIES[task.role],
            task.depth,
            outcome.state,
            outcome.reason,
            outcome.target,
        )
        return self.database.execute(_ADD, values).rowcount > 0

    def end(self, key: str, outcome: Outcome) -> None:
        """Give an address its end."""
        self.database.execute(
            "UPDATE address SET state = ?, reason = ?, target = ? WHERE key = ?",
            (outcome.state, outcome.reason, outcome.target, key),
        )

    def put_back(self, task: Task) -> None:
        """Let an address wait again, as `task` says now."""
        self.database.execute(
            "UPDATE address SET url = ?, host = ?, request = ? WHERE key = ?",
            (task.url, task.host, task.to_json(), task.key),
        )

    def refuse(self, host: str, reason: str) -> None:
        """End all that waits of a host."""
        self.database.execute(
            "UPDATE address SET state = 'refused', reason = ? WHERE host = ? AND state = 'pending'",
            (reason, host),
        )

    def reopen_budgets(self, max_depth: int) -> None:
        """Let wait again what earlier budgets refused, as deep as `max_depth`."""
        self.database.execute(_REOPEN, (*BUDGET_REASONS, BUDGET_DEPTH, max_depth))

    def note_traffic(self, traffic: Iterable[tuple[str, int, int]]) -> None:
        """Store what hosts were asked for and have sent: name, pages, bytes."""
        self.database.executemany("INSERT OR REPLACE INTO host VALUES (?, ?, ?)", traffic)

    def vouch(self, checkpoint: Checkpoint) -> None:
        """Note how far a WARC file is on the device."""
        row = (checkpoint.file, checkpoint.length)
        self.database.execute("INSERT OR REPLACE INTO archived VALUES (?, ?)", row)

    def _holds(self, query: str, values: tuple[str, ...] = ()) -> bool:
        return bool(self.database.execute(query, values).fetchone()[0])


def _lock(folder: Path) -> BinaryIO:
    """Hold the folder for this process; the kernel lets go of it however the process ends."""
    lock = (folder / LOCK_FILE).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise Failed(f"another crawl is writing to {folder}: wait for it to end") from error
    return lock
