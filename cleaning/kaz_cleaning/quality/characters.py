"""What every code point is to the measures: one table of bits and one of lower case."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

LETTER: Final = 1 << 0
WORD: Final = 1 << 1
"""Letters and numbers of every kind: what `str.isalnum` says."""
MARK: Final = 1 << 2
"""Combining marks of the Basic Multilingual Plane, which continue a word."""
SPACE: Final = 1 << 3
CAPITAL: Final = 1 << 4
CYRILLIC: Final = 1 << 5
LATIN: Final = 1 << 6
KAZAKH: Final = 1 << 7
"""The letters of Kazakh Cyrillic that Russian has not."""
DIGIT: Final = 1 << 8
TERMINAL: Final = 1 << 9
"""Ends a sentence."""
CLOSER: Final = 1 << 10
"""Quotation marks and brackets that may follow the end of a sentence."""
LINE_END: Final = 1 << 11
"""C4's terminal marks: the ends of sentences and quotation marks."""
BULLET: Final = 1 << 12
BREAK: Final = 1 << 13
"""Punctuation that divides what is said: full stops, commas, colons, semicolons, dashes."""
ODD: Final = 1 << 14
"""What neither prose nor typography uses: box drawing, bars, control and private characters."""

TERMINALS: Final = ".!?…؟۔"
CLOSERS: Final = "»”“\"'’)]"
LINE_ENDS: Final = TERMINALS + "»”“\"'’"
BULLETS: Final = "•‣►▪●○*·-–"
BREAKS: Final = TERMINALS + ",;:،؛—–"
ODD_ASCII: Final = "\\^|~`<>{}"
KAZAKH_LETTERS: Final = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"

_CYRILLIC: Final = (range(0x400, 0x530), range(0x1C80, 0x1C90), range(0xA640, 0xA6A0))
_LATIN: Final = (range(0x41, 0x250), range(0x1E00, 0x1F00))
_ASSIGNED: Final = (range(0x33480), range(0xE0000, 0xE1000))
"""All but private and unassigned code points (Unicode 17)."""

Bits = npt.NDArray[np.uint16]
Points = npt.NDArray[np.uint32]


@lru_cache(maxsize=1)
def character_bits() -> Bits:
    """The bits of every code point, shape (1114112,)."""
    table = np.full(0x110000, ODD, np.uint16)
    for block in _ASSIGNED:
        for point in block:
            table[point] = _bits(chr(point))
    for characters, bit in (
        (TERMINALS, TERMINAL),
        (CLOSERS, CLOSER),
        (LINE_ENDS, LINE_END),
        (BULLETS, BULLET),
        (BREAKS, BREAK),
        (ODD_ASCII, ODD),
        (KAZAKH_LETTERS, KAZAKH),
    ):
        table[[ord(character) for character in characters]] |= bit
    table.flags.writeable = False
    return table


def _bits(character: str) -> int:
    if character.isspace():
        return SPACE
    bits = 0
    if character.isalnum():
        bits |= WORD
    if character.isalpha():
        bits |= LETTER | _script(ord(character))
        bits |= CAPITAL if character.isupper() else 0
    category = unicodedata.category(character)
    if category.startswith("M") and ord(character) < 0x10000:
        bits |= MARK
    if category == "Nd":
        bits |= DIGIT
    is_box = category == "So" and 0x2500 <= ord(character) < 0x25A0
    if is_box or category in ("Cc", "Co", "Cn", "Cs"):
        bits |= ODD
    return bits


def _script(point: int) -> int:
    if any(point in block for block in _CYRILLIC):
        return CYRILLIC
    return LATIN if any(point in block for block in _LATIN) else 0


@lru_cache(maxsize=1)
def lower_table() -> Points:
    """Each code point in lower case, code point by code point, shape (1114112,)."""
    table = np.arange(0x110000, dtype=np.uint32)
    for point in _ASSIGNED[0]:
        lowered = chr(point).lower()
        if len(lowered) == 1:
            table[point] = ord(lowered)
    table.flags.writeable = False
    return table
