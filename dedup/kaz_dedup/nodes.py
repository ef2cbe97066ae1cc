"""Nodes: the distinct documents of all shards in the order of their ids, as arrays.

Everything after this works on node numbers. As they follow from the ids alone, no later result
depends on how many shards there are, or in which order rows come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import Corrupt, WrongUse
from kaz_datasets.shards import open_shard, read_shard
from kaz_dedup.errors import RepeatedId
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.shard_labels import shard_labels
from kaz_dedup.signatures import METADATA_KEY, band_name, definition

Integers = npt.NDArray[np.int64]

_COLUMNS = ("id", "text_hash", "words", "completeness", "retrieved_at")
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The distinct documents; all arrays have one value a node unless they say otherwise."""

    ids: pa.Array[Any]
    """Ascending and distinct: a node's number is its place here."""
    elected: Integers
    """Which row stands for the node, counted through all shards."""
    copies: Integers
    """How many rows carry the node's id."""
    text_hashes: npt.NDArray[np.uint64]
    """The two halves of each node's text hash, shape (nodes, 2); zeros where there is no text."""
    words: Integers
    completeness: Integers
    retrieved_at: Integers
    """Milliseconds since 1970; the largest integer where it is not known."""
    first_rows: Integers
    """The first row of each shard, and the number of all rows: one more than there are shards."""

    def __len__(self) -> int:
        return len(self.elected)

    def keeper_order(self, clusters: Integers) -> Integers:
        """Nodes by cluster, the one to keep first: more complete, longer, older, smaller id."""
        return np.lexsort((self.retrieved_at, -self.words, -self.completeness, clusters))


def load_nodes(
    signatures: Sequence[Path], documents: Sequence[Path], config: DedupConfig, unique_ids: bool
) -> Nodes:
    """Read all signatures but their bands.

    Raises WrongUse where the shards do not belong together, RepeatedId where `unique_ids` is
    asked for and an id comes twice, Corrupt where one id stands for two texts.
    """
    _check_definitions(signatures, config)
    tables = [read_shard(path, _COLUMNS) for path in signatures]
    _check_id_types(tables, documents)
    for table, path in zip(tables, documents, strict=True):
        _check_rows(table.num_rows, path)
    first_rows = np.cumsum([0, *(table.num_rows for table in tables)], dtype=np.int64)
    table = pa.concat_tables(tables)
    return _elect(table, first_rows, documents, unique_ids)


def read_band(signatures: Sequence[Path], band: int, nodes: Nodes) -> npt.NDArray[np.uint64]:
    """The keys of one band, one a node."""
    name = band_name(band)
    columns = [read_shard(path, [name]).column(name).to_numpy() for path in signatures]
    return np.concatenate(columns).astype(np.uint64, copy=False)[nodes.elected]


def _check_definitions(signatures: Sequence[Path], config: DedupConfig) -> None:
    wanted = definition(config)
    for path in signatures:
        with open_shard(path) as shard:
            found = (shard.schema_arrow.metadata or {}).get(METADATA_KEY)
        if found != wanted:
            raise WrongUse(
                f"{path} was signed with other parameters or another version:"
                " sign all shards again with the same configuration"
            )


def _check_id_types(tables: Sequence[pa.Table], documents: Sequence[Path]) -> None:
    for table, path in zip(tables, documents, strict=True):
        if table.schema.field("id").type != tables[0].schema.field("id").type:
            raise WrongUse(
                f"ids are {tables[0].schema.field('id').type} in {documents[0]} but"
                f" {table.schema.field('id').type} in {path}: give them one type"
            )


def _check_rows(rows: int, documents: Path) -> None:
    with open_shard(documents) as shard:
        if shard.metadata.num_rows != rows:
            raise Corrupt(
                f"{documents} has {shard.metadata.num_rows} rows but its signatures {rows}:"
                " sign it again"
            )


