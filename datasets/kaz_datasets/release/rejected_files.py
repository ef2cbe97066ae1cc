"""The rejected rows: which page was dropped, by which rule of which stage, never its text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.errors import Corrupt
from kaz_datasets.progress import Progress
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.release.layout import REJECTED_FOLDER
from kaz_datasets.release.parquet_style import ROWS_PER_GROUP, writer_options
from kaz_datasets.shards import ShardWriter, iter_batches, read_shard

REJECTED_ORDER: Final = ("source", "stage", "rule", "url", "id", "value")
"""How rejected rows are sorted; nulls last."""


def write_rejected_files(
    rejected: Sequence[Path], more: pa.Table, folder: Path, rows: int, progress: Progress
) -> None:
    """Write all rejected rows below `folder` as `rejected/rejected-<n>.parquet`, at least one.

    `more` are the rows that the release itself turned away; `rows` are those of one file. Only one
    source's rows are in memory at once. Raises Corrupt, naming the shard.
    """
    writer = _SeriesWriter(folder / REJECTED_FOLDER, rows)
    places = _shards_by_source(rejected)
    sources = sorted({*places, *map(str, more["source"].unique().to_pylist())})
    for done, source in enumerate(sources, start=1):
        writer.write(_rows_of(source, [*map(read_shard, places.get(source, [])), more]))
        progress(done, len(sources), "sources")
    writer.close()


def _shards_by_source(rejected: Sequence[Path]) -> dict[str, list[Path]]:
    places: dict[str, list[Path]] = {}
    for path in rejected:
        sources: set[str] = set()
        for batch in iter_batches(path):
            if not batch.schema.equals(REJECTED_SCHEMA):
                raise Corrupt(f"{path} does not hold rejected rows: run its stage again")
            sources.update(map(str, batch.column("source").unique().to_pylist()))
        for source in sources:
            places.setdefault(source, []).append(path)
    return places


def _rows_of(source: str, tables: Sequence[pa.Table]) -> pa.Table:
    mine = (table.filter(pc.equal(table["source"], pa.scalar(source))) for table in tables)
    rows = pa.concat_tables(table.cast(REJECTED_SCHEMA) for table in mine)
    return rows.sort_by([(name, "ascending") for name in REJECTED_ORDER]).combine_chunks()


class _SeriesWriter:
    """Fills files of `limit` rows one after the other, so that tables need not fit them."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._pending = REJECTED_SCHEMA.empty_table()
        self._files = 0

    def write(self, table: pa.Table) -> None:
        """Append rows; a file is written as soon as it is full."""
        self._pending = pa.concat_tables([self._pending, table]).combine_chunks()
        while self._pending.num_rows >= self._limit:
            self._write_file(self._pending.slice(0, self._limit))
            self._pending = self._pending.slice(self._limit).combine_chunks()

    def close(self) -> None:
        """Write what is left, or an empty file where nothing was rejected at all."""
        if self._pending.num_rows or not self._files:
            self._write_file(self._pending)

    def _write_file(self, table: pa.Table) -> None:
        path = self._folder / f"rejected-{self._files:05}.parquet"
        with ShardWriter(
            path, REJECTED_SCHEMA, options=writer_options(), rows_per_group=ROWS_PER_GROUP
        ) as writer:
            writer.write_table(table)
        self._files += 1
