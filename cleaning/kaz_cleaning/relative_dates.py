"""Dates that a page counts from the moment it is read: "кеше", "2 сағат бұрын", "вчера, 14:05".

They are resolved against the time of retrieval, so the same archive always gives the same dates.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Final

from kaz_cleaning.dates import MONTH, month_number

KAZAKHSTAN: Final = timezone(timedelta(hours=5))
"""Civil time of the whole country since 1 March 2024; most of it had six hours before, which
matters to the day in one hour of twenty-four."""

_DAYS_AGO: Final = {
    **dict.fromkeys(("бүгін", "bügin", "búgin", "бугін", "сегодня", "today"), 0),
    **dict.fromkeys(("кеше", "keshe", "keşe", "вчера", "yesterday"), 1),
    **dict.fromkeys(("алдыңғы күні", "позавчера"), 2),
}
_UNITS: Final = (
    (r"секунд\w*|seconds?", timedelta(seconds=1)),
    (r"мин(?:ут\w*|\.)?|minutes?|mins?", timedelta(minutes=1)),
    (r"сағат\w*|saǵat|sağat|час(?:а|ов)?|hours?", timedelta(hours=1)),
    (r"күн\w*|kún|kün|день|дня|дней|days?", timedelta(days=1)),
    (r"апта\w*|недел[юиь]|weeks?", timedelta(days=7)),
)
_ONE: Final = ("бір", "bir", "один", "одну", "a", "an", "one")
_LABEL: Final = r"\W*(?:(?:жарияланды|жарияланған|уақыты|күні|опубликовано|добавлено|posted)\W+)?"
_END: Final = r"(?=\W*$|\W+(?:сағат\s|в\s|at\s)?\d{1,2}[:.]\d\d|\s*[|·•/])"
"""A date ends here, or goes on with an hour or with the next fact of the line."""

_WORD: Final = re.compile(rf"{_LABEL}({'|'.join(_DAYS_AGO)}){_END}", re.IGNORECASE)
_AGO: Final = re.compile(
    rf"{_LABEL}(?:(\d{{1,3}}|{'|'.join(_ONE)})\s+)?"
    rf"(?:{'|'.join(f'({unit})' for unit, _ in _UNITS)})\s+"
    rf"(?:бұрын|burın|buryn|назад|ago)\b{_END}",
    re.IGNORECASE,
)
_DAY_AND_MONTH: Final = re.compile(rf"{_LABEL}(\d{{1,2}})[\s-]+{MONTH}\.?{_END}", re.IGNORECASE)


def resolve(text: str, retrieved_at: datetime) -> date | None:
    """The date that `text` means to a reader of that moment, or None where it is no such date.

    `text` is the whole of a short element; a day and month without a year are the last such.
    Months and years ago are no date.
    """
    now = retrieved_at.astimezone(KAZAKHSTAN)
    if (word := _WORD.match(text)) is not None:
        return now.date() - timedelta(days=_DAYS_AGO[word[1].lower()])
    if (ago := _AGO.match(text)) is not None:
        count = int(ago[1]) if ago[1] and ago[1].isdigit() else 1
        unit = next(
            step for found, (_, step) in zip(ago.groups()[1:], _UNITS, strict=True) if found
        )
        return (now - count * unit).date()
    stated = _DAY_AND_MONTH.match(text)
    return _last(int(stated[1]), month_number(stated[2]), now.date()) if stated else None


def _last(day: int, month: int, today: date) -> date | None:
    """The last such day until tomorrow: a site may be a time zone ahead."""
    for year in (today.year, today.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=1):
            return found
    return None
