"""`kazcorpus publish` against a Hub that misbehaves: one sentence, exit code 1, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_build import Demo
from kaz_datasets.errors import Refused
from kaz_datasets.files import write_json
from kaz_datasets.hub import Fault, Faults, serve
from kaz_datasets.hub.server import RunningHub
from kaz_datasets.record import SCHEMA
from kaz_datasets.shards import read_shard, write_shard
from kaz_flows.cli.app import run
from kaz_flows.publish import refuse_unclear_rights

TOKEN = "hf_made_up_for_this_test"
REPO = "tester/corpus"
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def hub(tmp_path: Path, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHub]:
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serve(tmp_path / "hub", tokens={TOKEN: "write"}, faults=faults) as running:
        yield running


def publish(demo: Demo, hub: RunningHub, *more: str) -> int:
    where = ["--repo", REPO, "--endpoint", hub.url, "--workspace", str(demo.workspace.root)]
    return run(["publish", *where, *more])


def test_a_release_is_published_once(
    demo: Demo, hub: RunningHub, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for _ in range(2):
        assert publish(demo, hub, "--json") == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert [answer["state"] for answer in answers] == ["published", "already published"]
    assert answers[0]["commit"] == answers[1]["commit"]
    assert answers[0]["tag"] == "v1.0.0"


MISFORTUNES = [
    (Fault(method="GET", path="/api/.*", status=401, times=99), "HF_TOKEN"),
    (Fault(method="POST", path=".*/commit/.*", status=412), "somebody else"),
]


@pytest.mark.parametrize(("fault", "said"), MISFORTUNES, ids=["401", "412"])
def test_a_hub_that_does_not_take_it_is_one_sentence(
    fault: Fault,
    said: str,
    demo: Demo,
    hub: RunningHub,
    faults: Faults,
    capsys: pytest.CaptureFixture[str],
) -> None:
    faults.add(fault)
    assert publish(demo, hub, "--timeout", "1") == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("kazcorpus: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert TOKEN not in captured.err + captured.out
    # and once the Hub is well again, the same command does it
    faults.clear()
    assert publish(demo, hub) == 0


def test_no_token_is_said(
    demo: Demo,
    hub: RunningHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "none"))
    assert publish(demo, hub) == 1
    assert "set HF_TOKEN" in capsys.readouterr().err


def test_a_release_that_does_not_exist_is_named(
    demo: Demo, hub: RunningHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(demo, hub, "9.9.9") == 2
    assert "9.9.9" in capsys.readouterr().err


def test_rows_without_a_stated_right_are_never_published(demo: Demo, tmp_path: Path) -> None:
    source = next(demo.build.release.glob("data/law/*/*.parquet"))
    row = read_shard(source).to_pylist()[0]
    unclear = {**row, "rights": {"basis": "unclear", "signals": []}}
    write_shard(tmp_path / "data" / "law" / "train" / "x.parquet", [row, unclear], SCHEMA)
    write_json(tmp_path / "release.json", {})
    with pytest.raises(Refused, match=r"demo-law \(1 rows\)"):
        refuse_unclear_rights(tmp_path)


def test_a_release_compares_with_its_published_self(
    demo: Demo, hub: RunningHub, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert publish(demo, hub) == 0
    capsys.readouterr()
    there = f"{REPO}@v1.0.0"
    assert run(["diff", str(demo.build.release), there, "--endpoint", hub.url, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total"]["added"]["documents"] == found["total"]["removed"]["documents"] == 0
    assert (found["settings"], found["rules"], found["columns"]) == ([], [], [])
    assert run(["verify", there, "--endpoint", hub.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"]
    assert run(["verify", f"{REPO}@v9.9.9", "--endpoint", hub.url]) == 2
    assert TOKEN not in capsys.readouterr().err
