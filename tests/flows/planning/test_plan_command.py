from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo_build import Demo
from kaz_flows.cli.app import run
from kaz_flows.planning.history import OWN, history_of


def test_the_past_of_a_workspace_is_read_from_its_records(demo: Demo) -> None:
    history = history_of(demo.workspace)
    entered = dict(demo.build.funnel)["clean"].entered
    assert history.load.pages == entered
    assert history.load.kept == dict(demo.build.funnel)["dedup"].kept
    assert history.load.hosts > 1
    assert history.load.html
    assert all(figure.command == OWN for figure in history.figures.values())


def test_a_plan_of_the_workspace_and_a_what_if(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--workspace", str(demo.workspace.root), "--json"]
    assert run(["plan", *where]) == 0
    here = json.loads(capsys.readouterr().out)
    assert run(["plan", *where, "--documents", "30M", "--workers", "1,64"]) == 0
    grown = json.loads(capsys.readouterr().out)
    assert grown["documents"] == 30_000_000
    assert grown["pages"] / here["pages"] == pytest.approx(30_000_000 / here["documents"], rel=0.01)
    assert grown["build_seconds"]["64"] < grown["build_seconds"]["1"]


def test_without_a_workspace_it_says_what_it_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "--workspace", str(tmp_path)]) == 2
    assert "is not a kazcorpus workspace" in capsys.readouterr().err
    assert run(["plan", "--workspace", str(tmp_path), "--documents", "1B"]) == 0
    assert "Knee: " in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--documents", "many"], ["--workers", "0"]])
def test_numbers_that_are_none_are_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", *words]) == 2
    assert "such as" in capsys.readouterr().err
