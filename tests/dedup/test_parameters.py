from __future__ import annotations

from typing import Any

import pytest
from datasketch import MinHashLSH

from kaz_datasets.errors import BadConfiguration
from kaz_dedup import DedupConfig
from kaz_dedup.parameters import candidate_probability, optimal_bands


@pytest.mark.parametrize(
    ("threshold", "permutations", "weight"),
    [(0.8, 128, 0.5), (0.8, 128, 0.9), (0.8, 128, 0.99), (0.7, 64, 0.6), (0.5, 112, 0.5)],
)
def test_bands_are_those_of_datasketch(threshold: float, permutations: int, weight: float) -> None:
    index = MinHashLSH(threshold, permutations, weights=(1 - weight, weight))
    assert optimal_bands(threshold, permutations, weight) == (index.b, index.r)


def test_the_defaults_find_what_they_promise() -> None:
    assert DedupConfig().bands == (18, 7)
    assert candidate_probability(0.8, 18, 7) == pytest.approx(0.9855, abs=5e-5)
    assert candidate_probability(0.9, 18, 7) > 0.9999
    assert candidate_probability(0.3, 18, 7) < 0.005


@pytest.mark.parametrize(("similarity", "expected"), [(0.6, 0.21), (0.7, 0.57), (0.8, 0.92)])
def test_published_layouts_have_their_published_curve(similarity: float, expected: float) -> None:
    assert candidate_probability(similarity, 14, 8) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 0},
        {"threshold": 1.01},
        {"shingle_words": 0},
        {"permutations": 0},
        {"false_negative_weight": 2},
        {"neighbours": 0},
        {"seed": -1},
    ],
    ids=str,
)
def test_values_that_cannot_be_are_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadConfiguration, match=next(iter(wrong))):
        DedupConfig(**wrong)
