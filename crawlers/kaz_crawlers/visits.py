"""What earlier crawls of a source saw of its pages, carried from each crawl to the next.

The memory lies in the frontier's file, so a finished crawl folder says all that it knew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kaz_crawlers.addresses import BUDGET_DEPTH, BUDGET_REASONS, Role, Task
from kaz_crawlers.revisits import Moves, Visit, due_at
from kaz_crawlers.warc_records import Original
from kaz_datasets.errors import Corrupt

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS visit (
  key TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  role TEXT NOT NULL,
  depth INTEGER NOT NULL,
  etag TEXT,
  last_modified TEXT,
  digest TEXT NOT NULL,
  record_id TEXT NOT NULL,
  retrieved_at REAL NOT NULL,
  first REAL NOT NULL,
  last REAL NOT NULL,
  changed REAL,
  visits INTEGER NOT NULL,
  changes INTEGER NOT NULL,
  lastmod TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
_COLUMNS: Final = (
    "key, url, role, depth, etag, last_modified, digest, record_id, retrieved_at,"
    " first, last, changed, visits, changes, lastmod"
)
_AGAIN: Final = (*BUDGET_REASONS, BUDGET_DEPTH)


@dataclass(frozen=True, kw_only=True)
class KnownPage:
    """One address as earlier crawls know it: validators, the record that holds it, its changes."""

    key: str
    url: str
    role: Role
    depth: int
    etag: str | None
    last_modified: str | None
    digest: str
    record_id: str
    retrieved_at: float
    """Of the record that holds the payload, in seconds since 1970; so are the other times."""
    first: float
    last: float
    changed: float | None
    visits: int
    changes: int
    lastmod: str | None

    @property
    def original(self) -> Original:
        """The record that a revisit refers to."""
        return Original(
            url=self.url,
            retrieved_at=_moment(self.retrieved_at),
            digest=self.digest,
            record_id=self.record_id,
        )

    @property
    def due(self) -> datetime:
        """When it is worth asking again."""
        visit = Visit(
            visits=self.visits,
            changes=self.changes,
            first=_moment(self.first),
            last=_moment(self.last),
            changed=None if self.changed is None else _moment(self.changed),
        )
        return due_at(visit)

    def wanted(self, task: Task, now: datetime) -> bool:
        """Whether `task` is to be fetched: it is due, or a date that is believed has moved on."""
        if task.role != "page" or self.due <= now:
            return True
        return task.modified is not None and task.modified > _moment(self.last)

    def seen_unchanged(self, moment: datetime, task: Task) -> KnownPage:
        """The same page after one more visit that found it as it was."""
        return replace(
            self,
            last=moment.timestamp(),
            visits=self.visits + 1,
            lastmod=task.lastmod or self.lastmod,
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


class Memory:
    """The visits in an open frontier."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(SCHEMA)
        self._is_empty = not database.execute("SELECT EXISTS (SELECT 1 FROM visit)").fetchone()[0]

    def page(self, key: str) -> KnownPage | None:
        """What is known of an address from earlier runs.

        What this run has learnt may be missing: in a first crawl there is nothing to look for.
        """
        if self._is_empty:
            return None
        query = f"SELECT {_COLUMNS} FROM visit WHERE key = ?"  # noqa: S608
        row = self._database.execute(query, (key,)).fetchone()
        return None if row is None else _page(row)

    def store(self, page: KnownPage) -> None:
        """Remember what an answer taught; inside the caller's transaction."""
        values = tuple(getattr(page, name.strip()) for name in _COLUMNS.split(","))
        marks = ", ".join("?" * len(values))
        self._database.execute(f"INSERT OR REPLACE INTO visit VALUES ({marks})", values)  # noqa: S608

    @property
    def moves(self) -> Moves:
        """How often the dates of sitemaps moved, and in vain."""
        values = dict(self._database.execute("SELECT name, value FROM tally"))
        return Moves(observed=values.get("moved", 0), in_vain=values.get("in-vain", 0))

    def count_move(self, *, in_vain: bool) -> None:
        """A page's date had moved since the last visit; inside the caller's transaction."""
        for name in ("moved", "in-vain") if in_vain else ("moved",):
            self._database.execute(
                "INSERT INTO tally VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1",
                (name,),
            )

    def due(self, now: datetime) -> Iterator[Task]:
        """The pages that are due, whether or not anything links to them still."""
        query = f"SELECT {_COLUMNS} FROM visit WHERE role = 'page'"  # noqa: S608
        for row in self._database.execute(query):
            page = _page(row)
            if page.due <= now:
                yield Task(url=page.url, role=page.role, depth=page.depth)

    def inherit(self, previous: Path) -> list[Task]:
        """Take over the memory of a finished crawl's frontier; the tasks it left unfinished.

        Those are addresses beyond its budgets and answers that failed, but for pages that are
        gone. Raises Corrupt if `previous` is no frontier.
        """
        address = f"file:{quote(str(previous))}?mode=ro"
        self._database.execute("ATTACH DATABASE ? AS previous", (address,))
        try:
            tables = {row[0] for row in self._database.execute(_TABLES)}
            if {"visit", "tally"} <= tables:
                self._is_empty = False
                self._database.execute("INSERT OR IGNORE INTO visit SELECT * FROM previous.visit")
                self._database.execute("INSERT OR IGNORE INTO tally SELECT * FROM previous.tally")
            rows = self._database.execute(_UNFINISHED, _AGAIN).fetchall()
        except sqlite3.DatabaseError as error:
            raise Corrupt(
                f"{previous} cannot be read ({error}): remove that crawl's folder"
            ) from error
        finally:
            self._database.execute("DETACH DATABASE previous")
        tasks = (Task.from_json(request) for (request,) in rows)
        return [replace(task, hops=0, attempts=0) for task in tasks]


_TABLES: Final = "SELECT name FROM previous.sqlite_master WHERE type = 'table'"
_UNFINISHED: Final = (
    "SELECT request FROM previous.address WHERE state = 'pending'"
    " OR (state = 'refused' AND reason IN (?, ?, ?, ?))"
    " OR (state = 'failed' AND reason NOT IN ('http-404', 'http-410')) ORDER BY number"
)


def _page(row: tuple[object, ...]) -> KnownPage:
    names = (name.strip() for name in _COLUMNS.split(","))
    return KnownPage(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
