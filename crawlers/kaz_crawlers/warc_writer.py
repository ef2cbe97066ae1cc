"""WARC 1.1 files (ISO 28500:2017), one gzip member a record, that survive being cut off.

A file is `<source>-<nnnnn>.warc.gz.open` while it is written and loses the `.open` when it is
closed. What a killed writer left is cut back to whole members: behind a torn member every later
record would be lost to readers.
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import no_space_named, sync_file

OPEN_SUFFIX: Final = ".open"
LARGEST_FILE: Final = 1 << 30
"""Bytes after which a new file is begun: the size that the WARC standard recommends."""

_GZIP: Final = 31  # zlib's window bits for "gzip header and trailer"
_LEVEL: Final = 6
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One answer of a server, as it came over the wire (chunks joined, compression kept)."""

    url: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    address: str | None = None
    retrieved_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def to_bytes(self) -> bytes:
        """The HTTP message. Status phrases are not kept by HTTP libraries: the standard one."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        head = [f"HTTP/1.1 {self.status} {phrase}".encode()]
        head += [name + b": " + value for name, value in self.headers]
        return b"\r\n".join(head) + b"\r\n\r\n" + self.body


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """How far a WARC file is known to be on the device."""

    file: str
    length: int


class WarcWriter:
    """Writes the archive of one crawl; `sync` makes it durable, `close` gives it its name."""

    def __init__(self, folder: Path, source: str, user_agent: str = "") -> None:
        self._folder = folder
        self._source = source
        self._user_agent = user_agent
        self._path: Path | None = None
        self._stream: BinaryIO | None = None

    def write(self, exchange: Exchange) -> None:
        """Append a response record. Raises DiskFull."""
        headers = {
            "WARC-Target-URI": exchange.url,
            "WARC-Payload-Digest": _digest(exchange.body),
            **({"WARC-IP-Address": exchange.address} if exchange.address else {}),
        }
        block = exchange.to_bytes()
        kind = "application/http; msgtype=response"
        self._append(_record("response", block, kind, exchange.retrieved_at, headers))

    def sync(self) -> Checkpoint | None:
        """Put every written byte on the device; None while nothing has been written."""
        if self._stream is None or self._path is None:
            return None
        with no_space_named(self._path):
            self._stream.flush()
            os.fdatasync(self._stream.fileno())
        return Checkpoint(file=self._path.name, length=self._stream.tell())

    def roll(self) -> None:
        """Begin a new file if this one is large; call it after a checkpoint was taken note of."""
        if self._stream is not None and self._stream.tell() >= LARGEST_FILE:
            self.close()

    def close(self) -> None:
        """Sync the file and give it its final name."""
        if self._stream is None or self._path is None:
            return
        self.sync()
        self._stream.close()
        _finish(self._path)
        self._stream = self._path = None

    def _append(self, record: bytes) -> None:
        if self._stream is None:
            self._begin()
        assert self._stream is not None
        assert self._path is not None
        with no_space_named(self._path):
            self._stream.write(_member(record))

    def _begin(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._source}-{_next_number(self._folder, self._source):05}.warc.gz"
        self._path = self._folder / (name + OPEN_SUFFIX)
        self._stream = self._path.open("xb")
        sync_file(self._folder)  # or a power cut could take the name of synced bytes away
        fields = {
            "software": f"kazcorpus/{version('kazcorpus')}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "obey",
            "isPartOf": self._source,
            "http-header-user-agent": self._user_agent,
        }
        block = "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode()
        kind = "application/warc-fields"
        self._append(_record("warcinfo", block, kind, datetime.now(UTC), {"WARC-Filename": name}))


def recover(folder: Path, known: Mapping[str, int] | None = None) -> None:
    """Finish what a killed writer left open in `folder`.

    `known` holds the lengths that a frontier vouches for, by file name: what lies behind them is
    cut off, since its pages will be fetched again. Without it a file is cut to whole gzip members.
    Raises Corrupt for a file shorter than what is vouched for.
    """
    for path in sorted(folder.glob(f"*.warc.gz{OPEN_SUFFIX}")):
        vouched = None if known is None else known.get(path.name, 0)
        whole = whole_length(path, vouched)
        if vouched is not None and whole < vouched:
            raise Corrupt(
                f"{path} has lost {vouched - whole} bytes that were on the device:"
                " check the disk, then crawl into a new folder"
            )
        os.truncate(path, whole)
        if path.stat().st_size == 0:
            path.unlink()
        else:
            _finish(path)


def whole_length(path: Path, most: int | None = None) -> int:
    """Bytes from the start of a gzip file that are whole members, `most` at the most."""
    whole = position = 0
    limit = path.stat().st_size if most is None else most
    member = zlib.decompressobj(_GZIP)
    with path.open("rb") as stream:
        rest = b""
        while rest or (rest := stream.read(_CHUNK)):
            try:
                member.decompress(rest, _CHUNK)
                while member.unconsumed_tail:
                    member.decompress(member.unconsumed_tail, _CHUNK)
            except zlib.error:
                return whole
            position += len(rest) - len(member.unused_data)
            rest = member.unused_data
            if member.eof:
                if position > limit:
                    return whole
                whole, member = position, zlib.decompressobj(_GZIP)
    return whole


def _finish(path: Path) -> None:
    sync_file(path)
    path.rename(path.with_name(path.name.removesuffix(OPEN_SUFFIX)))
    sync_file(path.parent)


def _next_number(folder: Path, source: str) -> int:
    series = re.compile(re.escape(source) + r"-(\d{5,})\.warc\.gz(?:\.open)?")
    numbers = (series.fullmatch(path.name) for path in folder.iterdir())
    return max((int(match[1]) + 1 for match in numbers if match), default=0)


def _record(
    record_type: str, block: bytes, kind: str, moment: datetime, headers: Mapping[str, str]
) -> bytes:
    lines = {
        "WARC-Type": record_type,
        "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
        "WARC-Date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **headers,
        "WARC-Block-Digest": _digest(block),
        "Content-Type": kind,
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + block + b"\r\n\r\n"


def _member(record: bytes) -> bytes:
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return compressor.compress(record) + compressor.flush()


def _digest(data: bytes) -> str:
    """SHA-1 in base 32: the labelled digest that every WARC reader checks."""
    return "sha1:" + b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
