"""Which repairs a text could need, seen in one pass over its code units.

Most texts need none, and a table look-up tells so at hundreds of megabytes a second, where a
regular expression a repair would read the text a dozen times.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntFlag
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kaz_datasets.compiled import compiled

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


_SIGNS: Final = 511
_SIGN: Final = tuple(map(Sign, range(_SIGNS + 1)))
"""All combinations: making one at a time costs as much as a page's look."""
_BREAKS: Final = 512
"""Two line breaks in a row, which may be three."""
_KIND_SHIFT: Final = 9
_WHITE_SPACE: Final = int(Sign.WHITE_SPACE)
_NEW_LINE, _BLANK, _MOST_BREAKS = ord("\n"), ord(" "), 2

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
    return signs_of_all([text])[0]


def signs_of_all(texts: Sequence[str]) -> list[Sign]:
    """The same for many texts, in one pass over their UTF-16 units."""
    encoded = [text.encode("utf-16-le", "surrogatepass") for text in texts]
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(texts)) // 2, out=starts[1:])
    found = np.empty(len(texts), np.int64)
    _look_at_all(np.frombuffer(b"".join(encoded), "<u2"), starts, *_tables(), found)
    return [_SIGN[value] for value in found.tolist()]


@compiled
def _look_at_all(units: Any, starts: Any, signs: Any, pairs: Any, found: Any) -> None:
    for text in range(len(starts) - 1):
        one = units[starts[text] : starts[text + 1]]
        found[text] = _look(one, signs, pairs)
        if len(one) and (one[0] == _BLANK or one[-1] == _BLANK):
            found[text] |= _WHITE_SPACE


@compiled
def _look(units: Any, signs: Any, pairs: Any) -> int:
    """The signs of all code units and of all pairs of neighbours, together."""
    found = 0
    kind = before = 0  # a plain unit makes no pair with any other
    for unit in units:
        sign = int(np.int64(signs[unit]))
        found |= sign
        before, kind = kind, sign >> _KIND_SHIFT
        found |= int(pairs[before, kind])
    if found & _BREAKS:
        found |= _blank_lines(units)
    return int(found & _SIGNS)


@compiled
def _blank_lines(units: Any) -> int:
    """WHITE_SPACE where three line breaks stand in a row."""
    run = 0
    for unit in units:
        run = run + 1 if unit == _NEW_LINE else 0
        if run == _MOST_BREAKS + 1:
            return _WHITE_SPACE
    return 0


@cache
def _tables() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    """Signs of each code unit, its kind above them; and signs of each pair of kinds."""
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
    return signs | _kinds() << np.uint16(_KIND_SHIFT), _bad_pairs()


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
    kinds = np.full(_BASIC_PLANE, _PLAIN, np.uint16)
    for first, last in (("A", "Z"), ("a", "z"), ("À", "Ö"), ("Ø", "ö"), ("ø", "ʯ")):
        kinds[ord(first) : ord(last) + 1] = _LATIN
    kinds[0x400:0x530] = _CYRILLIC
    kinds[ord(" ")], kinds[ord("\n")], kinds[ord("-")] = _SPACE, _BREAK, _HYPHEN
    return kinds


def _bad_pairs() -> npt.NDArray[Any]:
    pairs = np.zeros((_KINDS, _KINDS), np.int64)
    for first, second, sign in (
        (_LATIN, _CYRILLIC, Sign.MIXED_WORD),
        (_CYRILLIC, _LATIN, Sign.MIXED_WORD),
        (_SPACE, _SPACE, Sign.WHITE_SPACE),
        (_SPACE, _BREAK, Sign.WHITE_SPACE | Sign.BROKEN_WORD),
        (_BREAK, _SPACE, Sign.WHITE_SPACE),
        (_HYPHEN, _BREAK, Sign.BROKEN_WORD),
        (_BREAK, _BREAK, _BREAKS),
    ):
        pairs[first, second] = sign
    return pairs
