"""The WARC files of one crawl, that survive being cut off.

A file is `<series>-<nnnnn>.warc.gz.open` while it is written and loses the `.open` when it is
closed; `<series>-<nnnnn>.cdxj` beside it is its index.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from kaz_crawlers.cdxj import Entry, write_entries
from kaz_crawlers.warc_records import (
    FIELDS_TYPE,
    REQUEST_TYPE,
    RESPONSE_TYPE,
    Exchange,
    Original,
    digest_of,
    member,
    new_record_id,
    response_headers,
    revisit_headers,
)
from kaz_crawlers.warc_recovery import OPEN_SUFFIX, finish, recover, whole_length
from kaz_datasets.errors import Failed
from kaz_datasets.files import no_space_named, sync_file
from kaz_datasets.record_facts import RECORD_FACTS_HEADER, RecordFacts

__all__ = [
    "LARGEST_FILE",
    "OPEN_SUFFIX",
    "Checkpoint",
    "Exchange",
    "Location",
    "Original",
    "WarcWriter",
    "recover",
    "whole_length",
]

LARGEST_FILE: Final = 1 << 30
"""Bytes after which a new file is begun: the size that the WARC standard recommends."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """How far a WARC file is known to be on the device."""

    file: str
    length: int


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where a record lies, and how another one refers to it."""

    file: str
    offset: int
    record_id: str
    digest: str
    moment: datetime


