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

CODE_BITS: Final = 0xFFFF
"""Of an entry of `characters()`: what is read of the character."""
SCRIPT_SHIFT, SCRIPT_BITS = 16, 7
FOREIGN_BIT, SPACE_BIT, SENTENCE_BIT, CAPITAL_BIT = (1 << place for place in range(19, 23))
"""A letter that no Kazakh alphabet of its script has, white space, the end of a sentence, a letter
that is read as its small one."""
SIGN_BIT, ADDRESS_BIT, UNCOMPOSED_BIT = (1 << place for place in range(23, 26))
"""Hard and soft signs, which make foreign spellings; what web and e-mail addresses have; what
composing may change: marks, halves of pairs, Arabic presentation forms, conjoining Hangul."""
OWN_SHIFT: Final = 26
OWN, SHARED, COMMON = 1, 2, 4
"""Letters that tell how much of its alphabet a Kazakh text shows: `OWN` for і, ұ and Latin q,
`SHARED` for қ ә ө ү һ and ұ, `COMMON` for ғ and ң. No living language but Kazakh writes ұ, or і
together with қ ә ө ү һ; Ukrainian, Belarusian and Khakas have і, and of the others ғ and ң at
most."""

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
_COMPOSED: Final = ((0x1100, 0x11FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE))
"""Conjoining Hangul, Arabic presentation forms."""
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
def characters() -> npt.NDArray[np.uint32]:
    """For each character of the plane what is read of it (its small letter, a space, or 0 for
    nothing), its script and its flags, in the bits above.
    """
    read = np.array([_written(chr(point)) for point in range(PLANE)], dtype=np.uint32)
    scripts = _scripts()
    table = read | scripts.astype(np.uint32) << np.uint32(SCRIPT_SHIFT) | _letter_flags()[read]
    table[(scripts > 0) & (read != np.arange(PLANE))] |= np.uint32(CAPITAL_BIT)
    for bit, members in (
        (SPACE_BIT, [point for point in range(PLANE) if chr(point).isspace()]),
        (SENTENCE_BIT, list(map(ord, _SENTENCE_MARKS))),
        (ADDRESS_BIT, list(map(ord, "@/wW"))),
        (UNCOMPOSED_BIT, [point for point in range(PLANE) if _may_compose(chr(point))]),
    ):
        table[members] |= np.uint32(bit)
    return table


def _scripts() -> npt.NDArray[np.uint8]:
    table = np.array(
        [OTHER if chr(point).isalpha() else NO_SCRIPT for point in range(PLANE)], dtype=np.uint8
    )
    for script, ranges in ((CYRILLIC, _CYRILLIC), (LATIN, _LATIN), (ARABIC, _ARABIC)):
        for first, last in ranges:
            within = table[first : last + 1]
            within[within == OTHER] = script
    table[[ord(apostrophe) for apostrophe in _APOSTROPHES]] = NO_SCRIPT
    return table


def _letter_flags() -> npt.NDArray[np.uint32]:
    """Flags of small letters."""
    flags = np.zeros(PLANE, np.uint32)
    for first, last in _NOT_KAZAKH:
        flags[first : last + 1] |= FOREIGN_BIT
    small = [point for point in range(0x61, 0x250) if chr(point).islower()]
    flags[[point for point in small if chr(point) not in _KAZAKH_LATIN]] |= FOREIGN_BIT
    flags[list(map(ord, "іұq"))] |= OWN << OWN_SHIFT
    flags[list(map(ord, "қәөүһұ"))] |= SHARED << OWN_SHIFT
    flags[list(map(ord, "ғң"))] |= COMMON << OWN_SHIFT
    flags[list(map(ord, "ъь"))] |= SIGN_BIT
    return flags


def _may_compose(character: str) -> bool:
    point = ord(character)
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me", "Cs")
        or not unicodedata.is_normalized("NFC", character)
        or any(first <= point <= last for first, last in _COMPOSED)
    )


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
