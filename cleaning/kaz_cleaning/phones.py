"""Telephone numbers in running text, in the shapes that Kazakhstan prints.

A whole number tells itself by its country or area code. A local one (72-04-68, 306 270) proves
nothing: it counts after a keyword, after another number of a list, or, where it cannot be a date,
in a line that speaks of telephones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kaz_cleaning.suspicious_lines import LOCAL_NUMBER, MASKED, NATIONAL_NUMBER, SPOKEN

SPACE: Final = "[ \t\u00a0\u2009\u202f]"
DASH: Final = "[-\u2010-\u2015\u2212]"
_GAP: Final = f"(?:{SPACE}?{DASH}{SPACE}?|[.]|{SPACE}{{1,2}})?"
"""Between two groups of a number: nothing, a dash, a full stop or a space."""


def _national(code: str) -> str:
    """Ten digits: an area code of three to five, in brackets or not, and the subscriber's rest.

    `code` matches the code's first three digits; the others may follow a dash, as in (718-2).
    """
    ways = (
        rf"{code}{DASH}?[0-9]{{{more}}}{SPACE}?\)?(?:{_GAP}[0-9]){{{7 - more}}}" for more in (2, 1)
    )
    return f"(?:{'|'.join(ways)}|{code}{SPACE}?\\)?(?:{_GAP}[0-9]){{7}})(?![0-9])"


_BEFORE: Final = r"(?:(?=\()|(?<![\w+]))(?<![0-9][.,/:-])"
_WHOLE: Final = re.compile(
    rf"{_BEFORE}\(?(?:\+{SPACE}?7{_GAP}\(?{SPACE}?{_national('[3-9][0-9]{2}')}"
    rf"|8{_GAP}\(?{SPACE}?{_national('(?:7[0-9]{2}|800|9[0-9]{2})')}"
    rf"|7{SPACE}?\({SPACE}?{_national('7[0-9]{2}')})"
)
_ODD_LENGTH: Final = re.compile(
    rf"{_BEFORE}(?:(?:\+{SPACE}?7|8){SPACE}?)?\(8?7[0-9]{{3,4}}\){SPACE}?"
    rf"[0-9]{{1,3}}{DASH}?[0-9]{{2}}{DASH}?[0-9]{{2}}(?![0-9])"
)
"""A digit short or over: regional offices print many such."""
_BARE_MOBILE: Final = re.compile(
    rf"{_BEFORE}7(?:70[0-8]|747|75[01]|76[0-4]|77[1-8])[0-9]{{7}}(?![0-9]|[.,/-][0-9])"
)
_CITY_CODE: Final = re.compile(rf"{_BEFORE}\({SPACE}?{_national('7[0-9]{2}')}")
_ABROAD: Final = re.compile(
    rf"(?<![\w+])\+{SPACE}?(?:99[234568]|37[0-5]|380|90|86|49|44)"
    rf"(?:{_GAP}\(?[0-9]{{1,4}}\)?){{2,5}}(?![0-9])"
)
_ABROAD_DIGITS: Final = range(11, 14)

_DASHED: Final = rf"[0-9]{{1,3}}{DASH}[0-9]{{2}}{DASH}[0-9]{{2}}(?![0-9]|{DASH}[0-9])"
_SPACED: Final = rf"[0-9]{{2,3}}{SPACE}[0-9]{{2,3}}(?:{SPACE}[0-9]{{2}})?(?![0-9]|[.,]?[0-9])"
_SOLID: Final = rf"[0-9]{{5,7}}(?![0-9]|[.,/][0-9]|{SPACE}?(?:тг|теңге|тенге|₸|%))"
_KEYWORD: Final = r"\b(?:тел(?:ефон\w*)?|факс\w*|ұялы|моб|tel|phone|fax)\b"
_AFTER_KEYWORD: Final = re.compile(
    rf"(?i){_KEYWORD}[\s.:/№–-]{{0,6}}(?P<number>{_DASHED}|{_SPACED}|{_SOLID})"
)
_NEXT: Final = re.compile(
    rf"(?i)(?:{SPACE}?[,;/]{{1,2}}{SPACE}?|{SPACE}|{SPACE}(?:немесе|және|или|и){SPACE}"
    rf"|{SPACE}?[,;]?{SPACE}?(?:тел|факс)[.:]{{0,2}}{SPACE}?)(?P<number>{_DASHED}|{_SPACED}|{_SOLID})"
)
"""What a list of numbers goes on with."""
_MASKED: Final = re.compile(r"<PHONE(?::[a-z]+)?>")
_LOCAL: Final = re.compile(rf"(?<![\w.,/-])(?<!№{SPACE}){_DASHED}(?!{SPACE}?(?:ж|г)\b)")
_SPOKEN_OF: Final = re.compile(rf"(?i){_KEYWORD}|<PHONE")
_LONGEST_DAY, _LAST_MONTH = 31, 12


_SHAPES: Final = (
    (NATIONAL_NUMBER, _WHOLE, 0),
    (NATIONAL_NUMBER, _BARE_MOBILE, 0),
    (NATIONAL_NUMBER, _CITY_CODE, 0),
    (NATIONAL_NUMBER, _ODD_LENGTH, 0),
    (NATIONAL_NUMBER, _ABROAD, 0),
    (SPOKEN, _AFTER_KEYWORD, "number"),
)
"""The sign without which a pattern cannot match, the pattern, and the group that is the number."""


def find_phones(
    line: str, near: Sequence[tuple[int, int]], signs: int
) -> Iterator[tuple[int, int]]:
    """Places of telephone numbers in the parts `near` of one line; they may overlap.

    `signs` are those that `suspicious_lines` saw in the line.
    """
    ends = []
    for sign, pattern, group in _SHAPES:
        windows = near if signs & sign else ()
        for match in (match for window in windows for match in pattern.finditer(line, *window)):
            if pattern is _ABROAD and len(re.sub("[^0-9]", "", match[0])) not in _ABROAD_DIGITS:
                continue
            yield match.span(group)
            ends.append(match.end(group))
    if signs & MASKED:
        ends.extend(match.end() for match in _MASKED.finditer(line))
    for end in ends:
        while (following := _NEXT.match(line, end)) is not None:
            yield following.span("number")
            end = following.end()
    if signs & LOCAL_NUMBER and (ends or _SPOKEN_OF.search(line)):
        local = (match for window in near for match in _LOCAL.finditer(line, *window))
        yield from (match.span() for match in local if not _could_be_date(match[0]))


def _could_be_date(number: str) -> bool:
    day, month, _ = (int(part) for part in re.split(DASH, number))
    return day <= _LONGEST_DAY and month <= _LAST_MONTH
