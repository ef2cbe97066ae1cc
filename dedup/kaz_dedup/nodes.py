"""Nodes: the distinct documents of all shards in the order of their ids, as arrays.

Everything after this works on node numbers. As they follow from the ids alone, no later result
depends on how many shards there are, or in which order rows come. Ids are sorted range by range
in bounded memory; what is kept of every node lies in files once it is large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import Corrupt, WrongUse
from kaz_datasets.shards import iter_batches, open_shard
from kaz_dedup.blocks import BlockFile, disk_array, ranges_for
from kaz_dedup.errors import RepeatedId
from kaz_dedup.id_ranges import id_ranges
from kaz_dedup.ids import Ids, IdsWriter
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.ranks import NEVER
from kaz_dedup.shard_labels import shard_labels
from kaz_dedup.signatures import METADATA_KEY, band_name, definition

Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

_RANKS = ("licence_rank", "completeness", "quality", "retrieved_at")
_COLUMNS = ("id", "text_hash", "words", *_RANKS)
_ROWS_PER_BATCH = 1 << 17


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The distinct documents; all arrays have one value a node unless they say otherwise."""

    ids: Ids
    """Ascending and distinct: a node's number is its place here."""
    elected: Integers
    """Which row stands for the node, counted through all shards."""
    copies: npt.NDArray[np.int32]
    """How many rows carry the node's id."""
    text_hashes: Hashes
    """The two halves of each node's text hash, shape (nodes, 2); zeros where there is no text."""
    words: Integers
    licence_rank: npt.NDArray[np.uint8]
    completeness: npt.NDArray[np.uint8]
    quality: npt.NDArray[np.float32]
    retrieved_at: Integers
    """Milliseconds since 1970; the largest integer where it is not known."""
    first_rows: Integers
    """The first row of each shard, and the number of all rows: one more than there are shards."""
    node_of_row: Integers
    """The node of each row of all shards."""

    def __len__(self) -> int:
        return len(self.elected)

    def keeper_order(self, nodes: Integers, clusters: Integers, rule: Sequence[str]) -> Integers:
        """Some nodes, ascending, by their clusters; inside a cluster the one to keep first."""
        keys: list[npt.NDArray[Any]] = [clusters]
        for name in rule:
            if name == "licence":
                keys.append(self.licence_rank[nodes])
            elif name == "completeness":
                keys.append(-self.completeness[nodes].astype(np.int64))
                keys.append(-self.words[nodes])
            elif name == "quality":
                keys.append(-self.quality[nodes])
            else:
                times = self.retrieved_at[nodes]
                keys.append(times if name == "oldest" else -np.where(times == NEVER, -1, times))
        return nodes[np.lexsort(keys[::-1])]


def load_nodes(
    signatures: Sequence[Path],
    documents: Sequence[Path],
    config: DedupConfig,
    unique_ids: bool,
    folder: Path,
) -> Nodes:
    """Read all signatures but their bands; what is large lies in nameless files in `folder`.

    Raises WrongUse where the shards do not belong together, RepeatedId where `unique_ids` is
    asked for and an id comes twice, Corrupt where one id stands for two texts.
    """
    kind, rows = _check_shards(signatures, documents, config)
    first_rows = np.cumsum([0, *rows], dtype=np.int64)
    total = int(first_rows[-1])
    election = _Election(folder, kind, total, first_rows, documents, unique_ids)
    with BlockFile(folder) as file:
        parts = _parts(signatures, documents, first_rows)
        ranges = ranges_for(total, config.range_rows)
        for table in id_ranges(parts, signatures, ranges, file):
            election.add(table)
    return election.nodes()


def band_batches(
    signatures: Sequence[Path], band: int, nodes: Nodes
) -> Iterator[tuple[Hashes, Integers]]:
    """The keys of one band and their nodes, in bounded memory; repeated rows left out."""
    row = 0
    for path in signatures:
        for batch in iter_batches(path, [band_name(band)], rows=_ROWS_PER_BATCH):
            keys = batch.column(0).to_numpy().astype(np.uint64, copy=False)
            places = np.arange(row, row + len(keys))
            found = nodes.node_of_row[row : row + len(keys)]
            first = nodes.elected[found] == places
            yield keys[first], found[first]
            row += len(keys)


def _check_shards(
    signatures: Sequence[Path], documents: Sequence[Path], config: DedupConfig
) -> tuple[pa.DataType, list[int]]:
    """The type of all ids, and the number of rows of each shard."""
    wanted, rows, kinds = definition(config), [], []
    for path in signatures:
        with open_shard(path) as shard:
            found = (shard.schema_arrow.metadata or {}).get(METADATA_KEY)
            rows.append(shard.metadata.num_rows)
            if found != wanted:
                raise WrongUse(
                    f"{path} was signed with other parameters or another version:"
                    " sign all shards again with the same configuration"
                )
            kinds.append(shard.schema_arrow.field("id").type)
    for kind, count, path in zip(kinds, rows, documents, strict=False):
        if kind != kinds[0]:
            raise WrongUse(
                f"ids are {kinds[0]} in {documents[0]} but {kind} in {path}: give them one type"
            )
        _check_rows(count, path)
    return kinds[0], rows


def _check_rows(rows: int, documents: Path) -> None:
    with open_shard(documents) as shard:
        if shard.metadata.num_rows != rows:
            raise Corrupt(
                f"{documents} has {shard.metadata.num_rows} rows but its signatures {rows}:"
                " sign it again"
            )


