"""Forgeries that only the release before, or the patterns of personal data, can show."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from forging import NEWS, Mutation, Row, manifest, reseal, rows, text
from kaz_datasets.identity import document_id
from kaz_datasets.release import verify_release
from kaz_datasets.words import count_words

REMOVED = "changes/1.1.0/removed.parquet"
ADDED = "data/news/train/add-1.1.0-cyrl-00000.parquet"


def phones(found: str) -> Mapping[str, int]:
    """What the cleaning's patterns are to the command."""
    return {"phone": len(re.findall(r"\+7 7\d\d", found))}


@pytest.fixture(scope="module")
def two(make: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """1.0.0, and 1.1.0 without three of its documents and with seven more."""
    folder = tmp_path_factory.mktemp("two")
    corpus = make(folder / "first")
    mixed = [*corpus.rows[7:], *corpus.rows[:7]]
    replace(corpus, rows=tuple(mixed[:50])).release(folder / "1.0.0")
    (folder / "second").mkdir()
    later = replace(
        corpus,
        folder=folder / "second",
        rows=tuple(mixed[3:]),
        config=replace(corpus.config, version="1.1.0"),
    )
    later.release(folder / "1.1.0", previous=folder / "1.0.0")
    return folder / "1.0.0", folder / "1.1.0"


def slip_in(words: str) -> Callable[[list[Row]], list[Row]]:
    """A change that adds words to a text and mends what is computed from it."""

    def change(table: list[Row]) -> list[Row]:
        row = table[0]
        longer = row["text"] + words
        counts = {"words": count_words(longer), "characters": len(longer)}
        mended = {**row, **counts, "text": longer, "id": document_id(row["url"], longer)}
        return sorted([mended, *table[1:]], key=lambda row: (row["source"], row["host"]))

    return change


def take_away(folder: Path) -> None:
    (folder / NEWS).unlink()


def move_added_to_base(folder: Path) -> None:
    (folder / ADDED).rename(folder / NEWS.replace("00000", "00009"))


def forget_tombstones(folder: Path) -> None:
    shutil.rmtree(folder / "changes")


FORGERIES: dict[str, tuple[Mutation, str]] = {
    "link to the release before": (
        manifest(lambda value: _previous(value).update(digest="0" * 64)),
        "previous release",
    ),
    "no release before": (
        manifest(
            lambda value: (value.update(previous=None), value["config"].update(previous=None))
        ),
        "previous release",
    ),
    "a published shard rewritten": (rows(slip_in(" Ия."), NEWS), f"{NEWS} of the previous"),
    "a published shard gone": (take_away, f"{NEWS} of the previous release"),
    "new rows in an old series": (move_added_to_base, "release of .* in data/news"),
    "a tombstone removed": (
        rows(lambda table: table[1:], REMOVED),
        "figures.removed|figures.total",
    ),
    "all tombstones removed": (forget_tombstones, "rows that left without|figures.removed"),
    "a tombstone invented": (
        rows(lambda table: sorted([*table, {**table[0], "id": "f" * 32}], key=_by_id), REMOVED),
        "removed rows that never were in the data",
    ),
    "a tombstone twice": (
        rows(lambda table: [table[0], *table], REMOVED),
        f"row order in {REMOVED}",
    ),
    "a tombstone of another release": (
        rows(lambda table: [{**table[0], "removed_in": "1.0.5"}, *table[1:]], REMOVED),
        f"release of {REMOVED}",
    ),
    "a reason": (
        rows(lambda table: [{**table[0], "reason": "a whim"}, *table[1:]], REMOVED),
        "figures.removed",
    ),
    "erased, it says": (
        rows(lambda table: [{**table[0], "erased": True}, *table[1:]], REMOVED),
        "removed rows that are in the data again",
    ),
    "a new row that says it is old": (
        rows(lambda table: [{**table[0], "added_in": "1.0.0"}, *table[1:]], ADDED),
        "release of .* in data/news",
    ),
    "a phone number": (rows(slip_in(" +7 701 234 56 78"), ADDED), "personal data of"),
    "a licence that is not allowed": (
        rows(lambda table: [{**table[0], "licence": "CC-BY-NC-4.0"}, *table[1:]], ADDED),
        "right of",
    ),
    "no right": (
        rows(
            lambda table: [
                {**table[0], "rights": {**table[0]["rights"], "basis": "unclear"}},
                *table[1:],
            ],
            ADDED,
        ),
        "right of",
    ),
    "the gate": (
        manifest(lambda value: value["config"]["gate"].update(licences=["MIT"])),
        "right of",
    ),
    "the changelog's past": (
        text("CHANGELOG.md", r"## 1\.0\.0\n\n- \d+", "## 1.0.0\n\n- 99"),
        r"CHANGELOG\.md line",
    ),
}


def _previous(value: Row) -> Row:
    value["previous"] = {**value["previous"], "digest": "0" * 64}
    return dict(value["config"])["previous"]  # type: ignore[no-any-return]


def _by_id(row: Row) -> tuple[str, str]:
    return row["source"], row["id"]


def test_the_two_releases_themselves_pass(two: tuple[Path, Path]) -> None:
    assert verify_release(two[1], previous=two[0], personal=phones).failed == ()
    assert pq.read_metadata(two[1] / ADDED).num_rows > 1


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found_out(two: tuple[Path, Path], tmp_path: Path, forgery: str) -> None:
    mutate, named = FORGERIES[forgery]
    copy = Path(shutil.copytree(two[1], tmp_path / "1.1.0"))
    mutate(copy)
    reseal(copy)
    checks = verify_release(copy, previous=two[0], personal=phones).failed
    failed = [check.name for check in checks]
    assert any(re.search(named, name) for name in failed), failed
    assert json.loads((copy / "release.json").read_text("utf-8"))["version"] == "1.1.0"
