"""What became of every document: one table in the order of ids, and one beside each shard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import Corrupt
from kaz_datasets.shards import ShardWriter, iter_batches, open_shard
from kaz_dedup.blocks import Block, BlockFile
from kaz_dedup.nodes import Nodes
from kaz_dedup.tables import InOrder, TableSpill, read_tables

_DEFAULTS = {"similarity": 1.0, "exact": True, "cluster_size": 1}


def clusters_schema(id_type: pa.DataType) -> pa.Schema:
    """What `find_clusters` writes, one row for each distinct id."""
    docs = {
        "id": (id_type, "The document."),
        "cluster_id": (id_type, "The smallest id of its cluster."),
        "keeper": (id_type, "The document that is kept for it; itself if it is kept."),
        "similarity": (pa.float64(), "Exact Jaccard similarity with the keeper."),
        "exact": (pa.bool_(), "Whether the text equals the keeper's but for case and spaces."),
        "cluster_size": (pa.int32(), "How many distinct ids the cluster holds."),
    }
    return pa.schema(
        [pa.field(name, kind, False, metadata={"doc": doc}) for name, (kind, doc) in docs.items()]
    )


def verdicts_schema(id_type: pa.DataType) -> pa.Schema:
    """What `find_clusters` writes beside a shard, one row for each of its rows, in their order."""
    doc = "Whether this row stands for its id: of rows with one id, one does."
    return clusters_schema(id_type).append(
        pa.field("elected", pa.bool_(), False, metadata={"doc": doc})
    )


def write_clusters(path: Path, nodes: Nodes, found: Sequence[Sequence[Block]]) -> None:
    """Write one row for each node; `found` is what `elect` gave."""
    schema = clusters_schema(nodes.id_type)
    with ShardWriter(path, schema) as shard:
        for part in range(nodes.ranges):
            shard.write_table(_clusters_of(nodes, part, found[part]).cast(schema))


def write_verdicts(
    paths: Sequence[Path], nodes: Nodes, found: Sequence[Sequence[Block]], folder: Path
) -> None:
    """Write one row for each row of each shard."""
    schema = verdicts_schema(nodes.id_type)
    with BlockFile(folder / "verdicts") as file:
        spill = TableSpill(file, nodes.ranges)
        for part in range(nodes.ranges):
            _spread_rows(nodes, part, _clusters_of(nodes, part, found[part]), spill)
        rows = InOrder(spill, nodes.ranges, "row")
        for path, end in zip(paths, nodes.first_rows[1:], strict=True):
            with ShardWriter(path, schema) as shard:
                for table in rows.until(int(end)):
                    shard.write_table(table.drop_columns("row").cast(schema))


def _spread_rows(nodes: Nodes, part: int, clusters: pa.Table, spill: TableSpill) -> None:
    copies = nodes.facts_of(part).column("copies").to_numpy()
    rows = nodes.rows_of(part)
    table = clusters
    if len(rows) > len(clusters):
        table = clusters.take(np.repeat(np.arange(len(copies)), copies))
    elected = np.zeros(len(rows), np.bool_)
    elected[np.cumsum(copies) - copies] = True
    columns: dict[str, Any] = {"elected": pa.array(elected), "row": pa.array(rows)}
    for name, column in columns.items():
        table = table.append_column(name, column)
    width = -(-int(nodes.first_rows[-1]) // nodes.ranges)
    spill.append(rows // width, table)


def _clusters_of(nodes: Nodes, part: int, blocks: Sequence[Block]) -> pa.Table:
    """The rows of `clusters.parquet` about one range: nodes without company are their own."""
    ids = nodes.facts_of(part).column("id")
    count = len(ids)
    found = read_tables(blocks)
    columns: dict[str, Any] = {"id": ids, "cluster_id": ids, "keeper": ids}
    here = np.empty(0, np.int64)
    if found is not None:
        here = found.column("node").to_numpy() - nodes.bounds[part]
        source = np.arange(count)
        source[here] = count + np.arange(len(here))
        for name in ("cluster_id", "keeper"):
            both = pa.chunked_array([*ids.chunks, *found.column(name).chunks], ids.type)
            columns[name] = both.take(source)
    for name, default in _DEFAULTS.items():
        values = np.full(count, default)
        if found is not None:
            values[here] = found.column(name).to_numpy()
        columns[name] = pa.array(values)
    return pa.table(columns)


class VerdictReader:
    """Reads the verdicts of a shard beside its rows, in bounded memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_shard(path) as shard:
            self.schema = shard.schema_arrow
        self._batches = iter_batches(path)
        self._rest = self.schema.empty_table()

    def of(self, ids: pa.Array[Any]) -> pa.Table:
        """The verdicts of the next rows. Raises Corrupt where they are of other rows."""
        tables = [self._rest]
        while sum(map(len, tables)) < len(ids):
            batch = next(self._batches, None)
            if batch is None:
                break
            tables.append(pa.Table.from_batches([batch]))
        whole = pa.concat_tables(tables)
        found, self._rest = whole.slice(0, len(ids)), whole.slice(len(ids))
        known = found.column("id")
        if len(found) < len(ids) or not pa.chunked_array([ids.cast(known.type)]).equals(known):
            wrong = _first_unlike(ids.cast(known.type), known)
            raise Corrupt(f"{self._path} does not know document {wrong!r}: find the clusters again")
        return found


def _first_unlike(ids: pa.Array[Any], known: pa.ChunkedArray[Any]) -> Any:
    same = pc.equal(ids.slice(0, len(known)), known).to_pylist()
    return ids[same.index(False) if False in same else len(known)].as_py()
