"""Which hosts are worth their traffic."""

from __future__ import annotations

import pytest

from kaz_crawlers.yields import FAIR_MEGABYTES, LEAST_WORDS, host_verdict


@pytest.mark.parametrize(
    ("words_per_megabyte", "megabytes", "stop"),
    [
        (None, 10_000.0, False),
        (0.0, 0.0, False),
        (0.0, FAIR_MEGABYTES - 0.1, False),
        (0.0, FAIR_MEGABYTES, True),
        (LEAST_WORDS - 1, 500.0, True),
        (LEAST_WORDS, 500.0, False),
        (3000.0, 500.0, False),
    ],
)
def test_a_host_is_stopped_on_fair_evidence_only(
    words_per_megabyte: float | None, megabytes: float, stop: bool
) -> None:
    assert host_verdict(words_per_megabyte, megabytes) is stop


def test_the_least_yield_is_the_callers() -> None:
    assert not host_verdict(10.0, 100.0, least=5.0)
    assert not host_verdict(0.0, 100.0, least=0.0)
