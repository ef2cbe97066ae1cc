"""Blocks of text to the codes of `letter_codes` on wide processors; others go by `decoding`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba.cpython.unsafe.numbers import trailing_zeros

from kaz_dedup.compiled import lean
from kaz_dedup.decoding import BLOCK, INVALID
from kaz_dedup.letter_codes import code_table, parts_of
from kaz_dedup.wide_steps import (
    ASCII,
    FIRST,
    LANES,
    LIMITS,
    ONLY,
    SEPARATOR,
    TABLES,
    UNKNOWN,
    is_wide,
    wide_step,
)
from kaz_dedup.wide_steps import OTHER as _OTHER_BIT

Bytes = npt.NDArray[np.uint8]
Ends = npt.NDArray[np.uint64]

__all__ = ["OTHER", "encode_block", "wide_room", "wide_tables"]

OTHER: Final = -3
"""The block holds characters that are not looked for here, or the processor is not wide."""

U64 = np.uint64
_trailing_zeros: Any = trailing_zeros  # numba does not type it
_BEFORE = 3
_BEHIND = 1
_AT_ONCE = 8


def wide_room() -> Bytes:
    """Room for any block, with three bytes before it and one behind."""
    return np.zeros(_BEFORE + BLOCK + _BEHIND, np.uint8)


@lru_cache(maxsize=1)
def wide_tables() -> Bytes:
    """What `wide_step` looks up, from the table of `letter_codes`; empty where it cannot run."""
    if not is_wide():
        return np.empty(0, np.uint8)
    entries = code_table()
    tables = np.zeros((TABLES, LANES), np.uint8)
    tables[ASCII:ONLY] = entries[:0x80].astype(np.uint8).reshape(-1, LANES)
    first, second, count, escaped = parts_of(entries[0x400:0x500])
    only = np.where(count == 2, second, np.where(count == 1, first, 0))
    tables[ONLY:FIRST] = np.where(escaped, UNKNOWN, only).reshape(-1, LANES)
    tables[FIRST:LIMITS] = np.where((count == 2) & ~escaped, first, 0).reshape(-1, LANES)
    # Of each 64 code points from U+2000 on, the last byte of the first that belongs to words.
    signs = parts_of(entries[0x2000:0x3000])[0] == SEPARATOR
    lengths = np.logical_and.accumulate(signs.reshape(-1, LANES), axis=1).sum(axis=1)
    tables[LIMITS] = 0x80 + lengths
    tables.flags.writeable = False
    return tables.reshape(-1)


@lean
def _encode_wide(
    data: Bytes,
    start: int,
    first: int,
    end: int,
    tables: Bytes,
    room: Bytes,
    codes: Bytes,
    place: U64,
    ends: Ends,
    words: U64,
) -> tuple[int, U64, U64]:
    """Append the codes of the block at `first` of the text `data[start:end]`, as `encode` does.

    First of what is returned is 0, or `INVALID` where the bytes are not UTF-8 (RFC 3629), or
    `OTHER`; then nothing was appended.
    """
    if len(tables) == 0:
        return OTHER, place, words
    size = min(BLOCK, end - first)
    _copy(data, start, first, end, size, room)
    for i in range(_BEFORE):
        if room[i] >= 0xE0 and room[i] != 0xE2 and room[i] != 0xF0:
            return OTHER, place, words
    wrong = U64(0)
    new_place, new_words = place, words
    for i in range(0, size, LANES):
        flags, count, bits, found = wide_step(room, i + _BEFORE, tables, codes, new_place)
        if flags & U64(_OTHER_BIT):
            return OTHER, place, words
        wrong |= flags
        # Always eight, which are enough: how many there are cannot be foreseen.
        for k in range(_AT_ONCE):
            ends[new_words + U64(k)] = new_place + U64(_trailing_zeros(bits))
            bits &= bits - U64(1)
        at = new_words + U64(_AT_ONCE)
        while bits:
            ends[at] = new_place + U64(_trailing_zeros(bits))
            bits &= bits - U64(1)
            at += U64(1)
        new_words += found
        new_place += count
    # The zeros behind the text continue no character: one that is torn is noticed there.
    if wrong or (size % LANES == 0 and first + size == end and _torn(data, end)):
        return INVALID, place, words
    return 0, new_place, new_words


@lean
def _encode_nothing(
    data: Bytes,
    start: int,
    first: int,
    end: int,
    tables: Bytes,
    room: Bytes,
    codes: Bytes,
    place: U64,
    ends: Ends,
    words: U64,
) -> tuple[int, U64, U64]:
    """In place of `_encode_wide` on other processors."""
    return OTHER, place, words


encode_block = _encode_wide if is_wide() else _encode_nothing


@lean
def _copy(data: Bytes, start: int, first: int, end: int, size: int, out: Bytes) -> None:
    """The block with its neighbours, and zeros where the text has none."""
    for i in range(_BEFORE):
        at = first - _BEFORE + i
        out[i] = data[at] if at >= start else 0
    size = min(size + _BEHIND, end - first)
    source, target = data[first : first + size], out[_BEFORE : _BEFORE + size]
    for i in range(size):
        target[i] = source[i]
    for i in range(_BEFORE + size, min(_BEFORE + size + LANES, len(out))):
        out[i] = 0


@lean
def _torn(data: Bytes, end: int) -> bool:
    """Whether a text ends within a character."""
    return bool(data[end - 1] >= 0xC0 or data[end - 2] >= 0xE0 or data[end - 3] >= 0xF0)
