"""Which repairs a text could need, seen in one pass over its code units.

Most texts need none, and a table look-up tells so at hundreds of megabytes a second, where a
regular expression a repair would read the text a dozen times.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import IntFlag
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_BASIC_PLANE: Final = 0x10000
_SURROGATES: Final = range(0xD800, 0xE000)
_HANGUL_PARTS: Final = range(0x1100, 0x1200)
_ARABIC_FORMS: Final = (*range(0xFB50, 0xFC00), *range(0xFE70, 0xFEFD))
_PLAIN, _LATIN, _CYRILLIC, _SPACE, _BREAK, _HYPHEN = range(6)
_KINDS: Final = 6


class Sign(IntFlag):
    """What a text shows somewhere; a repair is tried only under its own sign."""

    NONE = 0
    INVISIBLE = 1
    ODD_SPACE = 2
    ODD_HYPHEN = 4
    UNCOMPOSED = 8
    MOJIBAKE = 16
    ARABIC_FORM = 32
    MIXED_WORD = 64
    WHITE_SPACE = 128
    BROKEN_WORD = 256


_MOJIBAKE: Final = "ЌЋќћЎўЈҐЄЇґєјЅѕї"
_INVISIBLE: Final = (
    *(0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060),
    *(*range(0x2066, 0x206A), 0xFEFF, *range(0xE000, 0xF900), *_SURROGATES),
    *(*range(9), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)),
)
_ODD_SPACES: Final = (
    *(0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
    *(0x0B, 0x0C, *range(0x1C, 0x20)),
)


def signs_of(text: str) -> Sign:
    """Everything that `text` shows of what normalisation repairs."""
    if not text:
        return Sign.NONE
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    signs, kinds, bad_pairs = _tables()
    found = Sign(int(np.bitwise_or.reduce(signs[units])))
    seen = kinds[units]
    pairs = seen[:-1] * np.uint8(_KINDS) + seen[1:]
    found |= Sign(int(np.bitwise_or.reduce(bad_pairs[pairs])) if len(pairs) else 0)
    if text[0] == " " or text[-1] == " " or "\n\n\n" in text:
        found |= Sign.WHITE_SPACE
    return found


@cache
def _tables() -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    signs = np.zeros(_BASIC_PLANE, np.uint16)
    for places, sign in (
        (_INVISIBLE, Sign.INVISIBLE),
        (_ODD_SPACES, Sign.ODD_SPACE),
        ((0x2010, 0x2011), Sign.ODD_HYPHEN),
        (map(ord, _MOJIBAKE), Sign.MOJIBAKE),
        (_ARABIC_FORMS, Sign.ARABIC_FORM),
        (map(ord, "\t\r"), Sign.WHITE_SPACE),
        (_uncomposed(), Sign.UNCOMPOSED),
    ):
        signs[list(places)] |= np.uint16(sign)
    return signs, _kinds(), _bad_pairs()


def _uncomposed() -> Iterator[int]:
    """Code units that composition may touch: marks, letters with shorter spellings, halves."""
    for unit in range(_BASIC_PLANE):
        letter = chr(unit)
        if (
            unit in _SURROGATES
            or unit in _HANGUL_PARTS
            or unicodedata.combining(letter)
            or not unicodedata.is_normalized("NFC", letter)
        ):
            yield unit


def _kinds() -> npt.NDArray[Any]:
    kinds = np.full(_BASIC_PLANE, _PLAIN, np.uint8)
    for first, last in (("A", "Z"), ("a", "z"), ("À", "Ö"), ("Ø", "ö"), ("ø", "ʯ")):
        kinds[ord(first) : ord(last) + 1] = _LATIN
    kinds[0x400:0x530] = _CYRILLIC
    kinds[ord(" ")], kinds[ord("\n")], kinds[ord("-")] = _SPACE, _BREAK, _HYPHEN
    return kinds


def _bad_pairs() -> npt.NDArray[Any]:
    pairs = np.zeros(_KINDS * _KINDS, np.uint16)
    for first, second, sign in (
        (_LATIN, _CYRILLIC, Sign.MIXED_WORD),
        (_CYRILLIC, _LATIN, Sign.MIXED_WORD),
        (_SPACE, _SPACE, Sign.WHITE_SPACE),
        (_SPACE, _BREAK, Sign.WHITE_SPACE | Sign.BROKEN_WORD),
        (_BREAK, _SPACE, Sign.WHITE_SPACE),
        (_HYPHEN, _BREAK, Sign.BROKEN_WORD),
    ):
        pairs[first * _KINDS + second] = sign
    return pairs
