"""Records of an archive file, one after another, from files that may be damaged anywhere.

WARC 1.0 and 1.1 (ISO 28500) and ARC, plain or gzip. A gzip file is read member by member; where
one is broken, reading goes on at the next. Where a record's length is wrong, reading goes on at
the next line that starts one. Memory is bounded by `MAX_BLOCK`, whatever the file claims.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from kaz_datasets.gzip_members import (
    GZIP,
    PIECE,
    Member,
    find_bytes,
    has_more_than_padding,
    starts_member,
)
from kaz_datasets.http_message import MAX_HEAD, parse_headers

MAX_BLOCK = 32 << 20
"""Bytes of one record that are kept in memory: a page's 16 MiB, with room for chunks and head."""

_READ = 1 << 20
"""Bytes asked of the system at once: a member begins in what was read with the one before."""

_WARC_LINE = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_ARC_LINE = re.compile(rb"(\S+) (\S+) (\d{8,14}) (\S+) (\d{1,15})\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_NEXT_RECORD = re.compile(rb"\nWARC/1\.[01]\r?\n")
_LINE_ENDS = b"\r\n"


@dataclass(frozen=True)
class Record:
    """One record: its headers by lower-case name, and the whole block after them."""

    offset: int
    """Where its gzip member starts, or in a plain file the record itself (bytes)."""
    headers: Mapping[str, str]
    block: bytes
    flaw: str | None = None
    """Why the block cannot be trusted unless a digest says otherwise."""


@dataclass(frozen=True)
class Broken:
    """A stretch of the file that could not be read as a record."""

    offset: int
    reason: str
    is_record: bool = False
    """Whether it began as a record does, so that the file is an archive, though a damaged one."""


class _Pull(Protocol):
    """Gives the next bytes, at most some tens of kilobytes, `b""` at the end."""

    def __call__(self) -> bytes: ...


def read_records(path: Path) -> Iterator[Record | Broken]:
    """All records of a file in order, and what lies broken between them."""
    with path.open("rb", buffering=_READ) as stream:
        yield from records_of(stream)


def records_of(stream: BinaryIO) -> Iterator[Record | Broken]:
    """As `read_records`, of a file that is open, or of bytes in memory."""
    zipped = stream.read(len(GZIP)) == GZIP
    stream.seek(0)
    if zipped:
        yield from _members(stream)
    else:
        yield from _records(_Buffer(lambda: stream.read(PIECE)), fixed_offset=None)


def _members(stream: BinaryIO) -> Iterator[Record | Broken]:
    """The records of each gzip member; after a broken one, of the next that can be found."""
    offset: int | None = 0
    while offset is not None:
        member = Member(stream, offset)
        buffer = _Buffer(member.pull)
        yield from _records(buffer, fixed_offset=offset)
        if buffer.failure is not None:
            reason = f"gzip member is broken ({buffer.failure})"
            yield Broken(offset, reason, is_record=_starts_record(member.head))
        if not member.ended:
            offset = _next_member(stream, offset + 1)
            continue
        end = member.end()
        offset = end if starts_member(stream, end) else _next_member(stream, end)
        if offset != end and has_more_than_padding(stream, end, offset):
            yield Broken(end, "bytes that are no gzip member")


def _next_member(stream: BinaryIO, start: int) -> int | None:
    """Where the next gzip member that holds records starts, or None.

    Compressed data holds gzip's three first bytes by chance, so the contents are looked at too.
    """
    offset = find_bytes(stream, GZIP, start)
    while offset is not None:
        try:
            head = Member(stream, offset).pull()
        except (zlib.error, EOFError):
            head = b""
        if _starts_record(head):
            return offset
        offset = find_bytes(stream, GZIP, offset + 1)
    return None


class _Buffer:
    """Bytes pulled on demand, with look-ahead and a way back; `position` counts from the start."""

    def __init__(self, pull: _Pull) -> None:
        self._pull = pull
        self._held = b""
        self._ended = False
        self.position = 0
        self.failure: Exception | None = None
        """Why the bytes ended, where that was not at the end of their source."""

    def peek(self, size: int) -> bytes:
        """Up to `size` bytes ahead; fewer only at the end."""
        if len(self._held) < size and not self._ended:
            pieces, held = [self._held], len(self._held)
            while held < size and (piece := self._pull_safely()):
                pieces.append(piece)
                held += len(piece)
            self._ended = held < size
            self._held = b"".join(pieces)
        return self._held[:size]

    def _pull_safely(self) -> bytes:
        try:
            return self._pull()
        except (zlib.error, EOFError) as error:
            self.failure = error
            return b""

    def take(self, size: int) -> bytes:
        """Up to `size` bytes, moving on."""
        taken = self.peek(size)
        self._held = self._held[len(taken) :]
        self.position += len(taken)
        return taken

    def skip(self, size: int) -> None:
        """Move on by `size` bytes without keeping them."""
        while size and (taken := self.take(min(size, PIECE))):
            size -= len(taken)

    def skip_line_ends(self) -> None:
        """Move on past CR and LF."""
        while (ahead := self.peek(PIECE)) and ahead[0] in _LINE_ENDS:
            self.take(len(ahead) - len(ahead.lstrip(_LINE_ENDS)))

    def give_back(self, taken: bytes) -> None:
        """Undo a `take`."""
        self._held = taken + self._held
        self.position -= len(taken)

    def skip_to_record(self) -> None:
        """Move on to the next line that starts a WARC record, or to the end."""
        while ahead := self.peek(2 * PIECE):
            found = _NEXT_RECORD.search(ahead)
            if found is not None:
                self.take(found.start() + 1)
                return
            self.take(max(len(ahead) - PIECE, 1) if len(ahead) == 2 * PIECE else len(ahead))


def _records(buffer: _Buffer, *, fixed_offset: int | None) -> Iterator[Record | Broken]:
    while True:
        buffer.skip_line_ends()
        head = buffer.peek(MAX_HEAD)
        if not head:
            return
        offset = buffer.position if fixed_offset is None else fixed_offset
        parsed = _parse_head(head)
        if parsed is None:
            if buffer.failure is None:  # else the head is cut off, which is told once, at the end
                yield Broken(offset, "no record header where one should start")
            buffer.skip_to_record()
            continue
        headers, size = parsed
        buffer.take(size)
        entry = _read_block(buffer, offset, headers)
        if entry is not None:
            yield entry


def _parse_head(head: bytes) -> tuple[dict[str, str], int] | None:
    """Headers and length of the record head that `head` starts with, or None."""
    if _WARC_LINE.match(head):
        end = _END_OF_HEAD.search(head)
        return (parse_headers(head[: end.start()]), end.end()) if end else None
    if arc := _ARC_LINE.match(head):
        url, address, date, content_type, length = (part.decode("latin-1") for part in arc.groups())
        kind = "warcinfo" if url.startswith("filedesc:") else "response"
        headers = {
            "warc-type": kind,
            "warc-target-uri": url,
            "warc-ip-address": address,
            "warc-date": date,
            "content-type": "application/http" if kind == "response" else content_type,
            "content-length": length,
        }
        return headers, arc.end()
    return None


def _starts_record(head: bytes) -> bool:
    return bool(_WARC_LINE.match(head) or _ARC_LINE.match(head))


def _read_block(buffer: _Buffer, offset: int, headers: Mapping[str, str]) -> Record | Broken | None:
    """The record after its head; None where the bytes themselves failed, which is told apart."""
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > 15:
        buffer.skip_to_record()
        return Broken(offset, f"Content-Length is {length[:40]!r}", is_record=True)
    if int(length) > MAX_BLOCK:
        buffer.skip(int(length))
        return Broken(offset, f"record of {length} bytes, more than {MAX_BLOCK}", is_record=True)
    block = buffer.take(int(length))
    if len(block) < int(length):
        if buffer.failure is not None:
            return None
        buffer.give_back(block)
        buffer.skip_to_record()
        return Broken(offset, f"ends after {len(block)} of {length} bytes", is_record=True)
    buffer.skip_line_ends()
    if _at_boundary(buffer):
        return Record(offset, headers, block)
    if buffer.failure is not None:
        flaw, buffer.failure = f"gzip member is broken ({buffer.failure})", None
        return Record(offset, headers, block, flaw)
    buffer.give_back(block)
    buffer.skip_to_record()
    return Record(offset, headers, block, "Content-Length does not end at a record boundary")


def _at_boundary(buffer: _Buffer) -> bool:
    ahead = buffer.peek(4096)
    return _starts_record(ahead) if ahead else buffer.failure is None