def _parts(
    signatures: Sequence[Path], documents: Sequence[Path], first_rows: Integers
) -> Iterator[pa.Table]:
    """All rows but their bands, batch by batch, with their number and their shard's rank."""
    # Which shard comes first is the caller's accident: between copies that are otherwise alike
    # the shard's path decides, then the row.
    labels = shard_labels(documents or signatures)
    ranks = {label: rank for rank, label in enumerate(sorted(labels))}
    for path, label, first in zip(signatures, labels, first_rows, strict=False):
        row = int(first)
        for batch in iter_batches(path, _COLUMNS, rows=_ROWS_PER_BATCH):
            table = pa.Table.from_batches([batch])
            table = table.append_column("row", pa.array(np.arange(row, row + len(batch))))
            rank = np.full(len(batch), ranks[label], np.int32)
            yield table.append_column("place", pa.array(rank))
            row += len(batch)


class _Election:
    """Takes ranges of rows in the order of their ids, and gathers the nodes."""

    def __init__(
        self,
        folder: Path,
        kind: pa.DataType,
        total: int,
        first_rows: Integers,
        documents: Sequence[Path],
        unique_ids: bool,
    ) -> None:
        self._folder, self._kind, self._total = folder, kind, total
        self._first_rows, self._documents, self._unique = first_rows, documents, unique_ids
        self._ids: list[Ids] = []
        self._count = 0
        self._elected = disk_array(folder, total, np.int64)
        self._copies = disk_array(folder, total, np.int32)
        self._hashes = disk_array(folder, (total, 2), np.uint64)
        self._words = disk_array(folder, total, np.int64)
        self._licences = disk_array(folder, total, np.uint8)
        self._completeness = disk_array(folder, total, np.uint8)
        self._quality = disk_array(folder, total, np.float32)
        self._times = disk_array(folder, total, np.int64)
        self._node_of_row = disk_array(folder, total, np.int64)

    def add(self, table: pa.Table) -> None:
        """Elect the row that stands for each id of one range."""
        ids, nodes, order = _number(table.column("id"))
        rows = table.column("row").to_numpy()
        times_or_null: Any = table.column("retrieved_at").cast(pa.int64())
        times = pc.fill_null(times_or_null, int(NEVER)).to_numpy()
        licences = table.column("licence_rank").to_numpy()
        completeness = table.column("completeness").to_numpy()
        copies = np.bincount(nodes, minlength=len(ids)).astype(np.int32)
        if len(ids) < len(rows):
            places = table.column("place").to_numpy()
            facts = (rows, places, times, -completeness.astype(np.int64), licences, nodes)
            order = np.lexsort(facts)
        starts = np.cumsum(copies, dtype=np.int64) - copies
        if self._unique and (copies > 1).any():
            first = int(starts[np.argmax(copies > 1)])
            self._report_repeated(ids, nodes, rows, order[first : first + 2])
        elected = order[starts]
        hashes = _halves(table.column("text_hash"))
        _check_one_text(hashes, elected, nodes, ids)
        here = slice(self._count, self._count + len(ids))
        self._elected[here], self._copies[here] = rows[elected], copies
        self._hashes[here], self._times[here] = hashes[elected], times[elected]
        self._words[here] = table.column("words").to_numpy()[elected]
        self._licences[here], self._completeness[here] = licences[elected], completeness[elected]
        self._quality[here] = table.column("quality").to_numpy()[elected]
        self._node_of_row[rows] = nodes + self._count
        self._count += len(ids)
        self._keep_ids(ids)

    def _keep_ids(self, ids: pa.Array[Any]) -> None:
        room = ids.nbytes + 8
        writer = IdsWriter(self._folder, self._kind, len(ids), room)
        writer.append(ids)
        self._ids.append(writer.finish())

    def nodes(self) -> Nodes:
        """What was gathered."""
        ids = self._ids[0] if len(self._ids) == 1 else self._joined_ids()
        end = self._count
        return Nodes(
            ids=ids,
            elected=self._elected[:end],
            copies=self._copies[:end],
            text_hashes=self._hashes[:end],
            words=self._words[:end],
            licence_rank=self._licences[:end],
            completeness=self._completeness[:end],
            quality=self._quality[:end],
            retrieved_at=self._times[:end],
            first_rows=self._first_rows,
            node_of_row=self._node_of_row,
        )

    def _joined_ids(self) -> Ids:
        room = sum(len(part.data) for part in self._ids)
        writer = IdsWriter(self._folder, self._kind, self._count, room)
        for part in self._ids:
            writer.append(part.part(0, len(part)))
        return writer.finish()

    def _report_repeated(
        self, ids: pa.Array[Any], nodes: Integers, rows: Integers, pair: Integers
    ) -> None:
        where = []
        for row in rows[pair]:
            shard = int(np.searchsorted(self._first_rows, row, side="right")) - 1
            where.append(f"row {row - self._first_rows[shard]} of {self._documents[shard]}")
        name = ids[int(nodes[pair[0]])].as_py()
        raise RepeatedId(f"id {name!r} comes twice, in {' and '.join(where)}: make ids unique")


def _number(column: pa.ChunkedArray[Any]) -> tuple[pa.Array[Any], Integers, Integers]:
    """The distinct ids, ascending; each row's place among them; and the rows in that order."""
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
    rows = order.to_numpy().astype(np.int64)
    nodes[rows] = np.cumsum(new) - 1
    return ordered if new.all() else ordered.filter(pa.array(new)), nodes, rows


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
