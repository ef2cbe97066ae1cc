"""The published rows: one order, whatever shards they came in, cut into files of one size.

Only the sort keys of all rows are in memory at once, and then the rows of one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import Corrupt
from kaz_datasets.progress import Progress
from kaz_datasets.record import KINDS, SCHEMA
from kaz_datasets.release.config import ReleaseConfig
from kaz_datasets.shards import RELEASE_LEVEL, ShardWriter, iter_batches

ROW_ORDER: Final = ("source", "host", "retrieved_at", "id")
"""How the rows of one kind are sorted; strings by code point."""

_KEYS: Final = ("kind", *ROW_ORDER)
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class _DataFile:
    """A file to write: where each of its rows lies among the kept shards, in final order."""

    path: Path
    shards: Rows
    rows: Rows


def write_data_files(
    kept: Sequence[Path], folder: Path, config: ReleaseConfig, progress: Progress
) -> None:
    """Write all kept rows below `folder` as `data/<kind>/train/base-<major>-<n>.parquet`.

    Where no row was kept there is one file without rows, so that the release can still be read
    and says why. Raises Corrupt for a row that cannot be published.
    """
    index = _index(kept)
    if index.num_rows == 0:
        with ShardWriter(folder / _path("other", 0, config), compression_level=RELEASE_LEVEL):
            return
    _check_index(index, kept)
    done = 0
    for file in _plan(index, config):
        with ShardWriter(folder / file.path, compression_level=RELEASE_LEVEL) as writer:
            writer.write_table(_in_this_release(_gather(kept, file), config))
        done += len(file.rows)
        progress(done, index.num_rows, "documents")


def _index(kept: Sequence[Path]) -> pa.Table:
    """Sort keys, size of text and position (shard, row) of every kept row, unsorted."""
    pieces: list[pa.Table] = []
    for shard, path in enumerate(kept):
        first = 0
        for batch in iter_batches(path):
            _check_schema(batch.schema, path)
            pieces.append(_index_of(batch, shard, first))
            first += batch.num_rows
    return pa.concat_tables(pieces) if pieces else SCHEMA.empty_table().slice(0, 0)


def _index_of(batch: pa.RecordBatch, shard: int, first: int) -> pa.Table:
    columns: dict[str, Any] = {name: batch.column(name) for name in _KEYS}
    columns["bytes"] = text_bytes(batch)
    columns["shard"] = np.full(batch.num_rows, shard, dtype=np.int64)
    columns["row"] = np.arange(first, first + batch.num_rows, dtype=np.int64)
    return pa.table(columns)


def text_bytes(batch: pa.RecordBatch) -> Any:
    """How many bytes of UTF-8 each row's text is, as 64-bit integers."""
    text: Any = batch.column("text")
    return pc.binary_length(text).cast(pa.int64())


def _check_schema(schema: pa.Schema, path: Path) -> None:
    if not schema.equals(SCHEMA):
        raise Corrupt(f"{path} does not have the columns of the record: clean its pages again")


def _check_index(index: pa.Table, kept: Sequence[Path]) -> None:
    for kind in _values(index, "kind"):
        if kind not in KINDS:  # it becomes the name of a folder
            raise Corrupt(f"{kind!r} is no kind of document: use one of {', '.join(KINDS)}")
    name = first_repeated(index["id"])
    if name is not None:
        twice = index.filter(pc.equal(index["id"], pa.scalar(name)))
        places = " and ".join(sorted({str(kept[shard]) for shard in _values(twice, "shard")}))
        raise Corrupt(f"document {name} is kept twice ({places}): run the dedup stage again")


def first_repeated(names: pa.ChunkedArray[Any]) -> str | None:
    """The smallest name that occurs more than once, or None."""
    in_order = names.take(pc.sort_indices(names)).combine_chunks()
    same = pc.equal(in_order.slice(0, max(len(in_order) - 1, 0)), in_order.slice(1))
    place = pc.index(same, pa.scalar(True)).as_py()
    return str(in_order[place]) if place is not None and place >= 0 else None


def _values(table: pa.Table, column: str) -> list[Any]:
    """The distinct values of a column, in order of appearance."""
    return table[column].unique().to_pylist()


def _plan(index: pa.Table, config: ReleaseConfig) -> Iterator[_DataFile]:
    ordered = index.sort_by([(name, "ascending") for name in _KEYS])
    for kind in _values(ordered, "kind"):
        of_kind = ordered.filter(pc.equal(ordered["kind"], pa.scalar(kind)))
        shards, rows = of_kind["shard"].to_numpy(), of_kind["row"].to_numpy()
        for number, part in enumerate(_cuts(of_kind["bytes"].to_numpy(), config.shard_bytes)):
            path = _path(kind, number, config)
            yield _DataFile(path=path, shards=shards[part], rows=rows[part])


def _path(kind: str, number: int, config: ReleaseConfig) -> Path:
    return Path("data", kind, "train", f"base-{config.major}-{number:05}.parquet")


def _cuts(sizes: Rows, limit: int) -> list[slice]:
    """Runs of rows of about `limit` bytes: a new one at each row that begins past a multiple."""
    bucket = (np.cumsum(sizes) - sizes) // limit
    starts = [0, *(np.flatnonzero(np.diff(bucket)) + 1).tolist(), len(sizes)]
    return [slice(start, end) for start, end in pairwise(starts)]


def _gather(kept: Sequence[Path], file: _DataFile) -> pa.Table:
    """The rows of one file, read shard by shard and then put in order."""
    pieces: list[pa.Table] = []
    places: list[Rows] = []
    for shard in np.unique(file.shards).tolist():
        mine = np.flatnonzero(file.shards == shard)
        mine = mine[np.argsort(file.rows[mine], kind="stable")]
        pieces.extend(_rows_of(kept[shard], file.rows[mine]))
        places.append(mine)
    return pa.concat_tables(pieces).take(np.argsort(np.concatenate(places), kind="stable"))


def _rows_of(path: Path, rows: Rows) -> Iterator[pa.Table]:
    """The rows of a shard with these numbers, which ascend."""
    first = 0
    for batch in iter_batches(path):
        start, end = np.searchsorted(rows, [first, first + batch.num_rows])
        if end > start:
            yield pa.Table.from_batches([batch]).take(rows[start:end] - first)
        first += batch.num_rows


def _in_this_release(table: pa.Table, config: ReleaseConfig) -> pa.Table:
    """The rows marked as added in this release, without the marks of how they were gathered."""
    where = table.schema.get_field_index("added_in")
    version = pa.array([config.version] * table.num_rows, pa.string())
    return table.set_column(where, SCHEMA.field("added_in"), version).cast(SCHEMA).combine_chunks()
