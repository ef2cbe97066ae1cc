from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_flows.health.bands import FEWEST_CRAWLS, MEASURES, band, judge

USUAL = {"pages": 120.0, "errors": 0.0, "page_bytes": 20_000.0, "language": 0.97, "kept": 0.6}


def crawls(number: int) -> list[dict[str, float]]:
    """Crawls that differ a little, as crawls do."""
    return [
        {name: value * (1 + 0.02 * (step % 3 - 1)) for name, value in USUAL.items()}
        for step in range(number)
    ]


@pytest.mark.parametrize(
    ("measure", "value", "sick"),
    [
        ("pages", 0.0, True),
        ("pages", 60.0, True),
        ("pages", 5000.0, False),
        ("errors", 0.04, False),
        ("errors", 0.5, True),
        ("page_bytes", 2_000.0, True),
        ("page_bytes", 90_000.0, True),
        ("page_bytes", 24_000.0, False),
        ("language", 0.3, True),
        ("language", 1.0, False),
        ("kept", 0.02, True),
        ("kept", 0.9, False),
    ],
)
def test_only_the_bad_side_of_the_band_counts(measure: str, value: float, sick: bool) -> None:
    found = judge({**USUAL, measure: value}, crawls(8))
    assert [departure.measure for departure in found] == [measure] * sick
    if sick:
        assert f"{measure} is {value:.4g}, usual are" in found[0].sentence


def test_a_young_source_is_not_judged() -> None:
    nothing = dict.fromkeys(MEASURES, 0.0)
    assert judge(nothing, crawls(FEWEST_CRAWLS - 1)) == []
    assert judge(nothing, crawls(FEWEST_CRAWLS)) != []


def test_a_small_source_may_be_empty_by_chance() -> None:
    assert judge({"pages": 1.0}, [{"pages": float(n)} for n in (3, 5, 4, 6, 3)]) == []


@given(
    st.sampled_from(sorted(MEASURES)),
    st.lists(st.floats(0.0, 1.0), min_size=FEWEST_CRAWLS, max_size=30),
)
def test_the_middle_of_a_history_is_never_sick(measure: str, before: Sequence[float]) -> None:
    low, high = band(measure, before)
    middle = sorted(before)[len(before) // 2]
    assert low <= middle + 1e-9
    assert high >= middle - 1e-9
    assert judge({measure: middle}, [{measure: value} for value in before]) == []


@given(st.lists(st.floats(0.5, 0.9), min_size=9, max_size=20), st.floats(0.0, 1.0))
def test_one_odd_crawl_in_the_history_moves_the_band_little(
    before: Sequence[float], odd: float
) -> None:
    low, high = band("kept", [*before, odd])
    assert low <= max(before)
    assert high >= min(before)
