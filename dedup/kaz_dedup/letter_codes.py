"""Words as runs of bytes: the folded letters of a text, so few that one byte holds most of them.

A word is then 8 letters in a 64-bit number, and its hash costs a word's time, not each letter's.

- A folded letter of `PLAIN` counts as the byte 1 + its place there, one of `TELLING` as the byte
  0x41 + its place there. So bit 6 of a byte says that it belongs to `TELLING`.
- Bit 7 says that the letter was ә ө ү і (`folding`); it is taken away before words are compared.
- Every other letter, digit or mark of code point c counts as the four bytes 0x38 + (c >> 18),
  (c >> 12) & 63, (c >> 6) & 63 and c & 63.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import lean
from kaz_dedup.decoding import LONG, NOTHING
from kaz_dedup.folding import FRONT, folding
from kaz_dedup.wide_steps import SEPARATOR

Bytes = npt.NDArray[np.uint8]
Ends = npt.NDArray[np.uint64]
Table = npt.NDArray[np.uint32]

PLAIN: Final = "абвджзийлмнңопрстуұфхһшы0123456789"
TELLING: Final = "егкғқabcdefghijklmnopqrstuvwxyz"
"""The letters of a word that is no front word, whatever else it holds: see `folding`."""

U8 = np.uint8
U32 = np.uint32
U64 = np.uint64

# An entry of the table: two bytes, how many of them count, and what kind it is.
_COUNT = U32(16)
_ESCAPED = U32(1 << 30)
_SEPARATOR_BIT = U32(31)


@lru_cache(maxsize=1)
def code_table() -> Table:
    """What each code point counts as, of shape (1114112,); read-only, made once a process."""
    points, classes = folding()
    codes = np.zeros(len(points), np.uint32)
    codes[[ord(letter) for letter in PLAIN]] = 1 + np.arange(len(PLAIN))
    codes[[ord(letter) for letter in TELLING]] = 0x41 + np.arange(len(TELLING))
    first, second = codes[points[:, 0]], codes[points[:, 1]]
    front = np.where(classes & FRONT, 0x80, 0).astype(np.uint32)
    count = (points != 0).sum(axis=1).astype(np.uint32)
    known = ((first != 0) | (points[:, 0] == 0)) & ((second != 0) | (points[:, 1] == 0))
    table = np.where(known, first | front | second << U32(8) | count << _COUNT, _ESCAPED)
    separator = U32(1) << _SEPARATOR_BIT | U32(1) << _COUNT | U32(SEPARATOR)
    table = np.where(classes != 0, table, separator).astype(np.uint32)
    table[NOTHING], table[LONG] = 0, separator
    table.flags.writeable = False
    return table


def parts_of(entries: Table) -> tuple[Table, Table, Table, npt.NDArray[np.bool_]]:
    """The two codes of each entry of the table, how many count, and whether it is escaped."""
    count = np.where(entries & _ESCAPED, U32(4), entries >> _COUNT & U32(3))
    return entries & U32(0xFF), entries >> U32(8) & U32(0xFF), count, entries & _ESCAPED != 0


@lean
def encode(
    points: npt.NDArray[np.uint16 | np.uint32],
    count: int,
    lowers: Table,
    table: Table,
    codes: Bytes,
    place: U64,
    ends: Ends,
    words: U64,
) -> tuple[U64, U64]:
    """Append the codes of code points at `place`, and where words end at `words`; both moved on.

    A word ends where a separator is; where these follow each other, words of no codes lie between
    them. What is written is counted only where it is meant: where words end cannot be foreseen, and
    a wrongly foreseen branch costs as much as ten letters.
    """
    for i in range(count):
        entry = table[points[i]]
        if entry & _ESCAPED:
            point = lowers[points[i]]
            codes[place] = U8(U32(0x38) + (point >> U32(18)))
            codes[place + U64(1)] = U8(point >> U32(12) & U32(63))
            codes[place + U64(2)] = U8(point >> U32(6) & U32(63))
            codes[place + U64(3)] = U8(point & U32(63))
            place += U64(4)
        else:
            codes[place] = U8(entry)
            codes[place + U64(1)] = U8(entry >> U32(8))
            ends[words] = place
            place += U64(entry >> _COUNT & U32(3))
            words += U64(entry >> _SEPARATOR_BIT)
    return place, words
