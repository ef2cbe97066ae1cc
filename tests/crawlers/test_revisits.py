"""When a page is asked for again, and which sitemaps are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_crawlers.revisits import (
    FIRST,
    LONGEST,
    SHORTEST,
    Moves,
    Visit,
    due_at,
    lastmod_trust,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def visit(visits: int, changes: int, age: timedelta, quiet: timedelta | None = None) -> Visit:
    last = START + age
    changed = None if changes == 0 else last - (quiet or timedelta())
    return Visit(visits=visits, changes=changes, first=START, last=last, changed=changed)


@pytest.mark.parametrize(
    ("seen", "wait"),
    [
        (visit(1, 0, 0 * DAY), FIRST),
        (visit(2, 0, 1 * DAY), FIRST),
        (visit(2, 0, 7 * DAY), 7 * DAY),
        (visit(3, 0, 14 * DAY), 14 * DAY),
        (visit(5, 0, 30 * DAY), LONGEST),
        (visit(2, 0, 31 * DAY), LONGEST),
        # One comparison, one change: -log(0.5 / 1.5) = 1.099 changes in the interval.
        (visit(2, 1, 7 * DAY), 6.37 * DAY),
        # Ten comparisons, all changed: log(21) = 3.04 changes in each interval of an hour.
        (visit(11, 10, 10 * HOUR), SHORTEST),
        (visit(11, 10, 100 * HOUR), 3.28 * HOUR),
        # Ten comparisons, five changes: -log(5.5 / 10.5) = 0.647 changes a day.
        (visit(11, 5, 10 * DAY), 1.546 * DAY),
        # The same page after it has been quiet for two months: as quiet again.
        (visit(11, 5, 100 * DAY, quiet=60 * DAY), 60 * DAY),
        (visit(11, 5, 600 * DAY, quiet=400 * DAY), LONGEST),
        # Counts that cannot be are read as the nearest that can.
        (visit(2, 9, 7 * DAY), 6.37 * DAY),
        (visit(0, 0, 0 * DAY), FIRST),
        (visit(2, 1, -3 * DAY), SHORTEST),
    ],
)
def test_the_wait_after_a_visit(seen: Visit, wait: timedelta) -> None:
    assert abs((due_at(seen) - seen.last) - wait) < 0.01 * wait


days = st.integers(0, 4000).map(timedelta)
visits = st.builds(visit, st.integers(0, 500), st.integers(0, 500), days, days)


@given(visits)
def test_the_bounds(seen: Visit) -> None:
    assert SHORTEST <= due_at(seen) - seen.last <= LONGEST


@given(st.integers(2, 200), st.integers(1, 199), st.integers(0, 400))
def test_what_changes_more_is_asked_sooner(count: int, changes: int, age: int) -> None:
    assert due_at(visit(count, changes + 1, age * DAY)) <= due_at(visit(count, changes, age * DAY))


def test_an_article_that_never_changes_is_asked_for_ever_more_rarely() -> None:
    moment, asked = START, []
    for number in range(1, 9):
        asked.append((moment - START).days)
        seen = Visit(visits=number, changes=0, first=START, last=moment)
        moment = due_at(seen)
    assert asked == [0, 7, 14, 28, 56, 236, 416, 596]


NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
TODAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lastmods", "moves", "believed"),
    [
        ([], None, True),
        ([TODAY] * 19, None, True),
        ([TODAY] * 20, None, False),
        ([TODAY.replace(tzinfo=None)] * 20, None, False),
        ([TODAY + 400 * DAY] * 20, None, False),
        ([TODAY] * 18 + [TODAY - 40 * DAY] * 2, None, False),
        ([TODAY] * 17 + [TODAY - 40 * DAY] * 3, None, True),
        ([TODAY - number * DAY for number in range(100)], None, True),
        ([TODAY - number * DAY for number in range(100)], Moves(observed=19, in_vain=19), True),
        ([TODAY - number * DAY for number in range(100)], Moves(observed=20, in_vain=10), False),
        ([TODAY - number * DAY for number in range(100)], Moves(observed=20, in_vain=9), True),
    ],
)
def test_lastmod_trust(lastmods: list[datetime], moves: Moves | None, believed: bool) -> None:
    assert lastmod_trust(lastmods, NOW, moves) is believed


def test_today_begins_earlier_in_kazakhstan() -> None:
    just_after_midnight = datetime.fromisoformat("2026-03-02T00:10:00+05:00")
    stamped = [datetime.fromisoformat("2026-03-02T00:00:00+05:00")] * 20
    assert not lastmod_trust(stamped, just_after_midnight)


def test_a_sitemap_is_read_once_and_not_held() -> None:
    assert not lastmod_trust((TODAY for _ in range(65_398)), NOW)
