"""Nodes: the distinct documents of all shards in the order of their ids.

Everything after this works on node numbers. As they follow from the ids alone, no later result
depends on how many shards there are, or in which order rows come. Ids are sorted range by range,
and what is known of the nodes lies on disk, range by range.
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
from kaz_dedup.blocks import Block, BlockFile, ranges_for, read_block
from kaz_dedup.components import part_of
from kaz_dedup.errors import RepeatedId
from kaz_dedup.id_ranges import id_ranges
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.ranks import NEVER
from kaz_dedup.shard_labels import shard_labels
from kaz_dedup.signatures import METADATA_KEY, band_name, definition
from kaz_dedup.tables import read_table, write_table
from kaz_dedup.words import Hashes, Integers

_RANKS = ("licence_rank", "completeness", "quality", "retrieved_at")
_COLUMNS = ("id", "text_hash", "words", *_RANKS)
_ROWS_PER_BATCH = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The distinct documents, in ranges; blocks are those of each range."""

    id_type: pa.DataType
    bounds: Integers
    """The first node of each range, and the number of nodes: one more than there are ranges."""
    first_rows: Integers
    """The first row of each shard, and the number of all rows: one more than there are shards."""
    facts: list[Block]
    """Tables of `id` (ascending and distinct), `copies` (rows that carry it), `hash_high` and
    `hash_low` (of the text; zeros where there is none), `words` and the ranks; a time that is not
    known is the largest integer."""
    rows: list[Block]
    """Node by node the rows that carry its id, counted through all shards; the first of each node
    is the one that stands for it."""
    keys: list[list[Block]]
    """The keys of each band."""

    def __len__(self) -> int:
        return int(self.bounds[-1])

    @property
    def ranges(self) -> int:
        """How many ranges there are."""
        return len(self.bounds) - 1

    def part_of(self, nodes: Integers) -> Integers:
        """The range of each node."""
        return part_of(nodes, self.bounds)

    def numbers(self, part: int) -> Integers:
        """The nodes of a range."""
        return np.arange(self.bounds[part], self.bounds[part + 1], dtype=np.int64)

    def facts_of(self, part: int) -> pa.Table:
        """What is known of the nodes of a range. Raises Corrupt."""
        return read_table(self.facts[part])

    def keys_of(self, part: int, band: int) -> Hashes:
        """The keys of a band of the nodes of a range. Raises Corrupt."""
        return read_block(self.keys[part][band], np.uint64)

    def rows_of(self, part: int) -> Integers:
        """The rows of the nodes of a range. Raises Corrupt."""
        return read_block(self.rows[part], np.int64)

    def elected_of(self, part: int, copies: Integers) -> Integers:
        """The row that stands for each node of a range."""
        elected: Integers = self.rows_of(part)[np.cumsum(copies) - copies]
        return elected


def load_nodes(
    signatures: Sequence[Path],
    documents: Sequence[Path],
    config: DedupConfig,
    unique_ids: bool,
    folder: Path,
) -> Nodes:
    """Read all signatures and sort them by id, in files in `folder`.

    Raises WrongUse where the shards do not belong together, RepeatedId where `unique_ids` is
    asked for and an id comes twice, Corrupt where one id stands for two texts, and DiskFull.
    """
    kind, rows = _check_shards(signatures, documents, config)
    first_rows = np.cumsum([0, *rows], dtype=np.int64)
    bands, _ = config.bands
    ranges = ranges_for(int(first_rows[-1]), config.range_rows)
    with BlockFile(folder / "nodes") as file, BlockFile(folder / "ids") as ids:
        election = _Election(file, kind, first_rows, documents, unique_ids, bands)
        parts = _parts(signatures, documents, first_rows, bands)
        for table in id_ranges(parts, signatures, ranges, ids):
            election.add(table)
    (folder / "ids").unlink()
    return election.nodes()


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
    signatures: Sequence[Path], documents: Sequence[Path], first_rows: Integers, bands: int
) -> Iterator[pa.Table]:
    """All rows, batch by batch, with their number and their shard's rank."""
    # Which shard comes first is the caller's accident: between copies that are otherwise alike
    # the shard's path decides, then the row.
    labels = shard_labels(documents or signatures)
    ranks = {label: rank for rank, label in enumerate(sorted(labels))}
    columns = [*_COLUMNS, *map(band_name, range(bands))]
    for path, label, first in zip(signatures, labels, first_rows, strict=False):
        row = int(first)
        for batch in iter_batches(path, columns, rows=_ROWS_PER_BATCH):
            table = pa.Table.from_batches([batch])
            table = table.append_column("row", pa.array(np.arange(row, row + len(batch))))
            rank = np.full(len(batch), ranks[label], np.int32)
            yield table.append_column("place", pa.array(rank))
            row += len(batch)


