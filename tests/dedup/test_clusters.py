from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaz_datasets.errors import Corrupt, WrongUse
from kaz_dedup import DedupConfig, shingle_hashes
from kaz_dedup.clusters import find_clusters
from kaz_dedup.nodes import load_nodes
from kaz_dedup.shard_labels import shard_labels
from kaz_dedup.signatures import sign_shard

Cluster = Callable[..., list[dict[str, Any]]]

WORDS = [f"сөз{number}" for number in range(5_000)]


def text_of(seed: int, words: int = 120) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def changed(text: str, changes: int, seed: int) -> str:
    """`text` with that many words replaced: each takes at most five shingles with it."""
    generator, words = random.Random(seed), text.split()
    for place in generator.sample(range(len(words)), changes):
        words[place] = f"өзге{seed}б{place}"
    return " ".join(words)


def families(count: int, seed: int) -> list[dict[str, Any]]:
    """Documents in families of one to six, from nearly equal to hardly alike."""
    generator = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for family in range(count):
        base = text_of(seed * 1_000 + family, generator.randint(40, 160))
        for member in range(generator.randint(1, 6)):
            text = changed(base, generator.randint(0, 4), member)
            rows.append({"id": f"{generator.getrandbits(64):016x}", "text": text})
    return rows


def jaccard(one: str, other: str) -> float:
    left, right = (set(found.tolist()) for found in shingle_hashes([one, other]))
    return len(left & right) / len(left | right)


def test_every_document_has_one_row_and_a_singleton_is_its_own(cluster: Cluster) -> None:
    rows = [{"id": "b", "text": text_of(1)}, {"id": "a", "text": text_of(2)}]
    assert cluster([rows]) == [
        {
            "id": name,
            "cluster_id": name,
            "keeper": name,
            "similarity": 1.0,
            "exact": True,
            "cluster_size": 1,
        }
        for name in ("a", "b")
    ]


def test_recall_and_precision_against_all_pairs(cluster: Cluster) -> None:
    rows = families(120, seed=7)
    found = {row["id"]: row for row in cluster([rows])}
    texts = {row["id"]: row["text"] for row in rows}
    sets = {
        name: set(shingles.tolist())
        for name, shingles in zip(texts, shingle_hashes(list(texts.values())), strict=True)
    }
    true_pairs = [
        (one, other)
        for one, other in combinations(texts, 2)
        if len(sets[one] & sets[other]) >= 0.8 * len(sets[one] | sets[other])
    ]
    together = [found[a]["cluster_id"] == found[b]["cluster_id"] for a, b in true_pairs]
    assert len(true_pairs) > 100
    assert np.mean(together) >= 0.95
    for name, row in found.items():
        exact = jaccard(texts[name], texts[row["keeper"]])
        assert row["similarity"] == exact
        assert exact >= 0.8


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(0, 40), max_size=3))
def test_neither_order_nor_shards_matter(cluster: Cluster, seed: int, cuts: list[int]) -> None:
    rows = families(12, seed)
    shuffled = random.Random(seed).sample(rows, len(rows))
    ends = [0, *sorted(cuts), len(rows)]
    shards = [shuffled[start:end] for start, end in pairwise(ends)]
    whole = cluster([rows])
    assert cluster(shards) == whole
    assert cluster(shards, DedupConfig(range_rows=7, threads=2)) == whole


def test_equal_texts_are_exact_and_like_ones_are_near(cluster: Cluster) -> None:
    text = text_of(3)
    rows = [
        {"id": "a", "text": text},
        {"id": "b", "text": "  " + text.upper().replace(" ", "\n")},
        {"id": "c", "text": text.replace(" ", ", ", 1)},
        {"id": "d", "text": changed(text, 2, 1)},
    ]
    found = cluster([rows])
    assert [row["cluster_id"] for row in found] == ["a"] * 4
    assert [row["exact"] for row in found] == [True, True, False, False]
    assert [row["similarity"] for row in found[:3]] == [1.0, 1.0, 1.0]
    assert found[3]["similarity"] == jaccard(text, rows[3]["text"])
    assert {row["cluster_size"] for row in found} == {4}


def test_unlike_documents_that_share_a_band_stay_apart_unless_unverified(cluster: Cluster) -> None:
    base = text_of(4)
    rows = [{"id": f"{i:02}", "text": changed(base, 6, i)} for i in range(12)]
    assert max(jaccard(a["text"], b["text"]) for a, b in combinations(rows, 2)) < 0.8
    loose = DedupConfig(false_negative_weight=1.0, permutations=32)
    assert all(row["keeper"] == row["id"] for row in cluster([rows], loose))
    unverified = cluster([rows], replace(loose, verify=False))
    assert {row["cluster_id"] for row in unverified} == {"00"}
    assert sum(row["keeper"] == row["id"] for row in unverified) == 1


def test_a_crowded_bucket_still_joins_its_true_pairs(cluster: Cluster) -> None:
    """Many documents of one template, refused against each other, and a true twin for some."""
    base = text_of(5)
    rows = [{"id": f"{i:03}", "text": changed(base, 8, i)} for i in range(60)]
    twins = [{"id": f"t{i:02}", "text": rows[i]["text"] + " соңы"} for i in range(0, 60, 3)]
    found = {row["id"]: row for row in cluster([rows + twins], DedupConfig(neighbours=4))}
    pairs = [(found[f"t{i:02}"], found[f"{i:03}"]) for i in range(0, 60, 3)]
    assert all(twin["cluster_id"] == own["cluster_id"] for twin, own in pairs)


