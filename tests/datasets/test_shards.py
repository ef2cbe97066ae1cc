from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.shards import (
    ROWS_PER_GROUP,
    ShardWriter,
    iter_batches,
    open_shard,
    read_shard,
    write_shard,
)

COLUMNS: list[pa.Field[Any]] = [
    pa.field("number", pa.int64(), False),
    pa.field("text", pa.string(), False),
]
SCHEMA = pa.schema(COLUMNS)


def rows(count: int) -> list[dict[str, Any]]:
    return [{"number": number, "text": f"мәтін {number * number}" * 3} for number in range(count)]


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(min_value=0, max_value=20_000), max_size=6))
def test_bytes_do_not_depend_on_how_rows_arrive(tmp_path: Path, cuts: list[int]) -> None:
    table = pa.Table.from_pylist(rows(20_000), schema=SCHEMA)
    with ShardWriter(tmp_path / "once.parquet", SCHEMA) as writer:
        writer.write_table(table)
    ends = [0, *sorted(cuts), table.num_rows]
    with ShardWriter(tmp_path / "parts.parquet", SCHEMA) as writer:
        for start, end in pairwise(ends):
            writer.write_table(table.slice(start, end - start))
    assert (tmp_path / "parts.parquet").read_bytes() == (tmp_path / "once.parquet").read_bytes()


@pytest.mark.parametrize("count", [0, 1, ROWS_PER_GROUP, ROWS_PER_GROUP + 1])
def test_rows_come_back_in_groups_of_one_size(tmp_path: Path, count: int) -> None:
    path = tmp_path / "a.parquet"
    assert write_shard(path, rows(count), SCHEMA) == count
    assert read_shard(path).to_pylist() == rows(count)
    with open_shard(path) as shard:
        sizes = [shard.metadata.row_group(n).num_rows for n in range(shard.num_row_groups)]
    assert all(size == ROWS_PER_GROUP for size in sizes[:-1])
    assert sum(sizes) == count
    assert [batch.num_rows for batch in iter_batches(path)] == sizes


def test_rows_are_counted_as_they_are_written(tmp_path: Path) -> None:
    with ShardWriter(tmp_path / "a.parquet", SCHEMA) as writer:
        for _ in range(3):
            writer.write(rows(2))
    assert writer.rows == 6


def test_an_error_leaves_no_shard(tmp_path: Path) -> None:
    def write_and_fail() -> None:
        with ShardWriter(tmp_path / "a.parquet", SCHEMA) as writer:
            writer.write(rows(ROWS_PER_GROUP + 5))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"number": "x", "text": ""}, {"number": 1, "text": None}])
def test_rows_of_another_type_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises((pa.ArrowException, ValueError, TypeError)):
        write_shard(tmp_path / "a.parquet", [wrong], SCHEMA)
    assert list(tmp_path.iterdir()) == []


def test_columns_can_be_chosen(tmp_path: Path) -> None:
    write_shard(tmp_path / "a.parquet", rows(3), SCHEMA)
    assert read_shard(tmp_path / "a.parquet", ["number"]).column_names == ["number"]
    assert next(iter_batches(tmp_path / "a.parquet", ["text"])).schema.names == ["text"]


READERS = [open_shard, read_shard, lambda path: list(iter_batches(path))]


@pytest.mark.parametrize("read", READERS)
def test_a_missing_shard_is_named(tmp_path: Path, read: Any) -> None:
    with pytest.raises(NotFound, match=r"absent\.parquet"):
        read(tmp_path / "absent.parquet")


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("length", [0, 3, 500])
def test_a_torn_shard_is_named(tmp_path: Path, read: Any, length: int) -> None:
    write_shard(tmp_path / "a.parquet", rows(500), SCHEMA)
    os.truncate(tmp_path / "a.parquet", length)
    with pytest.raises(Corrupt, match=r"a\.parquet is not a readable Parquet file"):
        read(tmp_path / "a.parquet")


@pytest.mark.parametrize("read", READERS[1:])
def test_a_flipped_bit_in_a_page_is_noticed(tmp_path: Path, read: Any) -> None:
    path = tmp_path / "a.parquet"
    write_shard(path, rows(500), SCHEMA)
    content = bytearray(path.read_bytes())
    column = pq.read_metadata(path).row_group(0).column(1)
    first = column.dictionary_page_offset or column.data_page_offset
    content[first + column.total_compressed_size // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Corrupt, match=r"a\.parquet is damaged"):
        read(path)


def test_an_error_leaves_the_earlier_shard(tmp_path: Path) -> None:
    write_shard(tmp_path / "a.parquet", rows(2), SCHEMA)
    before = (tmp_path / "a.parquet").read_bytes()
    with pytest.raises(RuntimeError), ShardWriter(tmp_path / "a.parquet", SCHEMA):
        raise RuntimeError
    assert (tmp_path / "a.parquet").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
