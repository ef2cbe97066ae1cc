"""Dates as Kazakh and Russian pages write them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_KAZAKH_MONTHS: Final = (
    ("қаңтар", "qańtar", "qañtar"),
    ("ақпан", "aqpan"),
    ("наурыз", "naurız", "naýryz", "nauryz"),
    ("сәуір", "sáýir", "säuir"),
    ("мамыр", "mamyr", "mamır"),
    ("маусым", "maýsym", "mausym", "mausım"),
    ("шілде", "shilde", "şilde"),
    ("тамыз", "tamyz", "tamız"),
    ("қыркүйек", "qyrkúıek", "qyrküiek", "qırküyek"),
    ("қазан", "qazan"),
    ("қараша", "qarasha", "qaraşa"),
    ("желтоқсан", "jeltoqsan"),
)
_RUSSIAN_MONTHS: Final = (
    ("январ",),
    ("феврал",),
    ("март",),
    ("апрел",),
    ("мая", "май"),
    ("июн",),
    ("июл",),
    ("август",),
    ("сентябр",),
    ("октябр",),
    ("ноябр",),
    ("декабр",),
)
_ABBREVIATED: Final = (
    # CLDR 45: kk, ru, en; with and without their full stop
    ("қаң", "янв", "january", "jan"),
    ("ақп", "фев", "февр", "february", "feb"),
    ("нау", "мар", "march", "mar"),
    ("сәу", "апр", "april", "apr"),
    ("мам", "may"),
    ("мау", "june", "jun", "июн"),
    ("шіл", "июл", "july", "jul"),
    ("там", "авг", "august", "aug"),
    ("қыр", "сен", "сент", "september", "sept", "sep"),
    ("қаз", "окт", "october", "oct"),
    ("қар", "ноя", "нояб", "november", "nov"),
    ("жел", "дек", "december", "dec"),
)
"""Whole words: no case endings stand after them."""


def _numbered(*tables: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {
        name: number
        for months in tables
        for number, names in enumerate(months, start=1)
        for name in names
    }


def _any_of(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_STEMS: Final = _numbered(_KAZAKH_MONTHS, _RUSSIAN_MONTHS)
_WORDS: Final = _numbered(_ABBREVIATED)
_MONTH_OF: Final = _WORDS | _STEMS
MONTH: Final = rf"((?:{_any_of(_STEMS)})(?!\w*[дтл][ыі][қк])|(?:{_any_of(_WORDS)})(?!\w))\w{{0,6}}"
"""One group, a month with its case endings; "қазандық" (a boiler) is no October."""
_YEAR: Final = r"((?:19|20)\d\d)"
# жыл, жылы, жылғы, ж., jylǵy, года, г.
_YEAR_WORD: Final = r"(?:[\s-]*(?:шы\s|ші\s)?\s*(?:жыл\w*|ж\b\.?|j[yı]l\w*|года?|г\b\.?))?"
_DAY: Final = r"(\d{1,2})(?:-?\s?(?:і|ы|сі|сы|інші|ыншы|ші|шы|st|nd|rd|th)(?!\w))?"

_PATTERNS: Final = (
    # 2024-05-17, 2024/05/17, 2024-05-17T10:00:00+05:00
    (re.compile(rf"(?<!\d){_YEAR}([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)"), "y-m-d"),
    # 17.05.2024, 17/05/2024
    (re.compile(rf"(?<![\d.])(\d{{1,2}})([./-])(\d{{1,2}})\2{_YEAR}(?!\d)"), "d-m-y"),
    # 2024 жылғы 17 мамыр, 2024 ж. 17 мамырда
    (
        re.compile(rf"(?<!\d){_YEAR}{_YEAR_WORD},?\s+{_DAY}[\s-]+{MONTH}", re.IGNORECASE),
        "y d month",
    ),
    # 17 мамыр 2024, 17 мая 2024 года, 17 Мамыр, 2024
    (
        re.compile(rf"(?<!\d){_DAY}[\s-]+{MONTH}\.?,?[\s-]+{_YEAR}(?!\d)", re.IGNORECASE),
        "d month y",
    ),
    # мамыр 17, 2024
    (re.compile(rf"\b{MONTH}\.?\s+{_DAY},\s+{_YEAR}(?!\d)", re.IGNORECASE), "month d y"),
    # 17.05.24: with both zeros, so that no version or chapter is taken for it
    (re.compile(r"(?<![\d.])(\d\d)(\.)(\d\d)\2(\d\d)(?![\d.]|\s?\w?%)"), "d-m-yy"),
)


def month_number(name: str) -> int:
    """1 to 12 for what `MONTH` matched."""
    return _MONTH_OF[name.lower()]


def find_date(text: str) -> date | None:
    """The first full date in `text`, or None; a year or a month alone is no date."""
    found = [
        (match.start(), value)
        for pattern, order in _PATTERNS
        for match in pattern.finditer(text)
        if (value := _read(match, order)) is not None
    ]
    return min(found, default=(0, None), key=lambda item: item[0])[1]


def _read(match: re.Match[str], order: str) -> date | None:
    parts = match.groups()
    match order:
        case "y-m-d":
            year, _, month, day = parts
        case "d-m-y":
            day, _, month, year = parts
        case "d-m-yy":
            day, _, month, year = parts
            year = f"20{year}"
        case "y d month":
            year, day, month = parts
        case "d month y":
            day, month, year = parts
        case _:
            month, day, year = parts
    number = int(month) if month.isdigit() else month_number(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None
