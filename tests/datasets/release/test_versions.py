"""Chains of releases: what a minor adds, what it leaves alone, and which number says so."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from datasets import load_dataset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.files import sha256_of
from kaz_datasets.identity import document_id
from kaz_datasets.release import verify_release
from kaz_datasets.release.admission import Barred
from kaz_datasets.release.version import Level, Version

Row = dict[str, Any]


def number_of(row: Row) -> int:
    return int(row["url"].rpartition("/")[2])


def stored(folder: Path) -> dict[str, Row]:
    paths = folder.glob("data/*/train/*.parquet")
    return {row["id"]: row for path in paths for row in pq.read_table(path).to_pylist()}


def tombstones(folder: Path, version: str = "*") -> dict[str, Row]:
    paths = folder.glob(f"changes/{version}/removed.parquet")
    return {row["id"]: row for path in paths for row in pq.read_table(path).to_pylist()}


def live(folder: Path) -> dict[str, Row]:
    gone = tombstones(folder)
    return {name: row for name, row in stored(folder).items() if name not in gone}


class Chain:
    """A corpus that changes, released again and again."""

    def __init__(self, corpus: Any, folder: Path) -> None:
        self.corpus, self.folder = corpus, folder
        self.last: Path | None = None

    def release(self, version: str, rows: Iterable[Row], **more: Any) -> Path:
        parts = self.folder / f"parts-{version}"
        parts.mkdir(parents=True)
        config = replace(self.corpus.config, version=version)
        changed = replace(self.corpus, folder=parts, rows=tuple(rows), config=config)
        output = self.folder / version
        changed.release(output, previous=self.last, **more)
        self.last = output
        return output


@pytest.fixture
def chain(corpus: Any, tmp_path: Path) -> Chain:
    """57 documents, of which the tests release some."""
    return Chain(corpus, tmp_path / "chain")


def test_a_minor_release_leaves_every_published_file_alone(chain: Chain) -> None:
    rows = chain.corpus.rows
    first = chain.release("1.0.0", rows[:50])
    second = chain.release("1.1.0", rows[2:])
    before = {path.relative_to(first) for path in first.glob("data/*/*/*.parquet")}
    for name in before:
        assert sha256_of(first / name) == sha256_of(second / name)
    added = {path.relative_to(second) for path in second.glob("data/*/*/*.parquet")} - before
    assert added
    assert all(path.name.startswith("add-1.1.0-") for path in added)
    assert set(live(second)) == {row["id"] for row in rows[2:]}
    assert set(tombstones(second)) == {row["id"] for row in rows[:2]}
    assert {row["added_in"] for row in live(second).values()} == {"1.0.0", "1.1.0"}
    assert verify_release(second, previous=first).failed == ()


def test_three_minors_and_a_major(chain: Chain) -> None:
    rows = chain.corpus.rows
    folders = [
        chain.release("1.0.0", rows[:40]),
        chain.release("1.1.0", rows[1:45]),
        chain.release("1.2.0", rows[3:]),
        chain.release("2.0.0", rows[4:]),
    ]
    for before, after in pairwise(folders):
        assert verify_release(after, previous=before).failed == ()
    third, major = folders[2:]
    assert sorted(path.parent.name for path in third.glob("changes/*/*")) == ["1.1.0", "1.2.0"]
    # a major is written anew: nothing of it is removed, and it says what it left out
    assert {path.name[:6] for path in major.glob("data/*/*/*.parquet")} == {"base-2"}
    assert set(stored(major)) == {row["id"] for row in rows[4:]}
    assert set(tombstones(major)) == {rows[3]["id"]}
    told = {row["added_in"] for row in stored(major).values()}
    assert told == {"1.0.0", "1.1.0", "1.2.0"}


def test_a_chain_links_digests_and_tells_its_history(chain: Chain) -> None:
    rows = chain.corpus.rows
    first = chain.release("1.0.0", rows[:50])
    second = chain.release("1.1.0", rows[1:])
    link = json.loads((second / "release.json").read_text("utf-8"))["previous"]
    digest = sha256_of(first / "release.json")
    assert link == {"version": "1.0.0", "commit": None, "digest": digest}
    changelog = (second / "CHANGELOG.md").read_text("utf-8")
    assert "- Against 1.0.0: 7 documents added, 1 removed (absent 1)." in changelog
    assert changelog.endswith((first / "CHANGELOG.md").read_text("utf-8").partition("\n")[2])


def test_why_a_row_was_removed(chain: Chain) -> None:
    rows = list(chain.corpus.rows)
    chain.release("1.0.0", rows)
    changed = {**rows[0], "text": "Басқа мәтін."}
    changed |= {"id": document_id(changed["url"], changed["text"]), "words": 2, "characters": 12}
    dropped = {
        "id": rows[1]["id"],
        "url": rows[1]["url"],
        "source": rows[1]["source"],
        "stage": "dedup",
        "rule": "near-duplicate",
        "value": None,
    }
    chain.corpus = replace(chain.corpus, rejected=(*chain.corpus.rejected, dropped))
    after = chain.release("1.1.0", [changed, *rows[3:]])
    reasons = {name: row["reason"] for name, row in tombstones(after).items()}
    assert reasons == {
        rows[0]["id"]: "changed",
        rows[1]["id"]: "dedup: near-duplicate",
        rows[2]["id"]: "absent",
    }
    assert verify_release(after).failed == ()


def test_the_same_chain_gives_the_same_bytes(chain: Chain, corpus: Any, tmp_path: Path) -> None:
    rows = corpus.rows
    other = Chain(corpus, tmp_path / "other")
    shuffled = list(rows)
    random.Random(5).shuffle(shuffled)
    for version, some in (("1.0.0", rows[:50]), ("1.1.0", rows[5:]), ("2.0.0", rows[6:])):
        chain.release(version, some)
        names = {row["id"] for row in some}
        other.release(version, [row for row in shuffled if row["id"] in names])
    for path in chain.folder.rglob("[0-9]*/**/*"):
        if path.is_file():
            assert path.read_bytes() == (other.folder / path.relative_to(chain.folder)).read_bytes()


def test_a_barred_row_is_erased_from_files_that_held_it(chain: Chain) -> None:
    rows = chain.corpus.rows
    first = chain.release("1.0.0", rows)
    second = chain.release("1.1.0", rows[1:])
    # one that was only marked as removed so far, and one that stands
    gone = {rows[0]["id"], rows[5]["id"]}
    third = chain.release("1.2.0", rows[1:], barred=Barred.takedowns(gone))
    assert not gone & set(stored(third))
    marks = {
        name: (row["reason"], row["erased"]) for name, row in tombstones(third, "1.2.0").items()
    }
    assert marks == dict.fromkeys(gone, ("takedown", True))
    for name in gone:
        for path in third.rglob("*.parquet"):
            if "data" in path.parts:
                assert name.encode() not in path.read_bytes()
    assert verify_release(third, previous=second).failed == ()
    assert set(stored(first)) >= gone  # earlier revisions hold it until they are deleted


@pytest.mark.parametrize(
    ("version", "rows", "message"),
    [
        ("1.0.1", slice(0, 57), r"would hide .*7 documents added.*: use 1\.1\.0 or 2\.0\.0"),
        ("1.2.0", slice(0, 57), r"does not follow 1\.0\.0"),
        ("1.0.0", slice(0, 57), r"does not follow 1\.0\.0"),
        ("3.0.0", slice(0, 50), r"does not follow 1\.0\.0 \(no document changed\): use 1\.0\.1"),
    ],
)
def test_a_version_that_lies_is_refused(
    chain: Chain, version: str, rows: slice, message: str
) -> None:
    chain.release("1.0.0", chain.corpus.rows[:50])
    (chain.folder / "parts-1.0.0").rename(chain.folder / "before")
    with pytest.raises(BadConfiguration, match=message):
        chain.release(version, chain.corpus.rows[rows])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"licence": "CC-BY-SA-4.0"}, "licence of 1 published documents changed"),
        ({"source": "zan"}, "source of 1 published documents changed"),
    ],
)
def test_a_row_that_means_something_else_needs_a_major(
    chain: Chain, change: Row, message: str
) -> None:
    rows = list(chain.corpus.rows)
    chain.release("1.0.0", rows)
    with pytest.raises(BadConfiguration, match=message):
        chain.release("1.1.0", [{**rows[0], **change}, *rows[1:]])


def test_a_row_that_returns_needs_a_major(chain: Chain) -> None:
    rows = chain.corpus.rows
    chain.release("1.0.0", rows)
    chain.release("1.1.0", rows[1:])
    with pytest.raises(BadConfiguration, match="1 documents return"):
        chain.release("1.2.0", rows)
    major = chain.release("2.0.0", rows)
    assert stored(major)[rows[0]["id"]]["added_in"] == "2.0.0"
    assert verify_release(major).failed == ()


def test_a_row_keeps_what_it_was_published_with(chain: Chain) -> None:
    rows = list(chain.corpus.rows)
    chain.release("1.0.0", rows)
    after = chain.release("1.0.1", [{**rows[0], "title": "Жаңа тақырып"}, *rows[1:]])
    assert live(after)[rows[0]["id"]]["title"] == rows[0]["title"]
    assert verify_release(after).failed == ()


def test_readers_see_old_rows_in_their_place_and_filter_the_removed(
    chain: Chain, tmp_path: Path
) -> None:
    rows = chain.corpus.rows
    first = chain.release("1.0.0", rows[:50])
    second = chain.release("1.1.0", rows[2:])
    before, after = (
        load_dataset(str(folder), split="train", cache_dir=str(tmp_path / folder.name))
        for folder in (first, second)
    )
    assert after["id"][: before.num_rows] == before["id"][:]
    removed = load_dataset(str(second), "removed", split="train", cache_dir=str(tmp_path / "r"))
    gone = set(removed["id"])
    assert len(after.filter(lambda row: row["id"] not in gone)) == 55


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.sets(st.integers(0, 56), min_size=1), min_size=2, max_size=4))
def test_a_chain_stands_for_exactly_what_was_kept(
    corpus: Any, tmp_path_factory: pytest.TempPathFactory, steps: list[set[int]]
) -> None:
    chain = Chain(corpus, tmp_path_factory.mktemp("steps"))
    version = Version(1, 0, 0)
    for step in steps:
        rows = [corpus.rows[number] for number in sorted(step)]
        try:
            folder = chain.release(str(version), rows)
        except BadConfiguration:  # a row returns: that needs a major
            version = Version(version.major + 1, 0, 0)
            (chain.folder / f"parts-{version}").mkdir(exist_ok=True)
            (chain.folder / f"parts-{version}").rmdir()
            folder = chain.release(str(version), rows)
        assert set(live(folder)) == {row["id"] for row in rows}
        assert verify_release(folder).failed == ()
        version = version.next(Level.MINOR)


@pytest.mark.parametrize(
    ("level", "expected"), [(Level.PATCH, "1.2.4"), (Level.MINOR, "1.3.0"), (Level.MAJOR, "2.0.0")]
)
def test_the_next_version(level: Level, expected: str) -> None:
    assert str(Version.parse("1.2.3").next(level)) == expected


def test_versions_are_in_the_order_of_their_numbers() -> None:
    assert Version.parse("1.10.0") > Version.parse("1.9.9")
