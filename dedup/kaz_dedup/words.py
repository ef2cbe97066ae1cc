"""The hashes of a text's words, from its UTF-8 bytes, in compiled code.

The definition is in `kernel`'s docstring.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import compiled
from kaz_dedup.folding import FRONT, TELLER, folding
from kaz_dedup.respelling import BY_2017, CYRILLIC, latin_style, respell, script_of, tables

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Points = npt.NDArray[np.uint32]

U64 = np.uint64
GOLDEN = U64(0x9E3779B97F4A7C15)
_ROTATION = 9
_MURMUR_1 = U64(0xFF51AFD7ED558CCD)
_MURMUR_2 = U64(0xC4CEB9FE1A85EC53)
_FRONT_MARK = U64(FRONT << 5)
_HARMONY_MARKS = U64((FRONT | TELLER) << 5)
_NOTHING = U64(0)
_TURN = U64(31)
"""The bits of a class that say how far its letters turn the hash; the others are its class."""


class Letters(NamedTuple):
    """What the compiled code knows of every code point; read-only."""

    rows: Hashes
    """Of shape (1114112, 2). Column 0: what the folded code points add to the hash of a word.
    Column 1: how many bits they turn it, and 32 times the class in `folding()`; 0 for separators.
    """
    respellings: npt.NDArray[np.uint32]
    """The tables of `respelling`."""


@lru_cache(maxsize=1)
def letters() -> Letters:
    """The tables, made once a process."""
    points, classes = folding()
    single = _mixed_all(points.astype(U64) * GOLDEN)
    first, second = single[:, 0], single[:, 1]
    turned = first << U64(_ROTATION) | first >> U64(64 - _ROTATION)
    rows = np.empty((len(points), 2), U64)
    rows[:, 0] = np.where(points[:, 1] != 0, turned ^ second, first)
    rows[:, 1] = (points != 0).sum(axis=1) * _ROTATION + classes.astype(np.int64) * 32
    rows.flags.writeable = False
    return Letters(rows, tables())


def _mixed_all(values: Hashes) -> Hashes:
    """fmix64 of each value."""
    values = (values ^ (values >> U64(33))) * _MURMUR_1
    values = (values ^ (values >> U64(33))) * _MURMUR_2
    return values ^ (values >> U64(33))


def respelled(text: str) -> str:
    """The text as the kernel reads it: in Cyrillic where it is Kazakh in another alphabet."""
    data = np.frombuffer(text.encode(), np.uint8)
    if script_of(data, 0, len(data)) == CYRILLIC:
        return text
    points = np.empty(len(data) + 1, np.uint32)
    out = np.empty(2 * len(points), np.uint32)
    count = _respelled_points(data, 0, len(data), points, out, tables())
    return out[:count].tobytes().decode("utf-32-le")


@compiled
def mixed(value: U64) -> U64:
    """The finaliser of MurmurHash3."""
    value ^= value >> U64(33)
    value *= _MURMUR_1
    value ^= value >> U64(33)
    value *= _MURMUR_2
    return U64(value ^ (value >> U64(33)))


@compiled
def word_room(offsets: Integers) -> int:
    """More words than any of the texts can hold."""
    longest = 0
    for i in range(len(offsets) - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    return longest // 2 + 2


@compiled
def hash_words(data: Bytes, start: int, end: int, letters: Letters, out: Hashes) -> int:
    """Write the hash of each word of one text into `out`, not yet mixed; return how many.

    -1 stands for a text that is not valid UTF-8 (RFC 3629): looking while decoding costs nothing.
    """
    if script_of(data, start, end) != CYRILLIC:
        points = np.empty(end - start + 1, np.uint32)
        room = np.empty(2 * len(points), np.uint32)
        count = _respelled_points(data, start, end, points, room, letters.respellings)
        return _hash_points(room, count, letters.rows, out)
    rows = letters.rows
    words = 0
    hashed = U64(0)
    seen = _NOTHING
    invalid = 0
    i = start
    while i < end:
        first = int(data[i])
        if first < 0x80:
            point = first
            i += 1
        elif first < 0xE0:
            if i + 1 >= end:
                return -1
            second = int(data[i + 1])
            invalid |= (first < 0xC2) | (second & 0xC0 != 0x80)
            point = (first & 0x1F) << 6 | second & 0x3F
            i += 2
        else:
            size = 3 if first < 0xF0 else 4
            if i + size > end:
                return -1
            point, wrong = _long_code_point(data, i, first)
            invalid |= wrong
            i += size
        kind = rows[point, 1]
        if kind != _NOTHING:
            turn = kind & _TURN
            hashed = (hashed << turn | hashed >> (U64(64) - turn & U64(63))) ^ rows[point, 0]
            seen |= kind
        else:
            # Written always, counted only after a word: where words end cannot be foreseen, and
            # a wrongly foreseen branch costs as much as four letters.
            out[words] = _ended(hashed, seen)
            words += seen != _NOTHING
            hashed = U64(0)
            seen = _NOTHING
    out[words] = _ended(hashed, seen)
    return -1 if invalid else words + (seen != _NOTHING)


@compiled
def _ended(hashed: U64, seen: U64) -> U64:
    """The hash of a word with the classes of all its letters."""
    front = seen & _HARMONY_MARKS == _FRONT_MARK
    return U64(hashed ^ U64(front) * GOLDEN)


@compiled
def _hash_points(points: Points, count: int, rows: Hashes, out: Hashes) -> int:
    """`hash_words` for a text that has been respelled; -1 if it could not be decoded."""
    words = 0
    hashed = U64(0)
    seen = _NOTHING
    for i in range(count):
        kind = rows[points[i], 1]
        if kind != _NOTHING:
            turn = kind & _TURN
            hashed = (hashed << turn | hashed >> (U64(64) - turn & U64(63))) ^ rows[points[i], 0]
            seen |= kind
        else:
            out[words] = _ended(hashed, seen)
            words += seen != _NOTHING
            hashed = U64(0)
            seen = _NOTHING
    out[words] = _ended(hashed, seen)
    return -1 if count < 0 else words + (seen != _NOTHING)


@compiled
def _respelled_points(
    data: Bytes,
    start: int,
    end: int,
    points: Points,
    out: Points,
    respellings: npt.NDArray[np.uint32],
) -> int:
    """Fill `out` with the text in Cyrillic; return how many code points, -1 if it is not UTF-8."""
    count = 0
    i = start
    while i < end:
        first = int(data[i])
        size = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        if i + size > end:
            return -1
        point, wrong = first, 0
        if size == 2:
            second = int(data[i + 1])
            wrong = (first < 0xC2) | (second & 0xC0 != 0x80)
            point = (first & 0x1F) << 6 | second & 0x3F
        elif size > 2:
            point, wrong = _long_code_point(data, i, first)
        if wrong:
            return -1
        points[count] = point
        count += 1
        i += size
    style = script_of(data, start, end)
    if style == BY_2017:
        style = latin_style(points, count, respellings)
    return respell(points, count, style, respellings, out)


@compiled
def _long_code_point(data: Bytes, i: int, first: int) -> tuple[int, int]:
    """The code point of three or four bytes at `i`, and whether it is none (0 for U+0000 then)."""
    second, third = int(data[i + 1]), int(data[i + 2])
    wrong = (second & 0xC0 != 0x80) | (third & 0xC0 != 0x80)
    if first < 0xF0:
        point = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
        wrong |= (point < 0x800) | (0xD800 <= point < 0xE000)
    else:
        fourth = int(data[i + 3])
        point = (first & 7) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
        wrong |= (fourth & 0xC0 != 0x80) | (point < 0x10000) | (point > 0x10FFFF) | (first > 0xF4)
    return (0, 1) if wrong else (point, 0)
