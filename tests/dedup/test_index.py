from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaz_datasets.errors import Corrupt, NotFound, WrongUse
from kaz_dedup import DedupConfig, Index
from kaz_dedup.tool import dedup_files

WORDS = [f"сөз{number}" for number in range(3_000)]


def text_of(seed: int, words: int = 100) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def changed(text: str, changes: int, seed: int) -> str:
    generator, words = random.Random(seed), text.split()
    for place in generator.sample(range(len(words)), changes):
        words[place] = f"өзге{seed}"
    return " ".join(words)


def write(path: Path, texts: Mapping[str, str | None]) -> Path:
    pq.write_table(pa.table({"id": list(texts), "text": list(texts.values())}), path)
    return path


def families(count: int, seed: int) -> dict[str, str]:
    draw = random.Random(seed)
    rows = {}
    for family in range(count):
        base = text_of(seed * 1_000 + family, draw.randint(40, 120))
        for member in range(draw.randint(1, 5)):
            rows[f"{draw.getrandbits(64):016x}"] = changed(base, draw.randint(0, 4), member)
    return rows


def partition(table: pa.Table) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in table.to_pylist():
        found.setdefault(row["cluster_id"], set()).add(row["id"])
    return {frozenset(members) for members in found.values()}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """One release of three documents."""
    made = Index.create(tmp_path / "index")
    first = write(tmp_path / "1.parquet", {"a": text_of(1), "b": text_of(2), "c": text_of(3)})
    made.add("1.0.0", [first])
    return made


def rows_of(index: Index, folder: Path, texts: Mapping[str, str | None]) -> dict[str, Any]:
    table = index.match([write(folder / "new.parquet", texts)]).table
    return {row["id"]: row for row in table.to_pylist()}


def test_a_match_names_the_old_id_and_its_release(index: Index, tmp_path: Path) -> None:
    near, exact = changed(text_of(1), 2, 9), "  " + text_of(2).upper()
    found = rows_of(
        index, tmp_path, {"x": near, "y": exact, "z": text_of(7), "w": None, "a": text_of(1)}
    )
    assert (found["x"]["keeper"], found["x"]["keeper_release"]) == ("a", "1.0.0")
    assert found["x"]["rule"] == "near-duplicate"
    assert 0.8 <= found["x"]["similarity"] < 1
    assert (found["y"]["keeper"], found["y"]["rule"]) == ("b", "exact-duplicate")
    assert (found["z"]["keeper"], found["z"]["rule"], found["z"]["cluster_id"]) == ("z", None, "z")
    assert (found["w"]["keeper"], found["w"]["rule"]) == ("w", None)
    assert found["a"]["rule"] == "published-before"


@pytest.mark.parametrize("parts", [2, 5])
@pytest.mark.parametrize("seed", [1, 2])
def test_releases_one_by_one_give_the_clusters_of_one_run(
    tmp_path: Path, parts: int, seed: int
) -> None:
    rows = families(40, seed)
    names = random.Random(seed).sample(sorted(rows), len(rows))
    index = Index.create(tmp_path / "index")
    for part in range(parts):
        path = write(
            tmp_path / f"{part}.parquet", {name: rows[name] for name in names[part::parts]}
        )
        found = index.add(f"{part}.0.0", [path])
        assert len(found.kept()) + sum(found.dropped().values()) == len(found.table)
        index = Index.open(tmp_path / "index")
    whole = write(tmp_path / "whole.parquet", rows)
    dedup_files([whole], tmp_path / "out")
    expected = partition(pq.read_table(tmp_path / "out" / "clusters.parquet"))
    assert partition(index.clusters()) == expected
    index.compact()
    assert partition(index.clusters()) == expected
    assert len(list((tmp_path / "index").glob("segment-*"))) == 1
    again = rows_of(index, tmp_path, {"new": changed(rows[names[0]], 1, 5)})["new"]
    assert again["rule"] == "near-duplicate"


def test_a_deleted_document_is_no_keeper_and_its_copies_stay_out(
    index: Index, tmp_path: Path
) -> None:
    near = changed(text_of(1), 2, 9)
    gone = index.remove(["a", "unknown"])
    assert (gone.removed, gone.unknown, gone.relatives) == (("a",), ("unknown",), ())
    index = Index.open(index.folder)
    found = rows_of(index, tmp_path, {"x": near, "a": text_of(1), "y": changed(text_of(2), 1, 3)})
    assert (found["x"]["rule"], found["x"]["keeper"]) == ("taken-down", None)
    assert found["a"]["rule"] == "taken-down"
    assert found["y"]["keeper"] == "b"
    assert "a" not in index.clusters().column("id").to_pylist()
    assert index.releases()[0].blocked == 1