class _Election:
    """Takes ranges of rows in the order of their ids, and writes the nodes."""

    def __init__(
        self,
        file: BlockFile,
        kind: pa.DataType,
        first_rows: Integers,
        documents: Sequence[Path],
        unique_ids: bool,
        bands: int,
    ) -> None:
        self._file, self._kind, self._bands = file, kind, bands
        self._first_rows, self._documents, self._unique = first_rows, documents, unique_ids
        self._bounds = [0]
        self._facts: list[Block] = []
        self._rows: list[Block] = []
        self._keys: list[list[Block]] = []

    def add(self, table: pa.Table) -> None:
        """Elect the row that stands for each id of one range."""
        ids, nodes, order = _number(table.column("id"))
        rows = table.column("row").to_numpy()
        facts = _facts(table)
        copies = np.bincount(nodes, minlength=len(ids)).astype(np.int32)
        if len(ids) < len(rows):
            places = table.column("place").to_numpy()
            times, licences = facts["retrieved_at"], facts["licence_rank"]
            completeness = -facts["completeness"].astype(np.int64)
            order = np.lexsort((rows, places, times, completeness, licences, nodes))
        starts = np.cumsum(copies, dtype=np.int64) - copies
        if self._unique and (copies > 1).any():
            first = int(starts[np.argmax(copies > 1)])
            self._report_repeated(ids, nodes, rows, order[first : first + 2])
        elected = order[starts]
        _check_one_text(facts, elected, nodes, ids)
        columns: dict[str, Any] = {"id": ids, "copies": copies}
        columns |= {name: values[elected] for name, values in facts.items()}
        self._facts.append(write_table(self._file, pa.table(columns)))
        self._rows.append(self._file.append(rows[order]))
        keys = (table.column(band_name(band)).to_numpy() for band in range(self._bands))
        self._keys.append([self._file.append(column[elected]) for column in keys])
        self._bounds.append(self._bounds[-1] + len(ids))

    def nodes(self) -> Nodes:
        """What was written."""
        return Nodes(
            id_type=self._kind,
            bounds=np.array(self._bounds, np.int64),
            first_rows=self._first_rows,
            facts=self._facts,
            rows=self._rows,
            keys=self._keys,
        )

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


def _facts(table: pa.Table) -> dict[str, npt.NDArray[Any]]:
    """What is kept of each row, as arrays."""
    times: Any = table.column("retrieved_at").cast(pa.int64())
    hashes = _halves(table.column("text_hash"))
    return {
        "hash_high": hashes[:, 0],
        "hash_low": hashes[:, 1],
        "words": table.column("words").to_numpy(),
        "licence_rank": table.column("licence_rank").to_numpy(),
        "completeness": table.column("completeness").to_numpy(),
        "quality": table.column("quality").to_numpy(),
        "retrieved_at": pc.fill_null(times, int(NEVER)).to_numpy(),
    }


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
    facts: dict[str, npt.NDArray[Any]], elected: Integers, nodes: Integers, ids: pa.Array[Any]
) -> None:
    for name in ("hash_high", "hash_low"):
        differs = facts[name] != facts[name][elected[nodes]]
        if differs.any():
            identifier = ids[int(nodes[np.argmax(differs)])].as_py()
            raise Corrupt(
                f"id {identifier!r} stands for two different texts: clean its shards again"
            )
