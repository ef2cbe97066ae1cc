"""Gzip members of a file (RFC 1952), one by one, with what a damaged one still gives."""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final

PIECE: Final = 64 << 10
"""Bytes read or decompressed at once."""

_FIRST: Final = 16 << 10
"""Bytes read of a member at first: what follows a short one is read again as the next."""

GZIP: Final = b"\x1f\x8b\x08"


class Member:
    """One gzip member (RFC 1952), decompressed piece by piece and checked by its CRC."""

    def __init__(self, stream: BinaryIO, offset: int) -> None:
        stream.seek(offset)
        self._stream = stream
        self._offset = offset
        self._inflate = zlib.decompressobj(31)
        self._done = 0
        self._error: zlib.error | None = None
        self.head = b""
        """The first bytes."""

    @property
    def ended(self) -> bool:
        """Whether the member was read to its end and its CRC fits."""
        return self._inflate.eof

    def pull(self) -> bytes:
        """The next bytes. Raises zlib.error where damaged, EOFError where cut off."""
        if self._error is not None:
            raise self._error
        while not self._inflate.eof:
            packed = self._packed(self._inflate, self._done)
            if not packed:
                raise EOFError("the file ends inside it")
            if piece := self._decompress(packed):
                self.head = self.head or piece
                return piece
        return b""

    def _packed(self, inflate: zlib._Decompress, done: int) -> bytes:
        """What is to be decompressed after `done` times: most members are short."""
        return inflate.unconsumed_tail or self._stream.read(PIECE if done else _FIRST)

    def _decompress(self, packed: bytes) -> bytes:
        try:
            piece = self._inflate.decompress(packed, PIECE)
        except zlib.error as error:
            self._error, salvaged = error, _salvage(self._again(), packed)
            if not salvaged:
                raise
            return salvaged
        self._done += 1
        return piece

    def _again(self) -> zlib._Decompress:
        """The state before the last step, by doing again what went before it.

        A copy of it before every step would cost every sound member as much as its bytes.
        """
        place = self._stream.tell()
        self._stream.seek(self._offset)
        inflate = zlib.decompressobj(31)
        for done in range(self._done):
            inflate.decompress(self._packed(inflate, done), PIECE)
        self._stream.seek(place)
        return inflate

    def end(self) -> int:
        """Where the member ended, once all was pulled."""
        return self._stream.tell() - len(self._inflate.unused_data)


def _salvage(inflate: zlib._Decompress, packed: bytes) -> bytes:
    """What a damaged stretch still gives, in small steps up to the damage."""
    pieces: list[bytes] = []
    try:
        for start in range(0, len(packed), 8):
            pieces.append(inflate.decompress(packed[start : start + 8]))
    except zlib.error:
        pass
    return b"".join(pieces)


def find_bytes(stream: BinaryIO, needle: bytes, start: int) -> int | None:
    """Where `needle` next stands in the file from `start` on, or None."""
    stream.seek(start)
    window, position = b"", start
    while piece := stream.read(1 << 20):
        window += piece
        found = window.find(needle)
        if found >= 0:
            return position + found
        kept = window[1 - len(needle) :]
        position += len(window) - len(kept)
        window = kept
    return None


def starts_member(stream: BinaryIO, offset: int) -> bool:
    """Whether gzip's three first bytes stand at `offset`."""
    stream.seek(offset)
    return stream.read(len(GZIP)) == GZIP


def has_more_than_padding(stream: BinaryIO, start: int, end: int | None) -> bool:
    """Whether a stretch holds anything but zeros and line ends."""
    stream.seek(start)
    length = PIECE if end is None else min(end - start, PIECE)
    return bool(stream.read(length).strip(b"\x00\r\n"))