def test_a_tombstone_outlives_later_releases_and_compaction(index: Index, tmp_path: Path) -> None:
    index.add("1.1.0", [write(tmp_path / "2.parquet", {"d": text_of(4)})])
    index.remove(["a"])
    index.add("1.2.0", [write(tmp_path / "3.parquet", {"e": text_of(5)})])
    index.compact()
    assert index.remove(["a"]).removed == ("a",)  # twice does no harm
    index = Index.open(index.folder)
    found = rows_of(index, tmp_path, {"x": changed(text_of(1), 1, 2), "y": text_of(4)})
    assert (found["x"]["rule"], found["y"]["keeper"]) == ("taken-down", "d")


def test_a_tombstone_can_be_lifted(index: Index, tmp_path: Path) -> None:
    index.remove(["a"])
    index.remove(["a"], block_return=False)
    assert rows_of(index, tmp_path, {"a": text_of(1)})["a"]["rule"] is None


def test_what_was_never_published_can_be_blocked(index: Index, tmp_path: Path) -> None:
    path = write(tmp_path / "secret.parquet", {"a": text_of(1), "s": text_of(8)})
    assert index.block([path]).removed == ("a",)
    before = len(index)
    assert index.block([path]).removed == ("a", "s")
    assert len(index) == before
    found = rows_of(
        Index.open(index.folder), tmp_path, {"x": changed(text_of(8), 1, 2), "y": text_of(7)}
    )
    assert (found["x"]["rule"], found["y"]["rule"]) == ("taken-down", None)
    assert [release.name for release in index.releases()] == ["1.0.0"]
    with pytest.raises(WrongUse, match="another name"):
        index.add("taken-down", [path])


def test_an_empty_index_takes_tombstones_first(tmp_path: Path) -> None:
    empty = Index.create(tmp_path / "index")
    assert empty.remove([7]).unknown == (7,)
    path = tmp_path / "numbers.parquet"
    pq.write_table(pa.table({"id": [7], "text": [text_of(1)]}), path)
    assert empty.block([path]).unknown == (7,)
    assert empty.match([path]).dropped() == {"taken-down": 1}


def test_without_a_tombstone_nothing_is_left(index: Index, tmp_path: Path) -> None:
    assert index.remove(["a"], block_return=False).removed == ("a",)
    assert len(Index.open(index.folder)) == 2
    found = rows_of(index, tmp_path, {"x": text_of(1)})
    assert (found["x"]["keeper"], found["x"]["rule"]) == ("x", None)


def test_a_cluster_outlives_its_oldest_member(index: Index, tmp_path: Path) -> None:
    near = {name: changed(text_of(1), 1, seed) for seed, name in enumerate("xy", 20)}
    index.add("1.1.0", [write(tmp_path / "2.parquet", near)])
    assert index.remove(["a"], block_return=False).relatives == ("x", "y")
    assert frozenset("xy") in partition(index.clusters())


@pytest.mark.parametrize(
    "name",
    ["documents.parquet", "keys.npy", "places.npy", "hashes.npy", "shingles.npy", "ends.npy",
     "clusters.npy", "merges.npy"],
)  # fmt: skip
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_damage_is_found_at_open(index: Index, name: str, damage: str) -> None:
    path = index.folder / "segment-000001" / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 4
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(raw if damage == "flip" else path.read_bytes()[:-1])
    with pytest.raises(Corrupt, match=name):
        Index.open(index.folder)


def test_a_damaged_manifest_and_a_missing_one_are_named(index: Index, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"Index\.create"):
        Index.open(tmp_path / "nowhere")
    (index.folder / "index.json").write_text("{")
    with pytest.raises(Corrupt, match=r"index\.json"):
        Index.open(index.folder)


def test_half_written_segments_do_not_count_and_are_swept(index: Index, tmp_path: Path) -> None:
    shutil.copytree(index.folder / "segment-000001", index.folder / "segment-000002")
    (index.folder / ".segment-000003.partial").mkdir()
    again = Index.open(index.folder)
    assert len(again) == 3
    again.add("1.1.0", [write(tmp_path / "2.parquet", {"z": text_of(9)})])
    names = {path.name for path in again.folder.iterdir()}
    assert names == {"index.json", "lock", "segment-000001", "segment-000002"}
    assert len(Index.open(index.folder)) == 4


def test_wrong_uses_are_named(index: Index, tmp_path: Path) -> None:
    path = write(tmp_path / "2.parquet", {"z": text_of(9)})
    with pytest.raises(WrongUse, match="already: open"):
        Index.create(index.folder)
    with pytest.raises(WrongUse, match="add one only once"):
        index.add("1.0.0", [path])
    with pytest.raises(WrongUse, match="other parameters"):
        Index.open(index.folder, DedupConfig(seed=1))
    with pytest.raises(WrongUse, match="another text"):
        index.add("2.0.0", [write(tmp_path / "3.parquet", {"a": "басқа мәтін"})])
    pq.write_table(pa.table({"id": ["q", "q"], "text": ["x", "y"]}), path)
    with pytest.raises(WrongUse, match="comes twice"):
        index.add("2.0.0", [path])
    stale = Index.open(index.folder)
    index.add("3.0.0", [write(tmp_path / "4.parquet", {"z": text_of(9)})])
    with pytest.raises(WrongUse, match="open it again"):
        stale.remove(["b"])
