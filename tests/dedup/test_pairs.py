from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaz_datasets.errors import Corrupt
from kaz_dedup import DedupConfig
from kaz_dedup.clusters import find_clusters
from kaz_dedup.linking import DAMAGED, similarity_of
from kaz_dedup.pairs import compare
from kaz_dedup.shingle_store import ShingleStore
from kaz_dedup.signatures import sign_shard

WORDS = [f"сөз{number}" for number in range(300)]


def pairs_of(folder: Path, rows: list[dict[str, Any]], config: DedupConfig) -> Any:
    folder.mkdir()
    documents, signed = folder / "d.parquet", folder / "s.parquet"
    pq.write_table(pa.Table.from_pylist(rows), documents)
    sign_shard(documents, signed, config)
    pairs = folder / "pairs.parquet"
    find_clusters([signed], [documents], folder / "c.parquet", config, pairs=pairs)
    return pq.read_table(pairs).to_pylist(), pq.read_table(folder / "c.parquet").to_pylist()


def test_every_compared_pair_keeps_its_value_and_verdict(tmp_path: Path) -> None:
    base = " ".join(WORDS[:100])
    rows = [
        {"id": "a", "text": base},
        {"id": "b", "text": base + " соңы"},
        {"id": "c", "text": " ".join(WORDS[:85]) + " " + " ".join(WORDS[200:215])},
    ]
    loose = DedupConfig(permutations=32, false_negative_weight=1.0)
    pairs, clusters = pairs_of(tmp_path / "one", rows, loose)
    assert [(pair["one"], pair["other"], pair["alike"]) for pair in pairs] == [
        ("a", "b", True),
        ("a", "c", False),
        ("b", "c", False),
    ]
    assert pairs[0]["similarity"] == 96 / 97
    assert pairs[1]["similarity"] == 81 / 111
    assert [row["keeper"] for row in clusters] == ["b", "b", "c"]
    small, _ = pairs_of(tmp_path / "two", rows, DedupConfig(**{**vars(loose), "range_rows": 1}))
    assert small == pairs


def test_containment_joins_a_document_with_the_one_that_quotes_it(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": " ".join(WORDS[:100])},
        {"id": "b", "text": " ".join(WORDS[:140])},
    ]
    facts = {"permutations": 64, "false_negative_weight": 1.0}
    _, alone = pairs_of(tmp_path / "one", rows, DedupConfig(**facts))  # type: ignore[arg-type]
    quoted = DedupConfig(**facts, measure="containment")  # type: ignore[arg-type]
    _, joined = pairs_of(tmp_path / "two", rows, quoted)
    assert [row["keeper"] for row in alone] == ["a", "b"]
    assert [(row["keeper"], row["similarity"]) for row in joined] == [("b", 1.0), ("b", 1.0)]


@pytest.mark.parametrize(
    ("rule", "keeper"),
    [
        (("licence", "completeness", "quality", "oldest"), "d"),
        (("completeness",), "c"),
        (("quality",), "b"),
        (("oldest",), "c"),
        (("newest",), "b"),
        ((), "a"),
    ],
)
def test_the_keeper_follows_the_rule(tmp_path: Path, rule: tuple[str, ...], keeper: str) -> None:
    text = " ".join(WORDS[:50])
    times = [20, 30, 10, 25]
    rows = [
        {
            "id": name,
            "text": text + " соңы" * (name == "c"),
            "licence": licence,
            "language_score": score,
            "title": "Тақырып",
            "retrieved_at": np.datetime64(f"2025-01-{day}T00:00:00", "ms").item(),
        }
        for name, licence, score, day in zip(
            "abcd", ["CC-BY-4.0", None, None, "CC0-1.0"], [0.5, 0.9, 0.7, 0.6], times, strict=True
        )
    ]
    config = DedupConfig(keeper=rule, licences=("CC0-1.0", "CC-BY-4.0"))
    _, clusters = pairs_of(tmp_path / "one", rows, config)
    assert {row["keeper"] for row in clusters} == {keeper}


def test_a_damaged_shingle_file_is_noticed() -> None:
    values = np.array([1, 2, 3, 1, 2, 4], np.uint64)
    starts, sizes = np.array([0, 3]), np.array([3, 3])
    sums = np.array([6, 7], np.uint64)
    assert similarity_of(values, starts, sizes, sums, 0, 1, False) == 0.5
    values[1] = 5
    assert similarity_of(values, starts, sizes, sums, 0, 1, False) == DAMAGED
    store = ShingleStore(values, starts, sizes, sums)
    with pytest.raises(Corrupt, match="check the disk"):
        list(
            compare(np.arange(2), np.arange(2), np.array([0, 2]), store, DedupConfig(threshold=0.1))
        )
