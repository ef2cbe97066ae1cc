"""Tombstones: which published rows a release no longer stands for, and why.

A published file is never rewritten within a major, so a removed row stays in it until the next
one; readers leave it out by `changes/*/removed.parquet`. Rows that the law wants gone are erased
from the files as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_datasets.record import Field
from kaz_datasets.release.layout import removed_path
from kaz_datasets.release.parquet_style import ROWS_PER_GROUP, writer_options
from kaz_datasets.release.version import Version
from kaz_datasets.shards import ShardWriter, read_shard

REMOVED_FIELDS: Final = (
    Field(name="id", type=pa.string(), doc="The `id` of the row that was removed."),
    Field(name="source", type=pa.string(), doc="Identifier of its source."),
    Field(name="kind", type=pa.string(), doc="Its kind."),
    Field(name="words", type=pa.int32(), doc="How many words its text had."),
    Field(
        name="reason",
        type=pa.string(),
        doc="`changed`: its page has another text now, which is a row of its own; `takedown`:"
        " somebody asked for it; `<stage>: <rule>`: a rule drops it now; `absent`: its page is no"
        " longer in the archive.",
    ),
    Field(name="removed_in", type=pa.string(), doc="The release that removed it."),
    Field(
        name="erased",
        type=pa.bool_(),
        doc="Whether it was cut out of the published files too, as a takedown is.",
    ),
)
REMOVED_SCHEMA: Final = pa.schema(
    [field.arrow() for field in REMOVED_FIELDS], metadata={"kazcorpus.removed": "1"}
)
REMOVED_ORDER: Final = ("source", "id")
CHANGED: Final = "changed"
ABSENT_PAGE: Final = "absent"
TAKEDOWN: Final = "takedown"


def write_removed_rows(table: pa.Table, folder: Path, version: Version) -> None:
    """Write the rows that a release removed; no file where it removed none."""
    if not table.num_rows:
        return
    rows = table.select(REMOVED_SCHEMA.names).cast(REMOVED_SCHEMA)
    ordered = rows.sort_by([(name, "ascending") for name in REMOVED_ORDER]).combine_chunks()
    with ShardWriter(
        folder / removed_path(version),
        REMOVED_SCHEMA,
        options=writer_options(),
        rows_per_group=ROWS_PER_GROUP,
    ) as writer:
        writer.write_table(ordered)


def read_removed_rows(paths: Sequence[Path]) -> pa.Table:
    """All removed rows of a release. Raises Corrupt, naming the file."""
    tables = [REMOVED_SCHEMA.empty_table(), *map(_read, paths)]
    return pa.concat_tables(tables)


def _read(path: Path) -> pa.Table:
    table = read_shard(path)
    if not table.schema.equals(REMOVED_SCHEMA):
        raise Corrupt(f"{path} does not hold removed rows: fetch or build the release again")
    return table
