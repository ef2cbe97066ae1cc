"""Erasing a record from an archive file in place: the payload is gone, every other byte stays.

The record becomes one of type `metadata` without a block, of exactly the length that it had: all
other records keep their offsets, so published rows still find theirs and indexes stay true.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from kaz_datasets.errors import Corrupt, Failed
from kaz_datasets.files import atomic_path
from kaz_datasets.gzip_members import GZIP, Member

_COPY: Final = 1 << 20
_NO_DATE: Final = "1970-01-01T00:00:00Z"
_ERASED: Final = "application/x-erased"
_COMMENT_FLAG: Final = 0x10  # RFC 1952, 2.3.1: FCOMMENT, zero-terminated and of any length


def erase_record(path: Path, offset: int) -> bool:
    """Erase the record that starts at `offset`; False where it was erased before.

    Raises Corrupt where no record starts there, and Failed for a record too short to hold the
    note that it was erased.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        packed = stream.read(len(GZIP)) == GZIP
        head, end = _member(stream, path, offset) if packed else _plain(stream, path, offset)
    if _ERASED.encode() in head:
        return False
    if not head.startswith(b"WARC/1."):
        raise Corrupt(f"{path} has no WARC record at byte {offset}: make its index again")
    length = end - offset
    stub = _packed_stub(head, length) if packed else _plain_stub(head, length)
    if stub is None:
        raise Failed(f"the record at byte {offset} of {path} is too short to be erased in place")
    with atomic_path(path) as temporary, path.open("rb") as source, temporary.open("wb") as copy:
        _copy(source, copy, offset)
        copy.write(stub)
        source.seek(end)
        _copy(source, copy, None)
    return True


def _copy(source: BinaryIO, copy: BinaryIO, left: int | None) -> None:
    while piece := source.read(_COPY if left is None else min(_COPY, left)):
        copy.write(piece)
        left = None if left is None else left - len(piece)


def _member(stream: BinaryIO, path: Path, offset: int) -> tuple[bytes, int]:
    """The headers of the record in a gzip member, and where the member ends."""
    member = Member(stream, offset)
    try:
        while member.pull():
            pass
    except (zlib.error, EOFError) as error:
        raise Corrupt(
            f"{path} is damaged at byte {offset} ({error}): it cannot be edited"
        ) from error
    return member.head, member.end()


def _plain(stream: BinaryIO, path: Path, offset: int) -> tuple[bytes, int]:
    stream.seek(offset)
    head = stream.read(64 << 10)
    block = head.find(b"\r\n\r\n") + 4
    length = _header(head[:block], "Content-Length")
    if block < 4 or length is None or not length.isdigit():
        raise Corrupt(f"{path} has no WARC record at byte {offset}: make its index again")
    return head, offset + block + int(length) + 4


def _header(head: bytes, name: str) -> str | None:
    for line in head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name.lower().encode():
            return value.strip().decode("latin-1")
    return None


def _record(head: bytes, block: bytes) -> bytes:
    """A `metadata` record with the identity of the erased one, but not its address."""
    return (
        (
            "WARC/1.1\r\nWARC-Type: metadata\r\n"
            f"WARC-Record-ID: {_header(head, 'WARC-Record-ID')}\r\n"
            f"WARC-Date: {_header(head, 'WARC-Date') or _NO_DATE}\r\n"
            f"Content-Type: {_ERASED}\r\nContent-Length: {len(block)}\r\n\r\n"
        ).encode("latin-1")
        + block
        + b"\r\n\r\n"
    )


def _packed_stub(head: bytes, length: int) -> bytes | None:
    """A gzip member of `length` bytes, filled up by a comment in its header."""
    member = gzip.compress(_record(head, b""), mtime=0)
    missing = length - len(member)
    if missing < 0:
        return None
    if not missing:
        return member
    flagged = member[:3] + struct.pack("B", member[3] | _COMMENT_FLAG) + member[4:10]
    return flagged + b" " * (missing - 1) + b"\0" + member[10:]


def _plain_stub(head: bytes, length: int) -> bytes | None:
    size = length - len(_record(head, b""))
    while size >= 0:
        stub = _record(head, b" " * size)
        if len(stub) == length:
            return stub
        size -= len(stub) - length  # the digits of Content-Length count too
    return None
