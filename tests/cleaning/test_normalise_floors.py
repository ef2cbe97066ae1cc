from __future__ import annotations

import json
import tomllib
from itertools import islice
from pathlib import Path

import pytest
from benchmarks.cleaning.normalisation import changed_words, kazakh_lines, restored
from benchmarks.cleaning.pages import unpacked

from kaz_cleaning.normalise import normalise

FLOORS = Path(__file__).parents[2] / "benchmarks" / "cleaning" / "floors.toml"
FILES = ("akorda_lines", "kazsandra_reviews", "kaznerd_sentences", "govkz_nlpkaznu_sentences")


@pytest.fixture(scope="module")
def lines(shared_data: Path) -> list[str]:
    found: list[str] = []
    for name in FILES:
        content = unpacked(shared_data / "kk_text" / f"{name}.jsonl.zst").decode()
        found += [json.loads(line)["text"] for line in islice(content.split("\n"), 800)]
    return found


@pytest.fixture(scope="module")
def floors() -> dict[str, float]:
    return dict(tomllib.loads(FLOORS.read_text())["normalisation"])


@pytest.mark.parametrize("size", [1, 20], ids=["lines alone", "documents of 20 lines"])
def test_damaged_words_are_restored(lines: list[str], floors: dict[str, float], size: int) -> None:
    kazakh = kazakh_lines([normalise(line).text for line in lines])
    documents = ["\n".join(kazakh[at : at + size]) for at in range(0, len(kazakh), size)]
    for whole in (False, True):
        hit, tried = restored(documents, whole=whole)
        assert tried > 1000
        assert hit / tried >= floors["restored"]


def test_clean_words_stay(lines: list[str], floors: dict[str, float]) -> None:
    counts = [changed_words(line) for line in lines]
    words, changed = (sum(count[at] for count in counts) for at in (0, 1))
    assert words > 10_000
    assert 1e5 * changed / words <= floors["clean_words_changed_per_100000"]
