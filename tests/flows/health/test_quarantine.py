"""A crawl that left its source's band: held back with a reason, then let in by an operator."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kaz_datasets.release.verify import verify_release
from kaz_datasets.shards import read_shard
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.cli.app import run
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.health import History
from kaz_flows.runner import LocalRunner

EARLIER = [f"2025{month:02}01T000000Z" for month in range(1, 6)]


@pytest.fixture
def workspace(crawled: Workspace, tmp_path: Path) -> Workspace:
    """Two sources, of which one was once three times as large."""
    workspace = make_workspace(tmp_path / "workspace")
    for source in ("demo-health", "demo-education"):
        shutil.copytree(crawled.archive / source, workspace.archive / source)
    history = History.of(workspace, "demo-health")
    for number, crawl in enumerate(EARLIER):
        history = history.enter(crawl, {"pages": 300.0 + number, "kept": 0.3})
    (crawl,) = (path.name for path in (workspace.archive / "demo-health").iterdir())
    shutil.copy(crawled.root / "health" / "demo-education.json", workspace.root / "health")
    measured = History.of(crawled, "demo-health").crawls[0].measured
    history.enter(crawl, measured)
    return workspace


def test_it_is_held_back_until_it_is_let_in(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration = Configuration.of(workspace)
    held = build(workspace, configuration, LocalRunner())
    funnel = dict(held.funnel)
    assert set(funnel["health"].dropped) == {"quarantine"}
    assert funnel["health"].sources["demo-health"].kept == 0
    assert funnel["health"].entered == funnel["clean"].kept
    assert funnel["dedup"].entered == funnel["health"].kept
    assert not verify_release(held.release).failed
    rows = [
        row
        for path in held.release.glob("rejected/**/*.parquet")
        for row in read_shard(path).to_pylist()
        if row["rule"] == "quarantine"
    ]
    assert len(rows) == funnel["health"].dropped["quarantine"]
    assert all("usual are" in row["value"] and row["source"] == "demo-health" for row in rows)
    place = ("--workspace", str(workspace.root))
    assert run(["health", "show", "--json", *place]) == 1
    shown = json.loads(capsys.readouterr().out)
    (alarm,) = shown["alarms"]
    assert alarm["kind"] == "source"
    states = {row["source"]: row["state"] for row in shown["sources"]}
    assert states == {"demo-education": "no band before 6 crawls", "demo-health": "held back"}
    source, crawl = alarm["about"].split("/")
    assert run(["health", "let-in", source, crawl, "--why", "it was cut in two", *place]) == 0
    assert run(["health", "show", *place]) == 0
    assert "let in" in capsys.readouterr().out
    again = build(workspace, configuration, LocalRunner(), version="1.1.0")
    assert "health" not in dict(again.funnel)
    kept = dict(again.funnel)["dedup"].sources
    assert kept["demo-health"].kept > 0
    assert not verify_release(again.release).failed


def test_building_twice_changes_neither_history_nor_release(workspace: Workspace) -> None:
    configuration = Configuration.of(workspace)
    build(workspace, configuration, LocalRunner())
    known = (workspace.root / "health/demo-health.json").read_bytes()
    assert build(workspace, configuration, LocalRunner()).skipped > 0
    assert (workspace.root / "health/demo-health.json").read_bytes() == known


def test_a_crawl_that_nobody_knows_cannot_be_let_in(workspace: Workspace) -> None:
    words = ["health", "let-in", "demo-health", "never", "--why", "x", "-w", str(workspace.root)]
    assert run(words) == 2
