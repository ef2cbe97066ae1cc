"""The published rows: one order, whatever shards they came in, cut into files of one size.

Only the index of all rows is in memory at once, and then the rows of one piece of a file.
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

from kaz_datasets.arrow import compute as pc
from kaz_datasets.progress import Progress
from kaz_datasets.record import SCHEMA
from kaz_datasets.release.layout import Series, data_path
from kaz_datasets.release.parquet_style import ROWS_PER_GROUP, writer_options
from kaz_datasets.release.row_index import PLACE, ROW_ORDER, distinct
from kaz_datasets.shards import ShardWriter, open_shard

PIECE_BYTES: Final = 256 << 20
"""Bytes of text in memory at once; more of them mean fewer passes over badly ordered shards."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class _DataFile:
    """A file to write, and its rows in final order."""

    path: Path
    rows: pa.Table


def write_data_files(
    index: pa.Table,
    shards: Sequence[Path],
    folder: Path,
    series: Series,
    shard_bytes: int,
    progress: Progress,
) -> None:
    """Write the rows of `index`, which lie in `shards`, as the files of one series.

    The index says with which release each row is marked (`added_in`).
    """
    done = 0
    for file in _plan(index, series, shard_bytes):
        with release_writer(folder / file.path) as writer:
            for piece in _pieces(file.rows, PIECE_BYTES):
                writer.write_table(_gather(shards, piece))
                done += piece.num_rows
                progress(done, index.num_rows, "documents")


def write_no_rows(folder: Path, series: Series) -> None:
    """One file without rows: what a release of nothing is read from, and says so."""
    with release_writer(folder / data_path("other", series, "Cyrl", 0)):
        return


def release_writer(path: Path) -> ShardWriter:
    """A writer of a data file, with the options of a release."""
    return ShardWriter(path, options=writer_options(), rows_per_group=ROWS_PER_GROUP)


def _plan(index: pa.Table, series: Series, shard_bytes: int) -> Iterator[_DataFile]:
    ordered = index.sort_by([(name, "ascending") for name in (*PLACE, *ROW_ORDER)])
    for kind in distinct(ordered, "kind"):
        of_kind = ordered.filter(pc.equal(ordered["kind"], pa.scalar(kind)))
        for script in distinct(of_kind, "script"):
            rows = of_kind.filter(pc.equal(of_kind["script"], pa.scalar(script)))
            for number, part in enumerate(_pieces(rows, shard_bytes)):
                yield _DataFile(path=data_path(kind, series, script, number), rows=part)


def _pieces(rows: pa.Table, limit: int) -> Iterator[pa.Table]:
    """Runs of rows of about `limit` bytes: a new one at each row that begins past a multiple."""
    sizes = rows["bytes"].to_numpy()
    bucket = (np.cumsum(sizes) - sizes) // limit
    starts = [0, *(np.flatnonzero(np.diff(bucket)) + 1).tolist(), len(sizes)]
    for start, end in pairwise(starts):
        yield rows.slice(start, end - start)


def _gather(shards: Sequence[Path], rows: pa.Table) -> pa.Table:
    """The rows themselves, read shard by shard, put in order and marked with their release."""
    shard_of, row_of = rows["shard"].to_numpy(), rows["row"].to_numpy()
    pieces: list[pa.Table] = []
    places: list[Rows] = []
    for shard in np.unique(shard_of).tolist():
        mine = np.flatnonzero(shard_of == shard)
        mine = mine[np.argsort(row_of[mine], kind="stable")]
        pieces.extend(_rows_of(shards[shard], row_of[mine]))
        places.append(mine)
    table = pa.concat_tables(pieces)
    order = np.argsort(np.concatenate(places), kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        table = table.take(order)
    return _marked(table, rows["added_in"])


def _rows_of(path: Path, rows: Rows) -> Iterator[pa.Table]:
    """The rows of a shard with these numbers, which ascend; only their row groups are read."""
    with open_shard(path) as shard:
        first = 0
        for number in range(shard.num_row_groups):
            count = shard.metadata.row_group(number).num_rows
            start, end = np.searchsorted(rows, [first, first + count])
            if end - start == count:
                yield shard.read_row_group(number)
            elif end > start:
                yield shard.read_row_group(number).take(rows[start:end] - first)
            first += count


def _marked(table: pa.Table, added_in: Any) -> pa.Table:
    """The rows with the release that first held them, in the columns of the record."""
    where = table.schema.get_field_index("added_in")
    marked = table.set_column(where, SCHEMA.field("added_in"), added_in).cast(SCHEMA)
    return marked.combine_chunks()  # how it was gathered must leave no trace in the bytes