class WarcWriter:
    """Writes the archive of one crawl; `sync` makes it durable, `close` gives it its name."""

    def __init__(
        self,
        folder: Path,
        series: str,
        info: Mapping[str, str] | None = None,
        *,
        largest_file: int = LARGEST_FILE,
    ) -> None:
        self._folder = folder
        self._series = series
        self._info = dict(info or {})
        self._largest_file = largest_file
        self._path: Path | None = None
        self._stream: BinaryIO | None = None
        self._position = 0
        self._info_id = ""
        self._entries: list[Entry] = []
        self._broken = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, exchange: Exchange) -> Location:
        """Append a response record, and the request that it answers. Raises DiskFull."""
        location = self._append(
            "response",
            RESPONSE_TYPE,
            exchange.to_bytes(),
            exchange.retrieved_at,
            response_headers(exchange),
            exchange.digest,
        )
        self._index(location, exchange)
        self._append_request(exchange, location.record_id)
        return location

    def write_revisit(self, exchange: Exchange, of: Original) -> Location:
        """Append a record that says: the payload is still that of an earlier record."""
        headers = revisit_headers(exchange, of)
        kind = "revisit"
        location = self._append(
            kind, RESPONSE_TYPE, exchange.head(), exchange.retrieved_at, headers, of.digest
        )
        self._index(location, exchange, mime="warc/revisit")
        self._append_request(exchange, location.record_id)
        return location

    def write_conversion(
        self,
        url: str,
        body: bytes,
        content_type: str,
        facts: RecordFacts,
        retrieved_at: datetime,
        refers_to: str | None = None,
    ) -> Location:
        """Append what was made of an original in another format, such as text of a dump's page."""
        headers = {"WARC-Refers-To": refers_to}
        return self._content("conversion", url, body, content_type, facts, retrieved_at, headers)

    def write_resource(
        self, url: str, body: bytes, content_type: str, facts: RecordFacts, retrieved_at: datetime
    ) -> Location:
        """Append something that came by another way than HTTP."""
        return self._content("resource", url, body, content_type, facts, retrieved_at, {})

    def sync(self) -> Checkpoint | None:
        """Put every written byte on the device; None while nothing has been written."""
        if self._stream is None or self._path is None:
            return None
        if self._broken:
            raise Failed(f"{self._path} was not written whole: see what was said before")
        with no_space_named(self._path):
            self._stream.flush()
            os.fdatasync(self._stream.fileno())
        return Checkpoint(file=self._path.name, length=self._position)

    def roll(self) -> None:
        """Begin a new file if this one is large; call it after a checkpoint was taken note of."""
        if self._stream is not None and self._position >= self._largest_file:
            self.close()

    def abandon(self) -> None:
        """Leave the file as a kill would: `recover` cuts off what nobody vouches for."""
        if self._stream is not None:
            self._broken = True
            with suppress(OSError):  # it may be the full disk for which it is abandoned
                self._stream.close()

    def close(self) -> None:
        """Sync the file, give it its final name and write its index."""
        if self._stream is None or self._path is None:
            return
        self.sync()
        self._stream.close()
        final = finish(self._path)
        self._stream = self._path = None
        write_entries(final, self._entries)
        self._entries = []

    def _content(
        self,
        kind: str,
        url: str,
        body: bytes,
        content_type: str,
        facts: RecordFacts,
        retrieved_at: datetime,
        headers: Mapping[str, str | None],
    ) -> Location:
        digest = digest_of(body)
        named = {
            "WARC-Target-URI": url,
            "WARC-Payload-Digest": digest,
            RECORD_FACTS_HEADER: facts.to_header(),
            **headers,
        }
        location = self._append(kind, content_type, body, retrieved_at, named, digest)
        mime = content_type.partition(";")[0].strip()
        self._entries.append(_entry(location, url, mime, None, self._position))
        return location

    def _append_request(self, exchange: Exchange, response_id: str) -> None:
        if exchange.request:
            headers = {
                "WARC-Target-URI": exchange.url,
                "WARC-Concurrent-To": response_id,
                "WARC-IP-Address": exchange.address,
            }
            moment = exchange.retrieved_at
            self._append("request", REQUEST_TYPE, exchange.request, moment, headers)

    def _append(
        self,
        kind: str,
        content_type: str,
        block: bytes,
        moment: datetime,
        headers: Mapping[str, str | None],
        digest: str = "",
    ) -> Location:
        if self._stream is None:
            self._begin()
        assert self._stream is not None
        assert self._path is not None
        record_id = new_record_id()
        named = {**headers, "WARC-Warcinfo-ID": self._info_id or None}
        packed = member(kind, record_id, moment, content_type, block, named)
        offset = self._position
        with no_space_named(self._path), self._breaking():
            self._stream.write(packed)
        self._position += len(packed)
        if kind == "warcinfo":
            self._info_id = record_id
        file = self._path.name.removesuffix(OPEN_SUFFIX)
        return Location(file=file, offset=offset, record_id=record_id, digest=digest, moment=moment)

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        """After a write that failed nobody knows how long the file is: no checkpoint any more."""
        try:
            yield
        except BaseException:
            self._broken = True
            raise

    def _index(self, location: Location, exchange: Exchange, mime: str | None = None) -> None:
        media_type = mime or _media_type(exchange)
        status = None if mime else exchange.status
        self._entries.append(_entry(location, exchange.url, media_type, status, self._position))

    def _begin(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._series}-{_next_number(self._folder, self._series):05}.warc.gz"
        self._path = self._folder / (name + OPEN_SUFFIX)
        self._stream = self._path.open("xb")
        self._position = 0
        self._info_id = ""
        sync_file(self._folder)  # or a power cut could take the name of synced bytes away
        fields = {
            "software": f"kazcorpus/{version('kazcorpus')}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": self._series,
            **self._info,
        }
        lines = (f"{key}: {' '.join(value.split())}\r\n" for key, value in fields.items() if value)
        block = "".join(lines).encode()
        self._append("warcinfo", FIELDS_TYPE, block, datetime.now(UTC), {"WARC-Filename": name})


def _entry(location: Location, url: str, mime: str, status: int | None, end: int) -> Entry:
    return Entry.of(
        url=url,
        moment=location.moment,
        mime=mime,
        status=status,
        digest=location.digest,
        offset=location.offset,
        length=end - location.offset,
        file=location.file,
    )


def _media_type(exchange: Exchange) -> str:
    for name, value in exchange.headers:
        if name.lower() == b"content-type":
            return value.decode("latin-1").partition(";")[0].strip().lower() or "unk"
    return "unk"


def _next_number(folder: Path, series: str) -> int:
    pattern = re.compile(re.escape(series) + r"-(\d{5,})\.warc\.gz(?:\.open)?")
    numbers = (pattern.fullmatch(path.name) for path in folder.iterdir())
    return max((int(match[1]) + 1 for match in numbers if match), default=0)