def _elect(
    table: pa.Table, first_rows: Integers, documents: Sequence[Path], unique_ids: bool
) -> Nodes:
    ids, nodes = _number(table.column("id"))
    copies = np.bincount(nodes, minlength=len(ids)).astype(np.int64)
    completeness = table.column("completeness").to_numpy().astype(np.int64)
    times_or_null: Any = table.column("retrieved_at").cast(pa.int64())
    times = pc.fill_null(times_or_null, int(_NEVER)).to_numpy()
    # Which shard comes first is the caller's accident: between copies that are otherwise alike
    # the shard's path decides, then the row.
    order = np.lexsort((_places(first_rows, documents), times, -completeness, nodes))
    starts = np.cumsum(copies) - copies
    if unique_ids and (copies > 1).any():
        first = int(starts[np.argmax(copies > 1)])
        _report_repeated(ids, nodes, order[first : first + 2], first_rows, documents)
    elected = order[starts]
    hashes = _halves(table.column("text_hash"))
    _check_one_text(hashes, elected, nodes, ids)
    return Nodes(
        ids=ids,
        elected=elected,
        copies=copies,
        text_hashes=hashes[elected],
        words=table.column("words").to_numpy()[elected],
        completeness=completeness[elected],
        retrieved_at=times[elected],
        first_rows=first_rows,
    )


def _number(column: pa.ChunkedArray[Any]) -> tuple[pa.Array[Any], Integers]:
    """The distinct ids, ascending, and for each row the place of its id among them."""
    if pa.types.is_string(column.type):
        column = column.cast(pa.large_string())  # many ids are more than 2 GB together
    ids: Any = pa.concat_arrays(column.chunks or [pa.array([], column.type)])
    order = pc.sort_indices(ids)
    ordered = ids.take(order)
    new = np.ones(len(ids), np.bool_)
    if len(ids) > 1:
        differs = pc.not_equal(ordered.slice(1), ordered.slice(0, len(ids) - 1))
        new[1:] = differs.to_numpy(zero_copy_only=False)
    nodes = np.empty(len(ids), np.int64)
    nodes[order.to_numpy()] = np.cumsum(new) - 1
    return ordered.filter(pa.array(new)), nodes


def _places(first_rows: Integers, documents: Sequence[Path]) -> Integers:
    """For each row, the place of its shard in the order of their labels."""
    labels = shard_labels(documents)
    places = np.empty(len(labels), np.int64)
    places[sorted(range(len(labels)), key=labels.__getitem__)] = np.arange(len(labels))
    return np.repeat(places, np.diff(first_rows))


def _report_repeated(
    ids: pa.Array[Any],
    nodes: Integers,
    rows: Integers,
    first_rows: Integers,
    documents: Sequence[Path],
) -> None:
    where = []
    for row in rows:
        shard = int(np.searchsorted(first_rows, row, side="right")) - 1
        where.append(f"row {row - first_rows[shard]} of {documents[shard]}")
    identifier = ids[int(nodes[rows[0]])].as_py()
    raise RepeatedId(f"id {identifier!r} comes twice, in {' and '.join(where)}: make ids unique")


def _halves(column: pa.ChunkedArray[Any]) -> npt.NDArray[np.uint64]:
    chunks: list[Any] = column.chunks
    filled = [pc.fill_null(chunk, bytes(16)) for chunk in chunks]
    blocks = [
        np.frombuffer(memoryview(chunk.buffers()[1] or b""), np.uint64).reshape(-1, 2)[
            chunk.offset : chunk.offset + len(chunk)
        ]
        for chunk in filled
    ]
    return np.concatenate([np.empty((0, 2), np.uint64), *blocks])


def _check_one_text(
    hashes: npt.NDArray[np.uint64], elected: Integers, nodes: Integers, ids: pa.Array[Any]
) -> None:
    differs = (hashes != hashes[elected[nodes]]).any(axis=1)
    if differs.any():
        identifier = ids[int(nodes[np.argmax(differs)])].as_py()
        raise Corrupt(f"id {identifier!r} stands for two different texts: clean its shards again")
