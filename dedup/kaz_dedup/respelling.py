"""Kazakh in its Latin and Arabic alphabets, brought to Cyrillic so that its words fold alike.

A text is respelled when most of its letters (counted in bytes of UTF-8) are Latin or Arabic.
Which Latin alphabet it is written in is told by the letters that only one of them has; a text
without any, such as an English one, is read as the alphabet of 2021 and keeps its own key.

| alphabet | source | ә ғ ң ө ү ш | и, й | і | ы | у | ұ |
| --- | --- | --- | --- | --- | --- | --- | --- |
| 2017 | Presidential Decree No. 569 | a' g' n' o' u' s' | i' | i | y | y' | u |
| 2018 | Presidential Decree No. 637 | á ǵ ń ó ú sh | ı | i | y | ý | u |
| 2021 | shown by the government, 28 January 2021 | ä ğ ñ ö ü ş | i | ı | y | u | ū |
| Turkic | Kazakh Wikipedia (й is ý), news agency (й is y) | ä ğ ñ ö ü ş | ï, ý | i | ı | w | u |
| Arabic | Kazakhs in China | high hamza | ي | ى | ى | ۋ | ۇ |

Where one letter stands for both и and й it is й after a vowel, at the start of a word before
а, о and у, and between a consonant and у; else it is и. x and h are х, but in the Turkic alphabet h
is һ; the Arabic ح is х.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import lean

Bytes = npt.NDArray[np.uint8]
Points = npt.NDArray[np.uint32]
Tables = npt.NDArray[np.uint32]

BY_2017: Final = 0
BY_2018: Final = 1
BY_2021: Final = 2
TURKIC: Final = 3
ARABIC: Final = 4
CYRILLIC: Final = 5

_KNOWN: Final = 0x700
"""Code points of all three alphabets are smaller."""
_SAMPLE: Final = 64
_STEP: Final = 512
"""Of each so many bytes the first `_SAMPLE` are counted: the alphabet of a text is seldom in doubt,
and vector units count 64 bytes at once."""
_APOSTROPHES: Final = "'’ʼ`´ʹ"
_EITHER: Final = 1
"""Stands in the tables for a letter that is и or й."""

_SHARED = dict(zip("abvgdezjklmnoprstfqhxcwé", "абвгдезжклмнопрстфқххкуе", strict=True))
_TURKISH = dict(zip("äğñöüşç", "әғңөүшч", strict=True))
_LATIN = (
    {**_SHARED, "i": "і", "y": "ы", "u": "ұ", "ı": "и"},
    {**_SHARED, **dict(zip("áǵńóúiyýu", "әғңөүіыуұ", strict=True)), "ı": "\1"},
    {**_SHARED, **_TURKISH, "ı": "і", "y": "ы", "u": "у", "ū": "ұ", "i": "\1"},
    {**_SHARED, **_TURKISH, "ı": "ы", "i": "і", "ï": "и", "ý": "й", "y": "й", "u": "ұ", "h": "һ"}
    | {"c": "ц", "ʺ": "ъ", "ʹ": "ь"},
)
_WITH_APOSTROPHE = dict(zip("agnousciy", "әғңөүшч\1у", strict=True))
_ARABIC = dict(zip("ابۆگعدەجزكکقلمنڭوپرستۋۇفحخھہهچشىيی", "абвгғдежзккқлмнңопрстуұфххһһһчшы\1\1",
                   strict=True))  # fmt: skip
_MARKS = {BY_2018: "áǵńóú", TURKIC: "wïý", BY_2021: "ū"}
_TURKISH_MARKS = "äğñöüş"


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables of the compiled code, of shape (9, 0x700), zeros where a letter is not listed.

    Rows 0 to 4: what a letter is in each alphabet. Row 5: what it is before an apostrophe. Row 6:
    lower case. Row 7: the alphabets that a letter is a mark of, as bits. Row 8: the vowels and
    apostrophes (1 and 2), and the high hamza (4).
    """
    made = np.zeros((9, _KNOWN), np.uint32)
    for row, letters in enumerate([*_LATIN, _ARABIC, _WITH_APOSTROPHE]):
        for letter, cyrillic in letters.items():
            made[row, ord(letter)] = ord(cyrillic)
    made[6] = [ord(chr(point).lower()[0]) for point in range(_KNOWN)]
    for style, letters_of in _MARKS.items():
        for letter in letters_of:
            made[7, ord(letter)] |= 1 << style
    for letter in _TURKISH_MARKS:
        made[7, ord(letter)] |= 1 << CYRILLIC
    for bit, characters in ((1, "аәеиоөуұүыі"), (2, _APOSTROPHES), (4, "\u0674\u0621")):
        for character in characters:
            if ord(character) < _KNOWN:
                made[8, ord(character)] |= bit
    made[5, _APOSTROPHE_ROOM] = ord("’")
    made.flags.writeable = False
    return made


_APOSTROPHE_ROOM: Final = 0
"""Row 5, column 0 holds the one apostrophe beyond the table."""


