"""What each character is to language identification: a letter of a script, a space, nothing.

Tables over the Basic Multilingual Plane; characters beyond it (emoji, cuneiform) count as spaces.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

PLANE: Final = 0x10000
DELETED: Final = 0
SPACE: Final = 0x20

NO_SCRIPT, CYRILLIC, LATIN, ARABIC, OTHER = range(5)
SCRIPTS: Final = ("Zyyy", "Cyrl", "Latn", "Arab", "Zyyy")
"""ISO 15924 codes of the classes above; Zyyy is "undetermined"."""

SCRIPT_BITS, FOREIGN_BIT, SPACE_BIT, SENTENCE_BIT = 7, 8, 16, 32
"""The bits of the script, and flags beside it: a letter that no Kazakh alphabet of its script has,
white space, the end of a sentence."""
OWN_BIT, SHARED_BIT = 64, 128
"""Letters that tell how much of its alphabet a Kazakh text shows: `OWN_BIT` for і, ұ and Latin q,
`SHARED_BIT` for қ ә ө ү һ ғ ң and ұ. No living language but Kazakh writes ұ, or і together with
қ ә ө ү һ; Ukrainian, Belarusian and Khakas have і, and of the others ғ and ң at most."""

_APOSTROPHES: Final = "'’‘ʼʻ`´"
_KEPT: Final = "-\u0674"
_SENTENCE_MARKS: Final = ".!?…؟۔"
_CYRILLIC: Final = ((0x400, 0x52F), (0x1C80, 0x1C8F))
_LATIN: Final = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x2AF), (0x1E00, 0x1EFF))
_ARABIC: Final = (
    (0x620, 0x64A),
    (0x66E, 0x6D3),
    (0x6FA, 0x6FF),
    (0x750, 0x77F),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFE),
)
_NOT_KAZAKH: Final = (
    (0x452, 0x455),
    (0x457, 0x491),
    (0x494, 0x499),
    (0x49C, 0x4A1),
    (0x4A4, 0x4AD),
    (0x4B2, 0x4B9),
    (0x4BC, 0x4D7),
    (0x4DA, 0x4E7),
    (0x4EA, 0x52F),
)
"""Small Cyrillic letters of other alphabets than the Kazakh and the Russian one."""
_KAZAKH_LATIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzáäéǵğíıïńñóöşúüūý")
"""Small letters of all Latin alphabets in `transliterate`."""


@cache
def written() -> npt.NDArray[np.uint16]:
    """For each character what is read of it: its small letter, a space, or 0 for nothing."""
    return np.array([_written(chr(point)) for point in range(PLANE)], dtype=np.uint16)


@cache
def classes() -> npt.NDArray[np.uint8]:
    """For each character its script and flags."""
    table = np.array(
        [OTHER if chr(point).isalpha() else NO_SCRIPT for point in range(PLANE)], dtype=np.uint8
    )
    for script, ranges in ((CYRILLIC, _CYRILLIC), (LATIN, _LATIN), (ARABIC, _ARABIC)):
        for first, last in ranges:
            within = table[first : last + 1]
            within[within == OTHER] = script
    for first, last in _NOT_KAZAKH:
        table[first : last + 1] |= FOREIGN_BIT
    small = [point for point in range(0x61, 0x250) if chr(point).islower()]
    table[[point for point in small if chr(point) not in _KAZAKH_LATIN]] |= FOREIGN_BIT
    table[[ord(letter) for letter in "іұq"]] |= OWN_BIT
    table[[ord(letter) for letter in "қәөүһғңұ"]] |= SHARED_BIT
    table[[ord(apostrophe) for apostrophe in _APOSTROPHES]] = NO_SCRIPT
    table[[point for point in range(PLANE) if chr(point).isspace()]] |= SPACE_BIT
    table[[ord(mark) for mark in _SENTENCE_MARKS]] |= SENTENCE_BIT
    return table


def _written(character: str) -> int:
    if character in _APOSTROPHES:
        return ord("'")
    if character in _KEPT:
        return ord(character)
    if character == "İ":
        return ord("i")
    if character.isalpha():
        lowered = ord(character.lower()[0])
        return lowered if lowered < PLANE else SPACE
    return DELETED if unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf") else SPACE
