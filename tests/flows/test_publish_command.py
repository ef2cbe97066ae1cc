"""`kazcorpus publish` against a Hub that misbehaves: one sentence, exit code 1, nothing lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_build import Demo
from forging import reseal, rows
from kaz_datasets.files import sha256_of
from kaz_datasets.hub import Fault, Faults, serve
from kaz_datasets.hub.server import RunningHub
from kaz_datasets.publishing.ledger import Ledger
from kaz_datasets.release.manifest import MANIFEST
from kaz_flows.cli.app import run

TOKEN = "hf_made_up_for_this_test"
REPO = "tester/corpus"
PHONE = "Тел.: +7 701 234 56 78"
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


def test_one_command_publishes_to_every_place(
    demo: Demo, hub: RunningHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    for place in (str(folder), f"file://{tmp_path}/file", f"hf://{REPO}", "memory://here"):
        for state in ("published", "already published"):
            where = ["--to", place, "--workspace", str(demo.workspace.root)]
            assert run(["publish", *where, "--endpoint", hub.url, "--json"]) == 0
            answer = json.loads(capsys.readouterr().out)
            assert (answer["state"], answer["tag"]) == (state, "v1.0.0")
    assert run(["verify", str(folder / "v1.0.0"), "--no-personal-data"]) == 0
    (entry,) = json.loads((folder / "ledger.json").read_text())["versions"]
    assert (entry["version"], entry["digest"]) == ("1.0.0", sha256_of(folder / "v1.0.0" / MANIFEST))
    # none of it is a publication on the Hub that could not be built anew
    ledger = Ledger.of(demo.workspace.releases)
    assert {each.version for each in ledger.publications} == {"1.0.0"}
    assert ledger.find(REPO, "1.0.0") is None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--to", "hf://nobody"], 2, "hf://owner/name"),
        (["--to", "nowhere://x"], 2, "nowhere://x"),
        (["--to", "x", "--repo", "a/b"], 2, "one of --repo and --to"),
    ],
)
def test_a_place_that_is_none_is_said(
    demo: Demo,
    hub: RunningHub,
    arguments: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["publish", *arguments, "--workspace", str(demo.workspace.root)]) == code
    assert said in capsys.readouterr().err


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
    assert run(["diff", there, there, "--endpoint", hub.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == found["total"]
    assert run(["verify", there, "--endpoint", hub.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"]
    assert run(["verify", f"{REPO}@v9.9.9", "--endpoint", hub.url]) == 2
    assert TOKEN not in capsys.readouterr().err


def test_a_phone_number_that_was_slipped_in_is_named(
    demo: Demo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(demo.build.release, tmp_path / demo.build.release.name))
    shard = min(copy.glob("data/*/*/*.parquet")).relative_to(copy).as_posix()
    slip = rows(
        lambda table: [{**table[0], "text": f"{table[0]['text']} {PHONE}"}, *table[1:]], shard
    )
    slip(copy)
    reseal(copy)
    assert run(["verify", str(copy), "--json"]) == 1
    failed = json.loads(capsys.readouterr().out)["failed"]
    assert [one["check"] for one in failed if one["check"].startswith("personal data of")]
