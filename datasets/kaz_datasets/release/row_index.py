"""The index of some shards: what decides which of their rows are published, where, and in which
order, and where each row lies. Small enough to hold for all rows at once; texts are not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.errors import Corrupt
from kaz_datasets.record import KINDS, SCHEMA, SCRIPTS
from kaz_datasets.shards import iter_batches, open_shard

ROW_ORDER: Final = ("source", "host", "retrieved_at", "id")
"""How the rows of one series of files are sorted; strings by code point."""
PLACE: Final = ("kind", "script")
"""What decides which series a row belongs to."""

_COPIED: Final = (*PLACE, *ROW_ORDER, "licence", "words", "added_in")
COLUMNS_READ: Final = (*_COPIED, "rights", "text")
"""What an index is made from."""
INDEX_SCHEMA: Final = pa.schema(
    [
        *(pa.field(name, SCHEMA.field(name).type) for name in _COPIED),
        pa.field("basis", pa.string()),
        pa.field("bytes", pa.int64()),
        pa.field("shard", pa.int64()),
        pa.field("row", pa.int64()),
    ]
)


def index_rows(paths: Sequence[Path], check: Callable[[pa.Schema, Path], None]) -> pa.Table:
    """Index every row of `paths`, in their order; `check` raises where a schema is not right."""
    pieces: list[pa.Table] = []
    for shard, path in enumerate(paths):
        with open_shard(path) as opened:
            check(opened.schema_arrow, path)
        first = 0
        for batch in iter_batches(path, COLUMNS_READ):
            pieces.append(_index_of(batch, shard, first))
            first += batch.num_rows
    return pa.concat_tables([INDEX_SCHEMA.empty_table(), *pieces]).combine_chunks()


def _index_of(batch: pa.RecordBatch, shard: int, first: int) -> pa.Table:
    columns: dict[str, Any] = {name: batch.column(name) for name in _COPIED}
    columns["basis"] = pc.struct_field(batch.column("rights"), "basis")
    columns["bytes"] = text_bytes(batch)
    columns["shard"] = np.full(batch.num_rows, shard, dtype=np.int64)
    columns["row"] = np.arange(first, first + batch.num_rows, dtype=np.int64)
    return pa.table(columns).cast(INDEX_SCHEMA)


def text_bytes(batch: pa.RecordBatch) -> Any:
    """How many bytes of UTF-8 each row's text is, as 64-bit integers."""
    text: Any = batch.column("text")
    return pc.binary_length(text).cast(pa.int64())


def check_record(schema: pa.Schema, path: Path) -> None:
    """Raise Corrupt unless these are the columns of the record."""
    if not schema.equals(SCHEMA):
        raise Corrupt(f"{path} does not have the columns of the record: clean its pages again")


def check_publishable(index: pa.Table, paths: Sequence[Path]) -> None:
    """Raise Corrupt for rows of no known kind or script, and for one that is there twice."""
    for column, known in (("kind", KINDS), ("script", SCRIPTS)):
        for value in distinct(index, column):
            if value not in known:  # it becomes part of a path
                raise Corrupt(
                    f"{value!r} is no {column} of document: use one of {', '.join(known)}"
                )
    name = first_repeated(index["id"])
    if name is not None:
        twice = index.filter(pc.equal(index["id"], pa.scalar(name)))
        places = " and ".join(sorted({str(paths[shard]) for shard in distinct(twice, "shard")}))
        raise Corrupt(f"document {name} is kept twice ({places}): run the dedup stage again")


def first_repeated(names: pa.ChunkedArray[Any]) -> str | None:
    """The smallest name that occurs more than once, or None."""
    in_order = names.take(pc.sort_indices(names)).combine_chunks()
    same = pc.equal(in_order.slice(0, max(len(in_order) - 1, 0)), in_order.slice(1))
    place = pc.index(same, pa.scalar(True)).as_py()
    return str(in_order[place]) if place is not None and place >= 0 else None


def distinct(table: pa.Table, column: str) -> list[Any]:
    """The distinct values of a column, in order of appearance."""
    return list(table[column].unique().to_pylist())


def among(table: pa.Table, ids: Any) -> pa.Table:
    """The rows of `table` whose id is among `ids`."""
    return table.filter(pc.is_in(table["id"], value_set=ids))


def without(table: pa.Table, ids: Any) -> pa.Table:
    """The rows of `table` whose id is not among `ids`."""
    return table.filter(pc.invert(pc.is_in(table["id"], value_set=ids)))
