from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest
from benchmarks.cleaning.extraction import our_text
from benchmarks.cleaning.pages import SETS, gold_pages
from benchmarks.cleaning.shingles import page_f1, score

from kaz_cleaning.charset import decode

FLOORS = Path(__file__).parents[2] / "benchmarks" / "cleaning" / "floors.toml"
SAMPLE = 24


@pytest.mark.parametrize("name", SETS)
def test_extraction_is_no_worse_than_its_floor(shared_data: Path, name: str) -> None:
    floor = tomllib.loads(FLOORS.read_text())["extraction"][name]
    pages = gold_pages(shared_data, name)
    pages.sort(key=lambda page: hashlib.sha256(page.id.encode()).digest())
    chosen = pages[:SAMPLE]
    pairs = [(page.text, our_text(decode(page.body, None).text, page.url)) for page in chosen]
    assert score(pairs).f1 >= floor


def test_the_metric_counts_runs_of_four_words() -> None:
    gold = "бір екі үш төрт бес"
    assert page_f1(gold, gold) == 1.0
    assert page_f1(gold, "бір екі үш төрт алты") == pytest.approx(0.5)
    assert page_f1(gold, "бес төрт үш екі бір") == 0.0
    assert page_f1(gold, "") == 0.0
    assert page_f1("", "") == 1.0


def test_a_long_page_weighs_no_more_than_a_short_one() -> None:
    short, long = "бір екі үш төрт", " ".join(map(str, range(1000)))
    found = score([(short, ""), (long, long)])
    assert (found.precision, found.recall) == (1.0, 0.5)
