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
_MONTH_OF: Final = {
    name: number
    for months in (_KAZAKH_MONTHS, _RUSSIAN_MONTHS)
    for number, names in enumerate(months, start=1)
    for name in names
}
_MONTH: Final = (
    "(" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")(?!\w*[дтл][ыі][қк])\w{0,6}"
)
"""With its case endings; "қазандық" (a boiler) is no October."""
_YEAR: Final = r"((?:19|20)\d\d)"
# жыл, жылы, жылғы, ж., jylǵy, года, г.
_YEAR_WORD: Final = r"(?:\s*(?:жыл\w*|ж\b\.?|j[yı]l\w*|года?|г\b\.?))?"
_DAY: Final = r"(\d{1,2})(?:-?\s?(?:і|ы|сі|сы|інші|ыншы)(?!\w))?"

_PATTERNS: Final = (
    # 2024-05-17, 2024/05/17, 2024-05-17T10:00:00+05:00
    (re.compile(rf"(?<!\d){_YEAR}([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)"), "y-m-d"),
    # 17.05.2024, 17/05/2024
    (re.compile(rf"(?<![\d.])(\d{{1,2}})([./-])(\d{{1,2}})\2{_YEAR}(?!\d)"), "d-m-y"),
    # 2024 жылғы 17 мамыр, 2024 ж. 17 мамырда
    (re.compile(rf"(?<!\d){_YEAR}{_YEAR_WORD},?\s+{_DAY}\s+{_MONTH}", re.IGNORECASE), "y d month"),
    # 17 мамыр 2024, 17 мая 2024 года, 17 Мамыр, 2024
    (re.compile(rf"(?<!\d){_DAY}\s+{_MONTH}\.?,?\s+{_YEAR}(?!\d)", re.IGNORECASE), "d month y"),
    # мамыр 17, 2024
    (re.compile(rf"\b{_MONTH}\s+{_DAY},\s+{_YEAR}(?!\d)", re.IGNORECASE), "month d y"),
)


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
        case "y d month":
            year, day, month = parts
        case "d month y":
            day, month, year = parts
        case _:
            month, day, year = parts
    number = int(month) if month.isdigit() else _MONTH_OF[month.lower()]
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None
