from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kaz_datasets.account import Account, Tally
from kaz_datasets.stage import StageResult
from kaz_flows.watching import StageWork, Watch, duration, memory_peak, tree_bytes

HUNGRY = "import sys; held = bytearray(80_000_000); print(1, flush=True); sys.stdin.read()"


@dataclass(frozen=True)
class Done:
    """As much of a shard as is counted."""

    path: Path
    result: StageResult


def a_shard(path: Path, *, skipped: bool) -> Done:
    account = Account(sources={"a": Tally(entered=10, kept=10)})
    return Done(path, StageResult(outputs={}, account=account, seconds=2.0, skipped=skipped))


def test_what_was_done_before_counts_as_done_and_not_as_speed(tmp_path: Path) -> None:
    said: list[str] = []
    watch = Watch(lambda work: said.append(work.sentence))
    path = tmp_path / "shard"
    path.write_bytes(b"x" * 500_000)
    work = watch.begin("clean", 3)
    watch.done(work, a_shard(path, skipped=True))
    assert work.left is None
    watch.done(work, a_shard(path, skipped=False))
    assert work.left is not None
    watch.done(work, "of nothing that is known")
    assert (work.done, work.skipped, work.records, work.bytes) == (3, 1, 10, 500_000)
    assert said[0] == "0 of 3 shards"
    assert said[-1] == "3 of 3 shards, 1 done before, 10 records, 0.5 MB written"


def test_a_stage_without_shards_has_a_sentence() -> None:
    assert StageWork(stage="sign", units=0).sentence == "0 of 0 shards"


def test_times_are_told_as_people_tell_them() -> None:
    assert [duration(value) for value in (0.4, 89, 600, 12_000)] == [
        "0 s",
        "89 s",
        "10 min",
        "3 h 20 min",
    ]


def test_the_memory_of_children_counts() -> None:
    before = tree_bytes(os.getpid())
    with (
        memory_peak() as peak,
        subprocess.Popen(
            [sys.executable, "-c", HUNGRY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child,
    ):
        assert child.stdout is not None
        child.stdout.readline()
        assert tree_bytes(os.getpid()) > before + 70_000_000
        assert tree_bytes(child.pid) > 70_000_000
        child.kill()
    assert peak.bytes >= before / 2
