"""The floors of `benchmarks/dedup/floors.toml` hold on small data."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from benchmarks.dedup.quality import FLOORS, measure
from benchmarks.dedup.scripts import LATIN
from benchmarks.dedup.scripts import measure as measure_scripts

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "kk_text"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="real text is not in the repository")


@needs_data
def test_recall_and_precision_stay_above_their_floors() -> None:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["quality"]
    found = measure(1_500)
    assert found.dropped > 100
    assert found.recall >= floors["recall"]
    assert found.precision >= floors["precision"]
    assert found.same_clusters


@needs_data
def test_the_same_text_in_another_alphabet_stays_alike() -> None:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["scripts"]
    shares = measure_scripts(150)
    assert shares["arabic"][0] >= floors["arabic"]
    assert min(shares[name][0] for name in LATIN) >= floors["latin"]
