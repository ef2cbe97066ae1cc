"""Dates that count from the moment of reading, and who they are believed of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.extraction import extract
from kaz_cleaning.relative_dates import resolve
from kaz_datasets.source_facts import SourceFacts

NOW = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)  # 14:30 in Kazakhstan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Бүгін", date(2024, 5, 17)),
        ("бүгін, 10:30", date(2024, 5, 17)),
        ("Жарияланды: бүгін 10:30 | 120 қаралым", date(2024, 5, 17)),
        ("Búgin, 10:30", date(2024, 5, 17)),
        ("Кеше", date(2024, 5, 16)),
        ("кеше сағат 23:15", date(2024, 5, 16)),
        ("сегодня, 14:05", date(2024, 5, 17)),
        ("Вчера в 14:05", date(2024, 5, 16)),
        ("позавчера", date(2024, 5, 15)),
        ("5 минут бұрын", date(2024, 5, 17)),
        ("2 сағат бұрын", date(2024, 5, 17)),
        ("15 сағат бұрын", date(2024, 5, 16)),
        ("3 күн бұрын", date(2024, 5, 14)),
        ("бір апта бұрын", date(2024, 5, 10)),
        ("2 часа назад", date(2024, 5, 17)),
        ("час назад", date(2024, 5, 17)),
        ("неделю назад", date(2024, 5, 10)),
        ("3 дня назад", date(2024, 5, 14)),
        ("2 hours ago", date(2024, 5, 17)),
        ("16 мамыр, 10:30", date(2024, 5, 16)),
        ("16 мая, 10:30", date(2024, 5, 16)),
        ("25 қараша", date(2023, 11, 25)),
        ("18 мамыр", date(2024, 5, 18)),  # a site may be a time zone ahead
        ("19 мамыр", date(2023, 5, 19)),
        ("31 ақпан", None),
        ("2 ай бұрын", None),
        ("Бүгін ауа райы қандай болады?", None),
        ("Кеше болған жиын туралы", None),
        ("2 сағат бұрын болған оқиға", None),
        ("25 қараша күні ашылады", None),
        ("", None),
    ],
)
def test_words_for_days_count_from_the_retrieval(text: str, expected: date | None) -> None:
    assert resolve(text, NOW) == expected


def test_the_day_is_that_of_kazakhstan() -> None:
    late = datetime(2024, 5, 17, 20, 0, tzinfo=UTC)  # one in the morning of the 18th
    assert resolve("бүгін", late) == date(2024, 5, 18)
    assert resolve("2 сағат бұрын", late) == date(2024, 5, 17)


@given(
    days=st.integers(0, 300),
    now=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
)
def test_days_ago_are_days_ago(days: int, now: datetime) -> None:
    moment = now.replace(tzinfo=UTC)
    today = resolve("бүгін", moment)
    assert today is not None
    assert resolve(f"{days} күн бұрын", moment) == today - timedelta(days=days)


PROSE = (
    "<p>Көктем шыққалы бері ауыл маңындағы бұлақтың суы молайып, арнасынан асып барады, көпір"
    " биіктетіліп салынбаса, балалар мектепке айналма жолмен қатынауға мәжбүр болып отыр.</p>"
)


@pytest.mark.parametrize(
    ("before", "inside", "expected"),
    [
        ("", '<span class="post-date">кеше, 10:30</span>', date(2024, 5, 16)),
        ("", "<time>2 сағат бұрын</time>", date(2024, 5, 17)),
        ("", '<time datetime="2022-03-04">кеше</time>', date(2022, 3, 4)),
        ('<div class="sidebar"><p class="date">бүгін</p></div>',
         '<span class="date">3 күн бұрын</span>', date(2024, 5, 14)),
        ('<aside><span class="date">5 минут бұрын</span></aside>', "", None),
        ("", '<span class="author">бүгін</span>', None),
    ],
)  # fmt: skip
def test_a_page_is_dated_by_its_own_words(before: str, inside: str, expected: date | None) -> None:
    markup = (
        f"<html><body>{before}<article><h1>Бұлақ</h1>{inside}{PROSE * 3}</article></body></html>"
    )
    found = extract(markup, "https://a.example/1", SourceFacts(id="t"), NOW)
    assert found is not None
    assert found.date == expected


def test_without_a_time_of_retrieval_nothing_is_resolved() -> None:
    markup = f"<html><body><article><time>кеше</time>{PROSE * 3}</article></body></html>"
    found = extract(markup, "https://a.example/1", SourceFacts(id="t"))
    assert found is not None
    assert found.date is None
