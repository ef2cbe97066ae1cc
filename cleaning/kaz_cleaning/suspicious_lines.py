"""What each line could hold of personal data, by one fast look at its bytes.

Most lines of most texts hold none, and patterns are slow. A line is read by the patterns if it has
an e-mail's sign, five digits that only punctuation divides, what could be an address of the
network or a plate; with any digit at all it may still hold a house number. The other signs tell
which patterns could match at all: each is a necessary condition of its patterns, never enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.word_automaton import Automaton, automaton, flags_in, spellings
from kaz_datasets.compiled import compiled

HAS_DIGITS: Final = 1
SUSPICIOUS: Final = 2
AT: Final = 4
"""`@`, or a bracket that may hold the word for it."""
LONG_NUMBER: Final = 8
"""Eight digits without anything between: documents."""
CARD_NUMBER: Final = 16
"""Sixteen digits with at most a character between two."""
NATIONAL_NUMBER: Final = 32
"""Nine digits of one number that begin with 7, 8 or a plus: telephones with their code."""
LOCAL_NUMBER: Final = 64
"""Two dashes between digits: telephones without a code."""
DOTTED: Final = 128
"""Three full stops between digits: IPv4."""
COLONS: Final = 256
"""Two colons at most four characters apart: IPv6."""
PLATE: Final = 512
"""A capital behind three digits."""
ACCOUNT: Final = 1024
"""`KZ` before a digit or a space."""
STREET: Final = 2048
"""A word for street."""
SPOKEN: Final = 4096
"""A word for telephone."""
OFFICE: Final = 8192
"""What stands behind an address: a room, a flat, a telephone."""
MASKED: Final = 16384
"""A telephone that was masked before."""
IDENTIFICATION: Final = 32768
"""Twelve digits without anything between."""
NAMED_IDENTIFICATION: Final = 65536
"""The name of an identification number: `ЖСН`, `БИН`."""
GROUPED_NUMBER: Final = 131072
"""Twelve digits with at most a character between two."""

STREETS: Final = (
    "көше", "к-сі", "даңғыл", "д-лы", "алаңы", "ықшамаудан", "шағын аудан", "мөлтек аудан",
    "тұйығы", "өткелі", "бульвар", "ул.", "улица", "пр.", "просп", "пр-т", "пер.", "пл.",
    "площадь", "мкр", " к.,",
)  # fmt: skip
"""Without any of these a text has no street."""
_TELEPHONES: Final = ("тел", "факс", "ұялы", "моб", "tel", "phone", "fax")
_IDENTIFICATIONS: Final = ("жсн", "бсн", "иин", "бин", "iin", "bin", "jsn", "bsn")
_OFFICES: Final = ("тел", "факс", "каб", "кеңсе", "офис", "пәтер")

_ENOUGH_DIGITS: Final = 5
_ADDRESS_DIGITS: Final = 4
_WIDEST_GAP: Final = 5
"""Characters between two digits of one number, as in `8 (7172) 57-78-23`."""
_PLATE_DIGITS: Final = 3
_DOCUMENT, _IDENTITY, _CARD, _NATIONAL, _LINKS = 8, 12, 16, 9, 2
_HEX_PART: Final = 5
"""Bytes from one colon of an IPv6 address to the next."""
_NEW_LINE, _AT, _COLON, _DOT, _SPACE, _TAB, _DASH, _PLUS = map(ord, "\n@:. \t-+")
_ZERO, _SEVEN, _EIGHT, _NINE, _A, _Z, _K = map(ord, "0789AZk")
_CONTINUATION, _LEADING = 0x80, 0xC0
_SMALL: Final = 0x20
_BRACKETS: Final = (ord("["), ord("("))
_AFTER_BRACKET: Final = (ord("a"), 0xD1)
"""Of `[at]` and the first byte of `(собака)`."""
_SAID: Final = (int.from_bytes(b"at"), int.from_bytes("с".encode()))
_OTHER_SPACE: Final = (0xC2, 0xE2)
_OTHER_DASH: Final = 0xE2
"""First bytes of no-break spaces, and of the dashes of typographers."""

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]


def lines_to_read(texts: Sequence[bytes], what: int = HAS_DIGITS | SUSPICIOUS) -> Integers:
    """Lines with some sign of `what`: their text, first byte, end, first code point, all signs.

    Shape (lines, 5); `texts` are UTF-8, bytes and code points are counted from each one's start.
    """
    data = b"\n".join(texts)
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(sizes + 1) - 1
    out = np.empty((data.count(b"\n") + 1, 5), np.int64)
    return out[: _scan(np.frombuffer(data, np.uint8), ends, what, _words(), _dull(), out)]


@cache
def _dull() -> npt.NDArray[np.bool_]:
    """Bytes that say nothing unless there are digits before them: small letters, most marks."""
    told = (*range(_ZERO, _NINE + 1), *range(_A, _Z + 1), *b"@:.+[(\nk")
    dull = np.ones(256, np.bool_)
    dull[list(told)] = False
    return dull


@cache
def _words() -> Automaton:
    words = dict.fromkeys(STREETS, STREET)
    for more in (
        spellings(_TELEPHONES, SPOKEN),
        spellings(_IDENTIFICATIONS, NAMED_IDENTIFICATION),
        dict.fromkeys(_OFFICES, OFFICE),
        {"<PHONE": MASKED | OFFICE},
    ):
        words |= {word: words.get(word, 0) | flag for word, flag in more.items()}
    return automaton(words)


@compiled
def _scan(
    data: Bytes, ends: Integers, what: int, words: Automaton, dull: Any, out: Integers
) -> int:
    lines = text = counted = 0
    first_byte = characters = start = 0
    while text < len(ends):
        signs, end = _look(data, start, ends[text], dull)
        if signs & (HAS_DIGITS | SUSPICIOUS):
            signs |= flags_in(data, start, end, words)
        if signs & what:
            characters += _code_points(data, counted, start)
            counted = start
            out[lines, 0], out[lines, 1], out[lines, 2] = text, start - first_byte, end - first_byte
            out[lines, 3], out[lines, 4] = characters, signs
            lines += 1
        start = end + 1
        if end == ends[text]:
            text += 1
            first_byte = counted = start
            characters = 0
    return lines


@compiled
def _code_points(data: Bytes, start: int, end: int) -> int:
    count = 0
    for i in range(start, end):
        count += data[i] & _LEADING != _CONTINUATION
    return count


@compiled
def _look(data: Bytes, start: int, stop: int, dull: Any) -> tuple[int, int]:
    """The signs of a line, and where it ends."""
    signs = 0
    digits = solid = grouped = national = gap = dots = colons = dot_links = dash_links = 0
    between = colon = -_HEX_PART - 1
    plus = False
    i = start
    while i < stop and data[i] != _NEW_LINE:
        if digits == dots == 0 and not plus:
            while i < stop and dull[data[i]]:
                i += 1
            if i == stop or data[i] == _NEW_LINE:
                break
        byte = int(np.int64(data[i]))
        if byte & _LEADING == _CONTINUATION:
            i += 1
            continue
        if _is_letter(byte):
            signs |= _letter_signs(data, i, byte, digits, solid, gap)
            digits = solid = grouped = national = dots = 0
            plus = False
            gap = 0
        elif _ZERO <= byte <= _NINE:
            digits = digits + 1 if gap <= _WIDEST_GAP else 1
            solid = solid + 1 if gap == 0 else 1
            grouped = grouped + 1 if gap <= 1 else 1
            leads = solid == 1 and (plus or byte in (_SEVEN, _EIGHT))
            national = national + 1 if digits > 1 and national else 1 if leads else 0
            if gap == 1 and digits > 1:
                dot_links += 1 if between == _DOT else 0
                dash_links += 1 if between in (_DASH, _OTHER_DASH) else 0
            gap = 0
            signs |= _sizes(digits, dots, solid, grouped, national)
        else:
            gap += 1
            between = byte
            dots += 1 if byte == _DOT else 0
            plus = plus or byte == _PLUS
            signs |= _mark_signs(data, i, byte)
            if byte == _COLON:
                colons += 1
                signs |= SUSPICIOUS if colons > 1 else 0
                signs |= COLONS if i - colon <= _HEX_PART else 0
                colon = i
        i += 1
    signs |= DOTTED if dot_links > _LINKS else 0
    signs |= LOCAL_NUMBER if dash_links >= _LINKS else 0
    return signs if signs & (HAS_DIGITS | SUSPICIOUS) else 0, i


@compiled
def _sizes(digits: int, dots: int, solid: int, grouped: int, national: int) -> int:
    """The signs of a number that has come so far."""
    enough = digits >= _ENOUGH_DIGITS or (digits >= _ADDRESS_DIGITS and dots >= 3)
    signs = HAS_DIGITS | (SUSPICIOUS if enough else 0)
    if digits >= _DOCUMENT:
        signs |= LONG_NUMBER if solid >= _DOCUMENT else 0
        signs |= IDENTIFICATION if solid >= _IDENTITY else 0
        signs |= GROUPED_NUMBER if grouped >= _IDENTITY else 0
        signs |= CARD_NUMBER if grouped >= _CARD else 0
        signs |= NATIONAL_NUMBER if national >= _NATIONAL else 0
    return signs


@compiled
def _letter_signs(data: Bytes, i: int, byte: int, digits: int, solid: int, gap: int) -> int:
    """The signs that a letter gives to the digits before it, or gets from those behind."""
    signs = 0
    if byte | _SMALL == _K and _is_account(data, i):
        signs |= ACCOUNT
    if _A <= byte <= _Z:
        signs |= SUSPICIOUS if _is_plate(data, i, digits, gap) else 0
        signs |= PLATE if solid >= _PLATE_DIGITS and gap <= 1 else 0
    return signs


@compiled
def _mark_signs(data: Bytes, i: int, byte: int) -> int:
    """The signs of `@`, and of brackets that may stand around the word for it."""
    if byte == _AT:
        return SUSPICIOUS | AT
    if byte not in _BRACKETS or _next(data, i, 1) not in _AFTER_BRACKET:
        return 0
    said = _next(data, i, 1) << 8 | _next(data, i, 2)
    return SUSPICIOUS | (AT if said in _SAID else 0)


@compiled
def _is_letter(byte: int) -> bool:
    """ASCII letters and the first bytes of Latin, Greek, Cyrillic and Arabic ones."""
    return _A <= byte <= _Z or 97 <= byte <= 122 or 0xC3 <= byte <= 0xDF


@compiled
def _is_account(data: Bytes, i: int) -> bool:
    """Whether `Z` and then a digit or some space follow."""
    if _next(data, i, 1) | _SMALL != _Z | _SMALL:
        return False
    following = _next(data, i, 2)
    return _ZERO <= following <= _NINE or following in (_SPACE, _TAB) or following in _OTHER_SPACE


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
