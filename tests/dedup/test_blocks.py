from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_datasets.errors import Corrupt
from kaz_dedup.blocks import (
    BlockFile,
    Spill,
    checksum,
    range_of,
    ranges_for,
    read_block,
    work_folder,
)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64), st.data())
def test_no_changed_byte_keeps_the_checksum(raw: bytes, data: st.DataObject) -> None:
    array = np.frombuffer(raw, np.uint8).copy()
    before = checksum(array)
    array[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert checksum(array) != before
    assert checksum(np.append(np.frombuffer(raw, np.uint8), np.uint8(0))) != before


def test_swapped_words_change_the_checksum() -> None:
    words = np.arange(10, dtype=np.uint64)
    assert checksum(words) != checksum(words[::-1])


def test_a_flipped_byte_in_a_block_is_named(tmp_path: Path) -> None:
    path = tmp_path / "blocks"
    with BlockFile(path) as file:
        block = file.append(np.arange(100))
        block = file.rewrite(block, np.arange(1, 101))
    assert read_block(block, np.int64).tolist() == list(range(1, 101))
    raw = path.read_bytes()
    for damaged in (raw[:333] + b"\x01" + raw[334:], raw[:10], b""):
        path.write_bytes(damaged)
        with pytest.raises(Corrupt, match="blocks is damaged: check the disk"):
            read_block(block, np.int64)
    path.unlink()
    with pytest.raises(Corrupt, match="check the disk"):
        read_block(block, np.int64)


def test_a_work_folder_replaces_that_of_a_killed_run_and_goes(tmp_path: Path) -> None:
    result = tmp_path / "new" / "result"
    for _ in range(2):
        with work_folder(result) as folder:
            assert list(folder.iterdir()) == []
            (folder / "left").touch()
            with pytest.raises(KeyError), work_folder(tmp_path / "other"):
                raise KeyError
    assert list(tmp_path.iterdir()) == [result.parent]
    assert list(result.parent.iterdir()) == []


@pytest.mark.parametrize("ranges", [1, 2, 7])
def test_ranges_hold_all_rows_in_the_order_of_their_keys(tmp_path: Path, ranges: int) -> None:
    keys = np.random.default_rng(1).integers(0, 1 << 64, 1_000, np.uint64)
    with BlockFile(tmp_path / "blocks") as file:
        spill = Spill(file, ranges, 2)
        for start in range(0, 1_000, 100):
            here = keys[start : start + 100]
            spill.append(range_of(here, ranges), here, np.arange(start, start + 100))
        parts = [spill.read(part) for part in range(ranges)]
    assert sorted(np.concatenate(parts)[:, 1].tolist()) == list(range(1_000))
    assert np.array_equal(np.concatenate([np.sort(part[:, 0]) for part in parts]), np.sort(keys))
    assert all(keys[int(row)] == key for part in parts for key, row in part)


def test_more_rows_make_more_ranges_not_larger_ones() -> None:
    assert ranges_for(10, 10) == 1
    assert ranges_for(1_000, 10) >= 100


FULL = """
import sys, numpy as np
from pathlib import Path
from kaz_datasets.errors import DiskFull
from kaz_dedup.blocks import BlockFile
try:
    BlockFile(Path(sys.argv[1]) / "blocks").append(np.zeros(1 << 21, np.uint64))
except DiskFull as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=4m kazcorpus "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--mount", "sh", "-c", script, "sh", str(tmp_path), sys.executable, FULL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    assert done.stdout.count("no space left") == 1, done.stderr
