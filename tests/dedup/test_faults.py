"""Faults on purpose, in their short form; the long one is `make campaign-dedup`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup_campaign import families, giants, kills, written
from dedup_damage import (
    BLOCK_FILES,
    MAPPED_FILES,
    Clustering,
    flip_block,
    flip_mapped,
    full_disk,
)
from kaz_datasets.errors import Corrupt
from kaz_dedup import DedupConfig, find_duplicates
from kaz_dedup.clusters import find_clusters
from kaz_dedup.errors import InvalidText
from kaz_dedup.signatures import sign_shard
from kaz_dedup.stage import keep_shard


def test_a_run_killed_in_any_stage_is_done_again_with_the_same_bytes(tmp_path: Path) -> None:
    assert kills(tmp_path, documents=100, rounds=1) == []


def test_giants_and_crowds_give_the_right_keepers(tmp_path: Path) -> None:
    assert giants(tmp_path, million=2_000, megabytes=1) == []


def test_invalid_utf8_is_refused_at_the_door(tmp_path: Path) -> None:
    broken: Any = pa.array([b"\xd2\xff"]).view(pa.string())
    pq.write_table(pa.table({"id": ["a"], "text": broken}), tmp_path / "a.parquet")
    with pytest.raises(InvalidText, match=r"a\.parquet.*UTF-8"):
        find_duplicates([tmp_path / "a.parquet"])


@pytest.mark.parametrize("kind", ["documents", "signatures", "verdicts"])
@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
def test_a_flipped_byte_in_a_shard_is_named_or_harmless(
    tmp_path: Path, kind: str, part: float
) -> None:
    """In the data of a page it is named; what is no page at all may still be read rightly."""
    paths = {name: tmp_path / f"{name}.parquet" for name in ("documents", "signatures", "verdicts")}
    said = paths["verdicts"]
    written(paths["documents"], families(30, 1))
    config = DedupConfig()

    def work(first: int) -> list[dict[str, Any]]:
        if first == 0:
            sign_shard(paths["documents"], paths["signatures"], config)
        if first <= 1:
            find_clusters(
                [paths["signatures"]], [paths["documents"]], tmp_path / "c", config, verdicts=[said]
            )
        keep_shard(paths["documents"], said, tmp_path / "kept", None, config)
        return pq.read_table(tmp_path / "kept").to_pylist()

    expected = work(0)
    raw = bytearray(paths[kind].read_bytes())
    raw[int(len(raw) * part)] ^= 0x10
    paths[kind].write_bytes(raw)
    try:
        assert work(list(paths).index(kind)) == expected
    except (Corrupt, InvalidText) as error:
        named = f"{kind}.parquet" in str(error)
        if not named:
            raise


@pytest.fixture(scope="module")
def clustering(tmp_path_factory: pytest.TempPathFactory) -> Clustering:
    """A small corpus, signed, in three ranges."""
    return Clustering(tmp_path_factory.mktemp("clustering"), 25)


@pytest.mark.parametrize("kind", [*BLOCK_FILES, *MAPPED_FILES])
def test_a_flipped_byte_in_an_intermediate_file_is_never_silent(
    clustering: Clustering, kind: str
) -> None:
    work = flip_mapped if kind in MAPPED_FILES else flip_block
    outcome = work(clustering, kind, times=1)
    assert outcome.wrong == []
    assert outcome.right + outcome.named == 1


def test_a_wrong_size_of_a_set_is_named_also_where_it_says_that_the_set_need_not_be_read(
    clustering: Clustering,
) -> None:
    sizes = (1 / 3, 2 / 3)  # between the starts and the sums
    outcome = flip_mapped(clustering, "places", times=12, within=sizes)
    assert (outcome.named, outcome.wrong) == (12, [])


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    outcome = full_disk(tmp_path, kilobytes=1_024, documents=500)
    if outcome is None:
        pytest.skip("no small disk can be mounted here")
    assert outcome.wrong == []
    assert outcome.named == 1
