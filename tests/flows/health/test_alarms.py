from __future__ import annotations

import os
import shutil
import time
from collections import namedtuple
from pathlib import Path

import pytest

from kaz_datasets.files import write_text
from kaz_datasets.hub import serve
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace
from kaz_flows.doctor.hub import HubAccess
from kaz_flows.health.alarms import STUCK, alarms
from kaz_flows.health.history import History
from kaz_flows.lock import crawling

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "workspace")


def kinds(workspace: Workspace) -> list[str]:
    return [alarm.kind for alarm in alarms(workspace)]


def test_a_quiet_workspace_raises_no_alarm(workspace: Workspace) -> None:
    assert kinds(workspace) == []


def test_a_full_disk(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Usage(10**12, 10**12 - 10**6, 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    (alarm,) = alarms(workspace)
    assert alarm.kind == "disk"
    assert alarm.sentence.endswith("goes on by the same command")


def test_a_crawl_at_work_that_writes_nothing_is_stuck(workspace: Workspace) -> None:
    folder = workspace.archive / "sait-kz" / "20260101T000000Z"
    write_text(folder / "frontier.sqlite", "")
    write_text(folder / "crawl.log", "")
    old = time.time() - STUCK - 60
    for path in folder.iterdir():
        os.utime(path, (old, old))
    assert kinds(workspace) == []  # nobody is at work: it was stopped
    with crawling(workspace, "sait-kz"):
        (alarm,) = alarms(workspace)
        assert (alarm.kind, alarm.about) == ("stuck crawl", "sait-kz/20260101T000000Z")
        (folder / "crawl.log").touch()
        assert kinds(workspace) == []


def test_a_lock_that_outlived_its_holder(workspace: Workspace) -> None:
    with crawling(workspace, "sait-kz"):
        lock = workspace.root / ".locks/sait-kz.lock"
        gone = 2**22 + 1  # above the largest process number of Linux
        lock.write_text(f"{gone}\ncrawling sait-kz\n", encoding="utf-8")
        (alarm,) = alarms(workspace)
    assert alarm.kind == "stale lock"
    assert str(gone) in alarm.found


def test_a_source_that_left_its_band(workspace: Workspace) -> None:
    history = History.of(workspace, "sait-kz")
    for month in range(1, 7):
        history = history.enter(f"2026{month:02}", {"pages": 500.0, "errors": 0.0})
    history.enter("202607", {"pages": 2.0, "errors": 0.9})
    (alarm,) = alarms(workspace)
    assert alarm.about == "sait-kz/202607"
    assert "pages is 2" in alarm.found
    assert "errors is 0.9" in alarm.found
    # the sick crawl is no part of the band of the next
    assert set(history.enter("202608", {"pages": 2.0}).held()) == {"202608"}


def test_a_token_that_the_hub_no_longer_takes(workspace: Workspace, tmp_path: Path) -> None:
    with serve(tmp_path / "hub", tokens={"hf_good": "write", "hf_reader": "read"}) as hub:
        found = {
            token: list(alarms(workspace, HubAccess(endpoint=hub.url, token=token)))
            for token in ("hf_good", "hf_reader", "hf_expired")
        }
    assert found["hf_good"] == []
    assert "may only read" in found["hf_reader"][0].found
    (alarm,) = found["hf_expired"]
    assert alarm.kind == "token"
    assert "hf_expired" not in alarm.sentence
