"""Shards: Parquet files of records, written whole or not at all, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_datasets.columns import table_of
from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.files import atomic_path
from kaz_datasets.record import SCHEMA

# Row groups decide the bytes, so their size is fixed here and never follows the caller's batches.
ROWS_PER_GROUP = 8_192
WORK_LEVEL = 3  # zstd: between stages seconds count for more than bytes


class ShardWriter:
    """Write rows into one Parquet shard; the file appears when the block ends without an error.

    `with ShardWriter(path) as shard: shard.write(rows)`, rows being dictionaries by field name.
    """

    def __init__(
        self,
        path: Path,
        schema: pa.Schema = SCHEMA,
        *,
        options: Mapping[str, Any] | None = None,
        rows_per_group: int = ROWS_PER_GROUP,
    ) -> None:
        """`options` are those of `pyarrow.parquet.ParquetWriter`; by default those of a stage."""
        self.path = path
        self.rows = 0
        self._schema = schema
        self._options = work_options() if options is None else options
        self._rows_per_group = rows_per_group
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self._atomic = atomic_path(path)

    def __enter__(self) -> Self:
        temporary = self._atomic.__enter__()
        self._writer = pq.ParquetWriter(temporary, self._schema, **self._options)
        return self

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows; they reach the file a row group at a time."""
        self.write_table(table_of(rows, self._schema))

    def write_table(self, table: pa.Table) -> None:
        """Append a table of the shard's schema."""
        self._pending.append(table.cast(self._schema))
        self._pending_rows += table.num_rows
        self.rows += table.num_rows
        if self._pending_rows >= self._rows_per_group:
            self._flush(whole_groups_only=True)

    def _flush(self, *, whole_groups_only: bool) -> None:
        table = pa.concat_tables(self._pending) if self._pending else self._schema.empty_table()
        end = table.num_rows
        if whole_groups_only:
            end -= end % self._rows_per_group
        if end:
            self._writer.write_table(table.slice(0, end), row_group_size=self._rows_per_group)
        rest = table.slice(end)
        self._pending, self._pending_rows = [rest], rest.num_rows

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._flush(whole_groups_only=False)
            self._writer.close()
        except BaseException as failure:
            self._atomic.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._atomic.__exit__(kind, error, trace)


def work_options() -> dict[str, Any]:
    """How the stages write their shards for each other."""
    return {
        "compression": "zstd",
        "compression_level": WORK_LEVEL,
        "use_content_defined_chunking": True,
        "write_page_index": True,
        "write_page_checksum": True,
    }


def write_shard(path: Path, rows: Iterable[Mapping[str, Any]], schema: pa.Schema = SCHEMA) -> int:
    """Write all rows into one shard and return how many there were."""
    with ShardWriter(path, schema) as shard:
        shard.write(list(rows))
    return shard.rows


def open_shard(path: Path) -> pq.ParquetFile:
    """Open a shard, with page checksums verified. Raises NotFound and Corrupt, naming the file."""
    if not path.is_file():
        raise NotFound(f"no such file: {path}")
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise Corrupt(f"{path} is not a readable Parquet file ({error}): make it again") from error


def read_shard(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a whole shard, or some of its columns. Raises NotFound and Corrupt."""
    with open_shard(path) as shard:
        try:
            return shard.read(columns=list(columns) if columns is not None else None)
        except (pa.ArrowException, OSError) as error:
            raise Corrupt(f"{path} is damaged ({error}): make it again") from error


def iter_batches(
    path: Path, columns: Sequence[str] | None = None, *, rows: int = ROWS_PER_GROUP
) -> Iterator[pa.RecordBatch]:
    """Read a shard batch by batch, in bounded memory. Raises NotFound and Corrupt."""
    with open_shard(path) as shard:
        try:
            yield from shard.iter_batches(rows, columns=list(columns) if columns else None)
        except (pa.ArrowException, OSError) as error:
            raise Corrupt(f"{path} is damaged ({error}): make it again") from error
