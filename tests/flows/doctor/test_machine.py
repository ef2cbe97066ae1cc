from __future__ import annotations

from pathlib import Path

import pytest

from kaz_datasets.files import write_text
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace
from kaz_flows.doctor import machine
from kaz_flows.doctor.machine import clock, disk, memory, memory_available

MEMINFO = "MemTotal:       8000000 kB\nMemAvailable:   4000000 kB\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "workspace")


@pytest.mark.parametrize(
    ("limit", "used", "available"),
    [
        (None, None, 4_096_000_000),
        ("max", "1000", 4_096_000_000),
        ("2000000000", "500000000", 1_500_000_000),
        ("1000", "2000", 0),
        ("9000000000", "0", 4_096_000_000),
    ],
)
def test_a_container_has_what_its_limit_leaves(
    tmp_path: Path, limit: str | None, used: str | None, available: int
) -> None:
    write_text(tmp_path / "proc/meminfo", MEMINFO)
    if limit is not None and used is not None:
        write_text(tmp_path / "sys/fs/cgroup/memory.max", limit)
        write_text(tmp_path / "sys/fs/cgroup/memory.current", used)
    assert memory_available(tmp_path) == available


def test_more_workers_than_memory_are_doubted(workspace: Workspace) -> None:
    write_text(workspace.configuration, "[run]\nworkers = 512\n")
    finding = memory(workspace)
    fits = memory_available() >= machine.OWN_MEMORY + 512 * machine.WORKER_MEMORY
    assert finding.state == ("ok" if fits else "doubt")
    write_text(workspace.configuration, "[run]\nworkers = 1\n")
    assert memory(workspace).state == "ok"


def test_the_archive_says_how_much_disk_is_wanted(workspace: Workspace) -> None:
    assert disk(workspace).state == "ok"
    archive = workspace.archive / "a/b/c.warc.gz"
    archive.parent.mkdir(parents=True)
    with archive.open("wb") as stream:
        stream.truncate(1 << 43)  # a sparse file: eight terabytes that take no room
    finding = disk(workspace)
    assert finding.state == "doubt"
    assert "8796.1 GB wanted" in finding.found


def test_the_clock_has_not_fallen_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock().state == "ok"
    monkeypatch.setattr("time.time", lambda: 0.0)
    finding = clock()
    assert finding.state == "wrong"
    assert finding.found.startswith("1970-01-01")
