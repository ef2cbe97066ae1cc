"""The register, its public face, and releases that honour it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kaz_datasets.errors import BadConfiguration, Corrupt
from kaz_datasets.release import verify_release
from kaz_datasets.takedown.found import find_rows, releases_holding
from kaz_datasets.takedown.register import Register
from kaz_datasets.takedown.request import Takedown, Target


def takedown(number: int = 1, **changed: Any) -> Takedown:
    values = {
        "number": number,
        "date": "2026-02-03",
        "requester": "person",
        "reason": "personal data",
        "target": Target.of("url", "https://Tan.example/kk/1?utm_source=x"),
        "ids": ("a" * 32,),
    }
    return Takedown(**{**values, **changed})


def test_the_register_is_read_back(tmp_path: Path) -> None:
    register = Register.of(tmp_path).add(takedown()).add(takedown(2, requester="author"))
    again = Register.of(tmp_path)
    assert again == register
    assert again.next_number == 3
    assert again.takedowns[0].target.value == "https://tan.example/kk/1"


def test_what_is_shown_names_no_address_and_no_text(tmp_path: Path) -> None:
    register = Register.of(tmp_path).add(takedown())
    register = register.add(takedown(2, target=Target.of("text", "Құпия мәтін.")))
    shown = json.dumps([entry.to_json() for entry in register.public()], ensure_ascii=False)
    assert "tan.example" not in shown
    assert "Құпия" not in shown + (tmp_path / "takedowns.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    "wrong",
    [
        {"requester": "Иван Иванов"},
        {"date": "3.2.2026"},
        {"date": "2026-13-01"},
        {"reason": ""},
        {"reason": "x" * 300},
        {"reason": "a\nb"},
        {"ids": ("short",)},
    ],
)
def test_a_wrong_request_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadConfiguration):
        takedown(**wrong)


@pytest.mark.parametrize(
    ("by", "value"),
    [("url", "tan.example/1"), ("host", "https://tan.example"), ("host", "tan"), ("id", "xyz")],
)
def test_a_wrong_target_is_refused(by: Any, value: str) -> None:
    with pytest.raises(BadConfiguration):
        Target.of(by, value)


def test_a_register_of_nonsense_names_its_line(tmp_path: Path) -> None:
    Register.of(tmp_path).add(takedown())
    with (tmp_path / "takedowns.jsonl").open("a") as stream:
        stream.write("{}\n")
    with pytest.raises(Corrupt, match="line 2"):
        Register.of(tmp_path)


def test_rows_are_found_by_each_name(corpus: Any) -> None:
    shards, row = corpus.kept(), corpus.rows[7]
    for by in ("url", "id"):
        assert [found.id for found in find_rows(Target.of(by, row[by]), shards)] == [row["id"]]
    assert len(list(find_rows(Target.of("host", row["host"]), shards))) == 40


def test_a_release_honours_the_register_for_ever(corpus: Any, tmp_path: Path) -> None:
    rows = corpus.rows
    corpus.release(tmp_path / "1.0.0")
    register = Register.of(tmp_path).add(
        takedown(target=Target.of("url", rows[3]["url"]), ids=(rows[3]["id"],))
    )
    register = register.add(takedown(2, target=Target.of("host", "zan.example"), ids=()))
    gone = {row["id"] for row in rows if row["source"] == "zan"} | {rows[3]["id"]}
    assert set(register.barred(corpus.kept()).ids) == gone
    config = replace(corpus.config, version="1.1.0")
    summary = replace(corpus, config=config).release(
        tmp_path / "1.1.0",
        previous=tmp_path / "1.0.0",
        barred=register.barred(corpus.kept()),
        takedowns=register.takedowns,
    )
    assert summary.figures.removed == {"1.1.0": {"takedown": 13}}
    assert dict(summary.figures.funnel)["release"].dropped == {"takedown": 13}
    after = tmp_path / "1.1.0"
    stored = {
        name
        for path in after.glob("data/*/*/*.parquet")
        for name in pq.read_table(path, columns=["id"])["id"].to_pylist()
    }
    assert not stored & gone
    assert verify_release(after, previous=tmp_path / "1.0.0").failed == ()
    log = (after / "TAKEDOWNS.md").read_text("utf-8")
    assert "| 1 | 2026-02-03 | person | url | 1 | 0 | personal data |" in log
    assert "example" not in log
    holding = releases_holding(sorted(gone), tmp_path)
    assert list(holding) == ["1.0.0"]
    assert sum(holding["1.0.0"].values()) == 13


def test_a_resurrected_row_and_a_shortened_log_are_found_out(corpus: Any, tmp_path: Path) -> None:
    first = takedown(ids=(corpus.rows[0]["id"],))
    rows = replace(corpus, rows=corpus.rows[1:])
    rows.release(tmp_path / "1.0.0", takedowns=[first])
    assert verify_release(tmp_path / "1.0.0").failed == ()
    corpus.release(tmp_path / "back", takedowns=[first])
    failed = [check.name for check in verify_release(tmp_path / "back").failed]
    assert failed == ["documents taken down that are in the data"]
    config = replace(corpus.config, version="1.0.1")
    replace(rows, config=config).release(tmp_path / "1.0.1", previous=tmp_path / "1.0.0")
    check = verify_release(tmp_path / "1.0.1", previous=tmp_path / "1.0.0").failed[0]
    assert re.match("takedowns of the previous release", check.name)
