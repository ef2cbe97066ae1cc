from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.identity import document_id
from kaz_datasets.release.diff import Count, diff_releases
from kaz_datasets.release.gate import Gate
from kaz_datasets.words import count_words

Row = dict[str, Any]


def rewritten(row: Row, text: str) -> Row:
    name = document_id(row["url"], text)
    return {**row, "id": name, "text": text, "words": count_words(text), "characters": len(text)}


def count(rows: list[Row]) -> Count:
    return Count(documents=len(rows), words=sum(row["words"] for row in rows))


@pytest.fixture
def two(corpus: Any, tmp_path: Path) -> tuple[Path, Path, list[Row]]:
    """Two releases: rows 50 to 56 come, 0 and 45 go, 1 is rewritten, a rule and a setting change.

    The rows are those of both.
    """
    rows = list(corpus.rows)
    rows.append(rewritten(rows[1], "Жаңа мәтін осы."))
    first = replace(corpus, rows=tuple(rows[:50]))
    first.release(tmp_path / "1.0.0", pipeline={"clean": {"version": 1, "rules": {"words": 50}}})
    later = [rows[57], *rows[2:45], *rows[46:57]]
    (tmp_path / "later").mkdir()
    second = replace(
        corpus,
        folder=tmp_path / "later",
        rows=tuple(later),
        rejected=corpus.rejected[:-1],
        config=replace(corpus.config, version="1.1.0", gate=Gate(licences=("*",))),
    )
    second.release(
        tmp_path / "1.1.0",
        previous=tmp_path / "1.0.0",
        pipeline={"clean": {"version": 2, "rules": {"words": 50}}},
    )
    return tmp_path / "1.0.0", tmp_path / "1.1.0", rows


def test_rows_are_counted_as_added_removed_or_changed(two: tuple[Path, Path, list[Row]]) -> None:
    before, after, rows = two
    diff = diff_releases(before, after)
    assert (diff.before, diff.after) == ("1.0.0", "1.1.0")
    assert diff.total.added == count(rows[50:57])
    assert diff.total.removed == count([rows[0], rows[45]])
    assert diff.total.changed == count([rows[57]])
    assert diff.total.words_before == rows[1]["words"]
    for groups in (diff.sources, diff.kinds):
        assert sum(group.added.words for group in groups.values()) == diff.total.added.words
    assert diff.sources["tan"].removed == count([rows[0]])
    assert diff.kinds["law"].removed == count([rows[45]])


def test_settings_rules_and_columns_that_differ_are_named(
    two: tuple[Path, Path, list[Row]],
) -> None:
    before, after, _ = two
    diff = diff_releases(before, after)
    settings = {change.name: (change.before, change.after) for change in diff.settings}
    assert settings["pipeline.clean.version"] == (1, 2)
    assert settings["config.gate.licences"][1] == ["*"]
    # and the third source comes with the new rows
    rest = [name for name in settings if not name.startswith("sources.sauly.")]
    assert len(rest) == 2
    rules = {change.name: (change.before, change.after) for change in diff.rules}
    assert rules == {"dedup: exact-duplicate": (3, 2)}
    assert diff.columns == ()
    assert json.loads(json.dumps(diff.to_json()))["total"]["added"]["documents"] == 7


def test_backwards_is_the_mirror_image(two: tuple[Path, Path, list[Row]]) -> None:
    before, after, _ = two
    there, back = diff_releases(before, after), diff_releases(after, before)
    assert there.total.added == back.total.removed
    assert there.total.removed == back.total.added
    assert there.total.changed.words == back.total.words_before


def test_a_release_and_itself(two: tuple[Path, Path, list[Row]]) -> None:
    diff = diff_releases(two[0], two[0])
    assert not diff.total.any
    assert (diff.settings, diff.rules, diff.columns) == ((), (), ())
