from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.account import Account, Tally
from kaz_datasets.errors import AccountsDisagree
from kaz_datasets.files import sha256_of, write_text
from kaz_datasets.stage import Stage

ACCOUNT = Account(sources={"tan": Tally(entered=2, kept=1, dropped={"short": 1})})


@dataclass(frozen=True, kw_only=True)
class Config:
    threshold: float = 0.8
    name: str = "тан"


class Work:
    """Writes one file and counts how often it was asked to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "out/a.txt"
        self.times = 0

    def __call__(self) -> tuple[Account, Sequence[Path]]:
        self.times += 1
        write_text(self.path, "done")
        return ACCOUNT, [self.path]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(
        name="clean", folder=tmp_path, inputs={"a": "1", "b": "2"}, config=Config(), version=1
    )


def test_a_finished_stage_is_skipped(stage: Stage, tmp_path: Path) -> None:
    work = Work(tmp_path)
    first, second = stage.run(work), stage.run(work)
    assert (first.skipped, second.skipped, work.times) == (False, True, 1)
    assert first.outputs == second.outputs == {"out/a.txt": sha256_of(work.path)}
    assert second.account == first.account == ACCOUNT
    assert second.seconds == first.seconds


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"inputs": {"a": "1", "b": "3"}},
        {"inputs": {"a": "1"}},
        {"config": Config(threshold=0.9)},
        {"config": {"threshold": 0.8}},
        {"version": 2},
    ],
)
def test_whatever_decides_the_outputs_makes_it_run_again(
    stage: Stage, tmp_path: Path, change: dict[str, Any]
) -> None:
    work = Work(tmp_path)
    stage.run(work)
    changed = replace(stage, **change)
    assert changed.finished() is None
    assert changed.run(work).skipped is False
    assert work.times == 2


def test_order_of_inputs_does_not_matter(stage: Stage) -> None:
    assert replace(stage, inputs={"b": "2", "a": "1"}).key == stage.key


@pytest.mark.parametrize("damage", ["missing", "shorter"])
def test_an_output_that_is_gone_makes_it_run_again(
    stage: Stage, tmp_path: Path, damage: str
) -> None:
    work = Work(tmp_path)
    stage.run(work)
    if damage == "missing":
        work.path.unlink()
    else:
        work.path.write_text("don")
    assert stage.run(work).skipped is False
    assert work.path.read_text() == "done"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"key": 1, "outputs": 2}'])
def test_a_record_of_nonsense_says_nothing(stage: Stage, tmp_path: Path, content: bytes) -> None:
    stage.record.write_bytes(content)
    assert stage.finished() is None
    assert stage.run(Work(tmp_path)).skipped is False


def test_a_record_whose_account_was_changed_says_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.run(Work(tmp_path))
    record = json.loads(stage.record.read_text("utf-8"))
    record["account"]["kept"] = 2
    stage.record.write_text(json.dumps(record), "utf-8")
    assert stage.finished() is None


def test_work_that_fails_leaves_no_record(stage: Stage, tmp_path: Path) -> None:
    stage.run(Work(tmp_path))

    def fail() -> tuple[Account, Sequence[Path]]:
        raise AccountsDisagree("lost a row")

    with pytest.raises(AccountsDisagree):
        replace(stage, version=2).run(fail)
    assert not stage.record.exists()
    assert stage.finished() is None


def test_the_record_tells_what_was_done(stage: Stage, tmp_path: Path) -> None:
    result = stage.run(Work(tmp_path))
    record = json.loads(stage.record.read_text("utf-8"))
    assert record["stage"] == "clean"
    assert record["config"] == {"threshold": 0.8, "name": "тан"}
    assert record["inputs"] == {"a": "1", "b": "2"}
    assert record["outputs"] == {"out/a.txt": {"bytes": 4, "sha256": result.outputs["out/a.txt"]}}
    assert record["account"] == ACCOUNT.to_json()
