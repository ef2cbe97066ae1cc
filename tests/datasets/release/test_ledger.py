"""`ledger.json`, numbers that cannot follow, and what a kill leaves between two renames."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.files import sha256_of
from kaz_datasets.release import verify_release
from kaz_datasets.release.config import Previous
from kaz_datasets.release.ledger import check_ledger
from kaz_datasets.release.manifest import read_manifest
from kaz_datasets.release.succession import check_number
from kaz_datasets.release.tree import settle_replaced
from kaz_datasets.release.version import Version


def test_each_release_carries_the_ledger_of_those_before(
    corpus: Any, make_corpus: Callable[..., Any], tmp_path: Path
) -> None:
    commit = "c" * 40
    previous = None
    for number, version in enumerate(("1.0.0", "1.1.0", "1.2.0")):
        rows = make_corpus(rows=corpus.rows[: 50 + number])
        # the commit of the first is known only when the third is built
        earlier = (Previous(version="1.0.0", commit=commit),) if number == 2 else ()
        config = replace(corpus.config, version=version, earlier=earlier)
        rows.release(tmp_path / version, config=config, previous=previous)
        if previous is not None:
            assert verify_release(tmp_path / version, previous=previous).failed == ()
        previous = tmp_path / version
    ledger = json.loads((tmp_path / "1.2.0/ledger.json").read_text("utf-8"))
    digests = [sha256_of(tmp_path / name / "release.json") for name in ("1.0.0", "1.1.0")]
    assert ledger == {
        "repo": "owner/corpus",
        "earlier": [
            {"version": "1.0.0", "tag": "v1.0.0", "commit": commit, "release.json": digests[0]},
            {"version": "1.1.0", "tag": "v1.1.0", "commit": None, "release.json": digests[1]},
        ],
    }
    config = read_manifest(tmp_path / "1.2.0").facts.config
    before = read_manifest(tmp_path / "1.1.0").facts.config
    assert all(check.passed for check in check_ledger(config, before, digests[1]))
    forgotten = replace(config, earlier=config.earlier[1:])
    moved = replace(before, earlier=(replace(before.earlier[0], commit="d" * 40),))
    for now, then in ((forgotten, before), (config, moved)):
        assert [check.passed for check in check_ledger(now, then, digests[1])].count(False) == 1


@pytest.mark.parametrize("number", ["1.0.1", "1.1.0", "2.0.0", "1.0.0"])
def test_a_number_that_may_follow_is_let_through(number: str) -> None:
    check_number(Version.parse(number), [Version.parse("1.0.0")])
    check_number(Version.parse(number), [])


@pytest.mark.parametrize("number", ["0.9.0", "1.0.2", "1.2.0", "3.0.0"])
def test_a_number_that_cannot_follow_is_refused(number: str) -> None:
    with pytest.raises(BadConfiguration, match=r"use 1\.0\.1, 1\.1\.0, 2\.0\.0"):
        check_number(Version.parse(number), [Version.parse("1.0.0")])


@pytest.mark.parametrize("there", [True, False])
def test_what_a_kill_between_two_renames_leaves_is_settled(tmp_path: Path, there: bool) -> None:
    for name in (".1.0.0.replaced", ".1.0.0.building", *(["1.0.0"] if there else [])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "release.json").write_text(name)
    settle_replaced(tmp_path)
    settle_replaced(tmp_path)
    (left,) = tmp_path.iterdir()
    assert (left / "release.json").read_text() == ("1.0.0" if there else ".1.0.0.replaced")
