"""Lines that may hold personal data, by one fast look at their bytes.

Most lines of most texts hold none, and patterns are slow. A line is read by the patterns if it has
an e-mail's sign, five digits that only punctuation divides, what could be an address of the
network or a plate; with any digit at all it may still hold a house number.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_datasets.compiled import compiled

HAS_DIGITS: Final = 1
SUSPICIOUS: Final = 2
_ENOUGH_DIGITS: Final = 5
_ADDRESS_DIGITS: Final = 4
_WIDEST_GAP: Final = 5
"""Characters between two digits of one number, as in `8 (7172) 57-78-23`."""
_PLATE_DIGITS: Final = 3
_NEW_LINE, _AT, _COLON, _DOT, _SPACE = ord("\n"), ord("@"), ord(":"), ord("."), ord(" ")
_ZERO, _NINE, _A, _Z = ord("0"), ord("9"), ord("A"), ord("Z")
_BRACKETS: Final = (ord("["), ord("("))
_AFTER_BRACKET: Final = (ord("a"), 0xD1)
"""Of `[at]` and the first byte of `(собака)`."""

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]


def lines_to_read(data: bytes) -> Integers:
    """Lines with at least a digit or a sign: first byte, end, first code point, and its level.

    Shape (lines, 4); `data` is UTF-8.
    """
    array = np.frombuffer(data, np.uint8)
    out = np.empty((data.count(b"\n") + 1, 4), np.int64)
    return out[: _scan(array, out)]


@compiled
def _scan(data: Bytes, out: Integers) -> int:
    lines = characters = 0
    start = 0
    while start <= len(data):
        level, end, length = _look(data, start)
        if level:
            out[lines, 0] = start
            out[lines, 1] = end
            out[lines, 2] = characters
            out[lines, 3] = level
            lines += 1
        characters += length + 1
        start = end + 1
    return lines


@compiled
def _look(data: Bytes, start: int) -> tuple[int, int, int]:
    """What a line is, where it ends, and how many code points it has."""
    level = length = 0
    digits = gap = dots = colons = 0
    i = start
    while i < len(data) and data[i] != _NEW_LINE:
        byte = int(np.int64(data[i]))
        length += 1 if byte & 0xC0 != 0x80 else 0
        if _ZERO <= byte <= _NINE:
            level = level | HAS_DIGITS
            digits = digits + 1 if gap <= _WIDEST_GAP else 1
            gap = 0
            enough = digits >= _ENOUGH_DIGITS or (digits >= _ADDRESS_DIGITS and dots >= 3)
            level |= SUSPICIOUS if enough else 0
        elif byte == _AT or (byte in _BRACKETS and _next(data, i, 1) in _AFTER_BRACKET):
            level |= SUSPICIOUS
            gap += 1
        elif byte == _COLON:
            colons += 1
            level |= SUSPICIOUS if colons > 1 else 0
            gap += 1
        elif _is_letter(byte):
            if _A <= byte <= _Z:
                level |= SUSPICIOUS if _is_plate(data, i, digits, gap) else 0
            digits = dots = 0
            gap = 0
        elif byte & 0xC0 != 0x80:
            dots = dots + 1 if byte == _DOT else dots
            gap += 1
        i += 1
    return level, i, length


@compiled
def _is_letter(byte: int) -> bool:
    """ASCII letters and the first bytes of Latin, Greek, Cyrillic and Arabic ones."""
    return _A <= byte <= _Z or 97 <= byte <= 122 or 0xC3 <= byte <= 0xDF


@compiled
def _is_plate(data: Bytes, i: int, digits: int, gap: int) -> bool:
    if digits >= _PLATE_DIGITS and gap <= 1:
        return True
    j = i + 1 if _next(data, i, 1) != _SPACE else i + 2
    for k in range(_PLATE_DIGITS):
        if j + k >= len(data) or not _ZERO <= data[j + k] <= _NINE:
            return False
    return True


@compiled
def _next(data: Bytes, i: int, steps: int) -> int:
    return int(np.int64(data[i + steps])) if i + steps < len(data) else 0
