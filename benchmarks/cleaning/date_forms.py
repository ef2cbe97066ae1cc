"""Every day of two years in the forms in which Kazakh, Russian and English pages write dates.

The forms are those of the style guides and of CLDR 45 (kk, ru, en: full, long, medium, short), as
sites print them; each day is written, read again, and must be the same day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from kaz_cleaning.dates import find_date
from kaz_cleaning.relative_dates import KAZAKHSTAN, resolve

FIRST, DAYS = date(2023, 1, 1), 731
MONTHS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        language: months.split()
        for language, months in {
            "kk": "қаңтар ақпан наурыз сәуір мамыр маусым"
            " шілде тамыз қыркүйек қазан қараша желтоқсан",
            "kk short": "қаң. ақп. нау. сәу. мам. мау. шіл. там. қыр. қаз. қар. жел.",
            "kk Latn": "qańtar aqpan naýryz sáýir mamyr maýsym"
            " shilde tamyz qyrkúıek qazan qarasha jeltoqsan",
            "ru": "января февраля марта апреля мая июня"
            " июля августа сентября октября ноября декабря",
            "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        }.items()
    }
)

Form = Callable[[date], str]


def _with(language: str, pattern: str) -> Form:
    months = MONTHS[language]
    return lambda day: pattern.format(d=day.day, m=months[day.month - 1], y=day.year)


ABSOLUTE: Mapping[str, Form] = MappingProxyType(
    {
        "2024 жылғы 17 мамыр": _with("kk", "{y} жылғы {d} {m}"),
        "2024 жылдың 17 мамыры": _with("kk", "{y} жылдың {d} {m}ы"),
        "2024 ж. 17 мамыр": _with("kk", "{y} ж. {d} {m}"),
        "17 мамыр 2024 жыл": _with("kk", "{d} {m} {y} жыл"),
        "17 мамыр, 2024, 10:30": _with("kk", "{d} {m}, {y}, 10:30"),
        "17-мамыр, 2024": _with("kk", "{d}-{m}, {y}"),
        "мамыр 17, 2024": _with("kk", "{m} {d}, {y}"),
        "17 мам. 2024": _with("kk short", "{d} {m} {y}"),
        "2024 jylǵy 17 mamyr": _with("kk Latn", "{y} jylǵy {d} {m}"),
        "17 мая 2024 года": _with("ru", "{d} {m} {y} года"),
        "17 мая 2024 г., 10:30": _with("ru", "{d} {m} {y} г., 10:30"),
        "May 17, 2024": _with("en", "{m} {d}, {y}"),
        "17.05.2024": lambda day: f"{day:%d.%m.%Y}",
        "17.05.24": lambda day: f"{day:%d.%m.%y}",
        "17/05/2024 10:30": lambda day: f"{day:%d/%m/%Y} 10:30",
        "2024-05-17T10:30:00+05:00": lambda day: f"{day:%Y-%m-%d}T10:30:00+05:00",
    }
)
RELATIVE: Mapping[str, tuple[str, timedelta]] = MappingProxyType(
    {
        "бүгін, 10:30": ("бүгін, 10:30", timedelta()),
        "кеше": ("кеше", timedelta(days=1)),
        "2 сағат бұрын": ("2 сағат бұрын", timedelta(hours=2)),
        "3 күн бұрын": ("3 күн бұрын", timedelta(days=3)),
        "бір апта бұрын": ("бір апта бұрын", timedelta(days=7)),
        "сегодня, 14:05": ("сегодня, 14:05", timedelta()),
        "вчера в 14:05": ("вчера в 14:05", timedelta(days=1)),
        "2 часа назад": ("2 часа назад", timedelta(hours=2)),
    }
)
HOUR = 20
"""UTC of the retrieval: one in the morning in Kazakhstan, so that hours ago are another day."""


def measured() -> Iterator[list[str | int]]:
    """Rows of form, n, right, wrong and unread."""
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    for name, form in ABSOLUTE.items():
        yield _row(name, [(day, find_date(form(day))) for day in days])
    for name, (text, ago) in RELATIVE.items():
        moments = [datetime(day.year, day.month, day.day, HOUR, tzinfo=UTC) for day in days]
        pairs = [((at.astimezone(KAZAKHSTAN) - ago).date(), resolve(text, at)) for at in moments]
        yield _row(name, pairs)
    yearless = [
        (
            day,
            resolve(
                f"{day.day} {MONTHS['kk'][day.month - 1]}, 10:30", _noon(day + timedelta(days=100))
            ),
        )
        for day in days
        if (day.month, day.day) != (2, 29)  # without its year it is no day of every year
    ]
    yield _row("17 мамыр, 10:30 (no year)", yearless)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _row(name: str, pairs: list[tuple[date, date | None]]) -> list[str | int]:
    right = sum(found == wanted for wanted, found in pairs)
    unread = sum(found is None for _, found in pairs)
    return [name, len(pairs), right, len(pairs) - right - unread, unread]
