"""Common Crawl's columnar index: which pages of a crawl are in a language, and where they lie.

The index is Parquet, a row a fetched page (https://commoncrawl.org/columnar-index); duckdb reads
only the columns that are asked for, also of files that lie elsewhere, in stretches.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from fsspec.spec import AbstractBufferedFile, AbstractFileSystem

from kaz_crawlers.inputs.ranges import Ranges, is_remote
from kaz_datasets.errors import BadConfiguration, Corrupt

MEMORY: Final = "1GB"
_BLOCK: Final = 1 << 20
"""Bytes of one request for a part of the index: column chunks have some megabytes."""
_SCHEME: Final = "ranges"
_LANGUAGE: Final = re.compile(r"[a-z]{3}")
_HOST: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")
_COLUMNS: Final = "url, warc_filename, warc_record_offset, warc_record_length"


@dataclass(frozen=True, kw_only=True)
class IndexQuery:
    """Which rows. Raises BadConfiguration for what is no language or host."""

    language: str = "kaz"
    """ISO 639-3, one of the up to three that CLD2 found on the page."""
    hosts: tuple[str, ...] = ()
    """Only pages of these hosts and the ones below them; `kz` is a host too."""
    limit: int | None = None

    def __post_init__(self) -> None:
        if not _LANGUAGE.fullmatch(self.language):
            raise BadConfiguration(f"{self.language!r} is no ISO 639-3 code: write it as kaz")
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise BadConfiguration(f"{host!r} is no host name")

    def where(self) -> tuple[str, list[str]]:
        """The condition and its parameters."""
        condition = "fetch_status = 200 AND content_languages LIKE ?"
        parameters = [f"%{self.language}%"]
        if self.hosts:
            each = "(url_host_name = ? OR url_host_name LIKE ?)"
            condition += " AND (" + " OR ".join([each] * len(self.hosts)) + ")"
            parameters += [part for host in self.hosts for part in (host, f"%.{host}")]
        return condition, parameters


@dataclass(frozen=True, order=True)
class IndexRow:
    """Where one record lies."""

    file: str
    """Path below the root of the crawls, such as `crawl-data/CC-MAIN-…/….warc.gz`."""
    offset: int
    length: int
    """Bytes of its gzip member."""
    url: str


@dataclass(frozen=True)
class Index:
    """Parquet files of the index, by path or address."""

    files: Sequence[str]
    ranges: Ranges = field(repr=False)

    def pages(self, query: IndexQuery) -> list[IndexRow]:
        """The rows of a query in the order in which they lie. Raises Corrupt, NotFound, Failed."""
        condition, parameters = query.where()
        limit = "" if query.limit is None else f" LIMIT {int(query.limit)}"
        return self._rows(condition, parameters, limit)

    def robots(self, hosts: Sequence[str]) -> list[IndexRow]:
        """Where the robots.txt of hosts lie, where files of the subset `robotstxt` are given."""
        condition = (
            "fetch_status = 200 AND url_path = '/robots.txt' AND list_contains(?, url_host_name)"
        )
        return self._rows(condition, [list(hosts)], "")

    def _rows(self, condition: str, parameters: list[Any], limit: str) -> list[IndexRow]:
        names = [f"{_SCHEME}://{file}" if is_remote(file) else file for file in self.files]
        statement = (
            f"SELECT DISTINCT {_COLUMNS} FROM read_parquet(?, union_by_name=true)"  # noqa: S608
            f" WHERE {condition} ORDER BY warc_filename, warc_record_offset{limit}"
        )
        with _database(self.ranges) as (database, failures):
            import duckdb

            try:
                found = database.execute(statement, [names, *parameters]).fetchall()
            except duckdb.Error as error:
                if failures:
                    raise failures[0] from error
                reason = " ".join(str(error).split())[:300]
                raise Corrupt(
                    f"the index cannot be read ({reason}): give Parquet files of Common Crawl's"
                    " columnar index"
                ) from error
        return [IndexRow(str(f), int(o), int(n), str(url)) for url, f, o, n in found]


@contextmanager
def _database(ranges: Ranges) -> Iterator[tuple[Any, list[Exception]]]:
    """A database in memory that fetches no extension, and what failed while it read files."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": MEMORY,
        "threads": "2",
    }
    failures: list[Exception] = []
    with duckdb.connect(config=config) as database:
        database.register_filesystem(_RangeFiles(ranges, failures))
        try:
            yield database, failures
        finally:
            database.unregister_filesystem(_SCHEME)


class _RangeFiles(AbstractFileSystem):  # type: ignore[misc]
    """Files behind `Ranges`, as duckdb wants them; names are addresses after `ranges://`."""

    protocol = _SCHEME
    cachable = False

    def __init__(self, ranges: Ranges, failures: list[Exception]) -> None:
        super().__init__()
        self.ranges = ranges
        self.failures = failures

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix(f"{_SCHEME}://")

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Name and size."""
        address = self._strip_protocol(path)
        return {"name": address, "size": self.noted(self.ranges.size, address), "type": "file"}

    def modified(self, path: str) -> datetime.datetime:
        """The index of a crawl never changes."""
        return datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)

    def noted(self, call: Any, *arguments: Any) -> Any:
        """The call's result; its error is remembered, since duckdb hands on its text alone."""
        try:
            return call(*arguments)
        except Exception as error:
            self.failures.append(error)
            raise

    def _open(self, path: str, mode: str = "rb", **_: Any) -> AbstractBufferedFile:
        address = self._strip_protocol(path)
        size = self.info(address)["size"]
        return _RangeFile(self, address, mode, _BLOCK, cache_type="readahead", size=size)


class _RangeFile(AbstractBufferedFile):  # type: ignore[misc]
    def _fetch_range(self, start: int, end: int) -> bytes:
        files: _RangeFiles = self.fs
        found: bytes = files.noted(files.ranges.read, self.path, start, end - start)
        return found