def test_nothing_is_dropped_for_the_likeness_of_a_chain(cluster: Cluster) -> None:
    words = text_of(6, 200).split()
    rows = [{"id": str(i), "text": " ".join(words[i * 12 : 100 + i * 12])} for i in range(8)]
    assert jaccard(rows[0]["text"], rows[7]["text"]) < 0.1
    found = cluster([rows], DedupConfig(threshold=0.7))
    assert {row["cluster_id"] for row in found} == {"0"}
    keepers = {row["keeper"] for row in found}
    assert 1 < len(keepers) < 8
    texts = {row["id"]: row["text"] for row in rows}
    assert all(jaccard(texts[row["id"]], texts[row["keeper"]]) >= 0.7 for row in found)


def test_documents_without_words_are_never_near_duplicates(cluster: Cluster) -> None:
    texts = [None, None, "", "  ", "!!!", "???", "!!!"]
    found = cluster([[{"id": str(i), "text": text} for i, text in enumerate(texts)]])
    assert [row["keeper"] for row in found] == ["0", "1", "2", "3", "4", "5", "4"]


def test_short_documents_are_compared_whole(cluster: Cluster) -> None:
    texts = ["бір екі", "бір, екі", "бір үш"]
    found = cluster([[{"id": str(i), "text": text} for i, text in enumerate(texts)]])
    assert [row["keeper"] for row in found] == ["0", "0", "2"]


BEST = {"title": "Тақырып", "published_at": datetime(2024, 1, 1, tzinfo=UTC).date()}
EARLY, LATE = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({**BEST, "words": 0}, {"title": "Тақырып", "published_at": None, "words": 5}),
        ({**BEST, "words": 5}, {**BEST, "words": 0}),
        ({**BEST, "retrieved_at": EARLY}, {**BEST, "retrieved_at": LATE}),
        ({**BEST, "retrieved_at": LATE}, {**BEST, "retrieved_at": None}),
        ({**BEST}, {**BEST, "title": ""}),
    ],
)
def test_the_more_complete_longer_older_document_is_kept(
    cluster: Cluster, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    def row(name: str, facts: dict[str, Any]) -> dict[str, Any]:
        text = text_of(8) + " және" * facts.get("words", 0)
        return {"id": name, "text": text, "retrieved_at": EARLY, **facts}

    found = cluster([[row("a", worse), row("b", better)]])
    assert [line["keeper"] for line in found] == ["b", "b"]
    assert [line["cluster_id"] for line in found] == ["a", "a"]


def test_an_id_that_comes_twice_is_one_document(cluster: Cluster, tmp_path: Path) -> None:
    late = {"id": "a", "text": text_of(9), "retrieved_at": LATE}
    early = {**late, "retrieved_at": EARLY}
    other = {"id": "b", "text": text_of(9), "retrieved_at": EARLY}
    found = cluster([[late], [other, early]])
    assert [row["id"] for row in found] == ["a", "b"]
    assert [row["cluster_size"] for row in found] == [2, 2]
    verdicts = [pq.read_table(path).to_pylist() for path in sorted(tmp_path.rglob("verdict-*"))]
    assert [[(row["id"], row["elected"]) for row in rows] for rows in verdicts] == [
        [("a", False)],
        [("b", True), ("a", True)],
    ]


def test_one_id_for_two_texts_is_corrupt(cluster: Cluster) -> None:
    with pytest.raises(Corrupt, match="two different texts"):
        cluster([[{"id": "a", "text": "бір"}], [{"id": "a", "text": "екі"}]])


def signed(folder: Path, text: str, config: DedupConfig) -> tuple[Path, Path]:
    documents, signatures = folder / "d.parquet", folder / "s.parquet"
    pq.write_table(pa.table({"id": ["a", "b"], "text": [text, text + " тағы"]}), documents)
    sign_shard(documents, signatures, config)
    return documents, signatures


def test_signatures_of_other_parameters_are_refused(tmp_path: Path) -> None:
    documents, signatures = signed(tmp_path, text_of(1), DedupConfig(seed=1))
    with pytest.raises(WrongUse, match="sign all shards again"):
        find_clusters([signatures], [documents], tmp_path / "c.parquet", DedupConfig(seed=2))
    assert not (tmp_path / "c.parquet").exists()


def test_documents_changed_since_signing_are_noticed(tmp_path: Path) -> None:
    documents, signatures = signed(tmp_path, text_of(1), DedupConfig())
    pq.write_table(pa.table({"id": ["a", "x"], "text": ["", ""]}), documents)
    with pytest.raises(Corrupt, match="changed since"):
        find_clusters([signatures], [documents], tmp_path / "c.parquet", DedupConfig())
    pq.write_table(pa.table({"id": ["a"], "text": [""]}), documents)
    with pytest.raises(Corrupt, match="has 1 rows but its signatures 2"):
        find_clusters([signatures], [documents], tmp_path / "c.parquet", DedupConfig())


def test_shards_and_signatures_must_match_in_number(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="at least one"):
        find_clusters([], [], tmp_path / "c.parquet", DedupConfig())


def test_a_shard_given_twice_is_refused(tmp_path: Path) -> None:
    documents, signatures = signed(tmp_path, text_of(1), DedupConfig())
    with pytest.raises(WrongUse, match="given twice"):
        load_nodes([signatures] * 2, [documents] * 2, DedupConfig(), False, tmp_path)


def test_labels_name_each_shard_by_what_tells_it_from_the_others(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a/x.parquet", "b/x.parquet", "b/a/x.parquet")]
    assert shard_labels(paths[:2]) == ["a/x.parquet", "b/x.parquet"]
    assert len(set(shard_labels(paths))) == 3
    assert shard_labels([]) == []