@lean
def script_of(data: Bytes, start: int, end: int) -> int:
    """`CYRILLIC`, `ARABIC`, or `BY_2017` for Latin of any kind: what most letters are."""
    lead = 0
    for first in range(start, end, _STEP):
        lead += _lead_of_cyrillic(data[first : min(first + _SAMPLE, end)])
    if lead >= 0:
        return CYRILLIC
    cyrillic, latin, arabic = 0, 0, 0
    for first in range(start, end, _STEP):
        for i in range(first, min(first + _SAMPLE, end)):
            byte = data[i]
            cyrillic += int(np.uint8(byte - np.uint8(0xD0)) < np.uint8(5))
            arabic += int(np.uint8(byte - np.uint8(0xD8)) < np.uint8(4))
            latin += int(np.uint8((byte | np.uint8(0x20)) - np.uint8(0x61)) < np.uint8(26))
    if cyrillic >= latin and cyrillic >= arabic:
        return CYRILLIC
    return ARABIC if arabic > latin else BY_2017


@lean
def _lead_of_cyrillic(data: Bytes) -> int:
    """How many more Cyrillic letters than others; of few bytes, so that sums of 8 bits suffice."""
    lead = np.int8(0)
    # Of whole samples the length is a constant, which saves the compiler all doubt.
    for i in range(_SAMPLE if len(data) == _SAMPLE else len(data)):
        byte = data[i]
        small = np.uint8(byte | np.uint8(0x20))
        cyrillic = np.uint8(byte - np.uint8(0xD0)) < np.uint8(5)
        arabic = np.uint8(byte - np.uint8(0xD8)) < np.uint8(4)
        latin = np.uint8(small - np.uint8(0x61)) < np.uint8(26)
        lead = np.int8(lead + np.int8(cyrillic) - np.int8(arabic | latin))
    return int(lead)


@lean
def latin_style(points: Points, count: int, rows: Tables) -> int:
    """Which Latin alphabet a text is written in."""
    by_2017, by_2018, by_2021, turkic, turkish = 0, 0, 0, 0, 0
    for i in range(count):
        if points[i] < _KNOWN:
            point = rows[6, points[i]]
            marks = int(rows[7, point])
            by_2018 += marks >> BY_2018 & 1
            by_2021 += marks >> BY_2021 & 1
            turkic += marks >> TURKIC & 1
            turkish += marks >> CYRILLIC & 1
            if rows[5, point] != 0 and point != 0 and i + 1 < count:
                by_2017 += int(_is_apostrophe(points[i + 1], rows))
    if by_2018 > 0 and by_2018 >= max(by_2017, turkish):
        return BY_2018
    if by_2017 > turkish:
        return BY_2017
    return TURKIC if turkic > by_2021 else BY_2021


@lean
def _is_apostrophe(point: np.uint32, rows: Tables) -> bool:
    if point < _KNOWN:
        return bool(rows[8, point] & 2 != 0)
    return bool(point == rows[5, 0])


@lean
def respell(points: Points, count: int, style: int, rows: Tables, out: Points) -> int:
    """Write the text in Cyrillic, lower case; return how many code points. `out` holds 2 * count.

    One letter may become two; what is in no table stays.
    """
    place = 0
    hamza = False
    i = 0
    while i < count:
        point = points[i]
        if point >= _KNOWN:
            out[place] = point
            place, i, hamza = place + 1, i + 1, False
            continue
        if rows[8, point] & 4 != 0:
            hamza = True
            i += 1
            continue
        letter, used = _letter(points, i, count, style, rows)
        if letter == 0:
            letter = int(rows[6, point])
            hamza = False
        before = int(out[place - 1]) if place > 0 else 0
        if letter == _EITHER:
            after = 0
            if i + used < count:
                after, _ = _letter(points, i + used, count, style, rows)
            letter = _either(before, after, rows)
        elif letter == 0x447 and before == 0x448:  # ч after ш: the two letters of щ
            letter = 0x448
        elif (
            letter == 0x4B1
            and before == 0x439
            and style == TURKIC
            and rows[6, points[i - 1]] == 0x79
        ):
            letter = 0x443  # yu is ю
        elif hamza:
            letter = _fronted(letter)
        out[place] = letter
        place += 1
        i += used
    return place


@lean
def _letter(points: Points, i: int, count: int, style: int, rows: Tables) -> tuple[int, int]:
    """What the letter at `i` is in Cyrillic, 0 if it is none; and how many code points it took."""
    point = points[i]
    if point >= _KNOWN:
        return 0, 1
    if point == 0x49 and style >= BY_2021:  # the capital of ı
        point = np.uint32(0x131)
    lower = rows[6, point]
    following = points[i + 1] if i + 1 < count else np.uint32(0)
    if style == BY_2017 and rows[5, lower] != 0 and _is_apostrophe(following, rows):
        return int(rows[5, lower]), 2
    if style <= BY_2018 and (following | np.uint32(0x20)) == 0x68:  # sh, ch
        if lower == 0x73:
            return 0x448, 2
        if lower == 0x63:
            return 0x447, 2
    return int(rows[style, lower]), 1


@lean
def _either(before: int, after: int, rows: Tables) -> int:
    """й or и, by what stands before and after it, both in Cyrillic."""
    vowel = before < _KNOWN and rows[8, before] & 1 != 0
    start = before < 0x400  # no Cyrillic letter
    hard = after == 0x430 or after == 0x43E or after == 0x443  # а о у
    if vowel or (start and hard) or (not start and after == 0x443):
        return 0x439
    return 0x438


@lean
def _fronted(letter: int) -> int:
    if letter == 0x430:
        return 0x4D9
    if letter == 0x43E:
        return 0x4E9
    if letter == 0x4B1:
        return 0x4AF
    if letter == 0x44B:
        return 0x456
    return letter
