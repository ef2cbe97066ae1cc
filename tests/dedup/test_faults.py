"""Faults on purpose, in their short form; the long one is `make campaign-dedup`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup_campaign import families, giants, kills, written
from kaz_datasets.errors import Corrupt
from kaz_dedup import DedupConfig, find_duplicates
from kaz_dedup.clusters import find_clusters
from kaz_dedup.errors import InvalidText
from kaz_dedup.signatures import sign_shard
from kaz_dedup.stage import keep_shard


def test_a_run_killed_in_any_stage_is_done_again_with_the_same_bytes(tmp_path: Path) -> None:
    assert kills(tmp_path, documents=100, rounds=1) == []


def test_giants_and_crowds_give_the_right_keepers(tmp_path: Path) -> None:
    assert giants(tmp_path, million=2_000, megabytes=1) == []


def test_invalid_utf8_is_refused_at_the_door(tmp_path: Path) -> None:
    broken: Any = pa.array([b"\xd2\xff"]).view(pa.string())
    pq.write_table(pa.table({"id": ["a"], "text": broken}), tmp_path / "a.parquet")
    with pytest.raises(InvalidText, match=r"a\.parquet.*UTF-8"):
        find_duplicates([tmp_path / "a.parquet"])


@pytest.mark.parametrize("kind", ["documents", "signatures", "verdicts"])
@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
def test_a_flipped_byte_in_a_shard_is_named_or_harmless(
    tmp_path: Path, kind: str, part: float
) -> None:
    """In the data of a page it is named; what is no page at all may still be read rightly."""
    paths = {name: tmp_path / f"{name}.parquet" for name in ("documents", "signatures", "verdicts")}
    said = paths["verdicts"]
    written(paths["documents"], families(30, 1))
    config = DedupConfig()

    def work(first: int) -> list[dict[str, Any]]:
        if first == 0:
            sign_shard(paths["documents"], paths["signatures"], config)
        if first <= 1:
            find_clusters(
                [paths["signatures"]], [paths["documents"]], tmp_path / "c", config, verdicts=[said]
            )
        keep_shard(paths["documents"], said, tmp_path / "kept", None, config)
        return pq.read_table(tmp_path / "kept").to_pylist()

    expected = work(0)
    raw = bytearray(paths[kind].read_bytes())
    raw[int(len(raw) * part)] ^= 0x10
    paths[kind].write_bytes(raw)
    try:
        assert work(list(paths).index(kind)) == expected
    except (Corrupt, InvalidText) as error:
        named = f"{kind}.parquet" in str(error)
        if not named:
            raise


FULL = """
import sys
from pathlib import Path
from kaz_datasets.errors import DiskFull
from kaz_dedup.tool import dedup_files
folder = Path(sys.argv[1])
try:
    dedup_files([Path(sys.argv[2])], folder / "out")
except DiskFull as error:
    print(error)
    print([path.name for path in folder.rglob("*") if path.is_file()])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    shard = written(tmp_path / "in.parquet", families(2_000, 2))
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=2m kazcorpus "$1" && exec "$2" -c "$3" "$1" "$4"'
    command = ["unshare", "--mount", "sh", "-c", script, "sh", disk, sys.executable, FULL, shard]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    said, left = done.stdout.splitlines()
    assert "no space left" in said, done.stderr
    assert left == "[]"
