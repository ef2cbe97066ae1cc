"""The shingle sets of the documents that may have duplicates, on disk, for exact comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import no_space_named
from kaz_datasets.progress import Progress
from kaz_datasets.shards import iter_batches
from kaz_dedup.blocks import Block, BlockFile, Spill, read_block
from kaz_dedup.kernel import shingle_sets
from kaz_dedup.nodes import Nodes
from kaz_dedup.tables import InOrder, TableSpill
from kaz_dedup.texts import text_array, text_buffers
from kaz_dedup.words import Hashes, Integers

_ROWS_PER_BATCH = 4_096
_COLUMNS = 3


class ShingleStore(NamedTuple):
    """The set of node i is `values[starts[i]:starts[i] + sizes[i]]`, ascending."""

    values: Hashes
    starts: Integers
    sizes: Integers
    sums: Hashes
    """The sum of each set's values, by which a damaged file is noticed."""


@dataclass(frozen=True, kw_only=True)
class ShingleFile:
    """A store on disk. Sets are read where they lie, and only those that are compared."""

    values: Path
    places: Path
    nodes: int
    sizes_crc: int = 0
    """CRC-32 of all sizes. Sets are compared with their sums when they are read; a size alone can
    say that two sets are too unlike to be read."""

    @contextmanager
    def mapped(self) -> Iterator[ShingleStore]:
        """The store, its files mapped: pages that the system may take back at any time.

        Raises Corrupt where the sizes are not those that were written.
        """
        values = np.empty(0, np.uint64)
        if self.values.stat().st_size:
            values = np.asarray(np.memmap(self.values, np.uint64, mode="r"))
        places = np.zeros((_COLUMNS, 0), np.int64)
        if self.places.stat().st_size:
            shape = (_COLUMNS, self.nodes)
            places = np.asarray(np.memmap(self.places, np.int64, mode="r", shape=shape))
        if crc32(places[1].data) != self.sizes_crc:
            raise Corrupt(f"{self.places} is damaged: check the disk, run again")
        yield ShingleStore(values, places[0], places[1], places[2].view(np.uint64))


def no_shingles(folder: Path) -> ShingleFile:
    """A store without sets, where none will be compared."""
    for name in ("shingles", "places"):
        (folder / name).touch()
    return ShingleFile(values=folder / "shingles", places=folder / "places", nodes=0)


def store_shingles(
    folder: Path,
    documents: Sequence[Path],
    nodes: Nodes,
    shared: Sequence[Sequence[Sequence[Block]]],
    config_words: int,
    columns: tuple[str, str],
    progress: Progress,
) -> ShingleFile:
    """Read the documents that share a key in any band once, in bounded memory; write their sets.

    `shared` is what `shared_keys` gave for each band; `columns` are those of the id and of the
    text. The file takes 8 bytes a word of these documents. Raises DiskFull, and Corrupt where
    documents are not those that were signed.
    """
    store = ShingleFile(values=folder / "shingles", places=folder / "places", nodes=len(nodes))
    with BlockFile(folder / "wanted") as file:
        wanted = InOrder(_wanted_rows(nodes, shared, file), nodes.ranges, "row")
        places = Spill(file, nodes.ranges, 1 + _COLUMNS)
        with no_space_named(folder), store.values.open("wb") as stream:
            _fill(stream, documents, nodes, wanted, config_words, columns, places, progress)
        store = replace(store, sizes_crc=_write_places(store, nodes, places))
    (folder / "wanted").unlink()
    return store


def _wanted_rows(
    nodes: Nodes, shared: Sequence[Sequence[Sequence[Block]]], file: BlockFile
) -> TableSpill:
    """Row, node and id of the documents to read, by ranges of rows."""
    spill = TableSpill(file, nodes.ranges)
    width = -(-int(nodes.first_rows[-1]) // max(nodes.ranges, 1))
    for part in range(nodes.ranges):
        facts, numbers = nodes.facts_of(part), nodes.numbers(part)
        flags = np.zeros(len(numbers), np.bool_)
        for band in shared:
            for block in band[part]:
                members = read_block(block, np.uint64).reshape(-1, 2)[:, 1]
                flags[members.astype(np.int64) - nodes.bounds[part]] = True
        here = np.flatnonzero(flags)
        rows = nodes.elected_of(part, facts.column("copies").to_numpy())[here]
        columns: dict[str, Any] = {
            "row": pa.array(rows),
            "node": pa.array(numbers[here]),
            "id": facts.column("id").take(here),
        }
        spill.append(rows // width, pa.table(columns))
    return spill


def _fill(
    stream: IO[bytes],
    documents: Sequence[Path],
    nodes: Nodes,
    wanted: InOrder,
    shingle_words: int,
    columns: tuple[str, str],
    places: Spill,
    progress: Progress,
) -> None:
    row, total, all_rows = 0, 0, int(nodes.first_rows[-1])
    for path in documents:
        for batch in iter_batches(path, list(dict.fromkeys(columns)), rows=_ROWS_PER_BATCH):
            tables = wanted.until(row + len(batch))
            if tables:
                table = pa.concat_tables(tables)
                rows = table.column("row").to_numpy() - row
                _check_ids(batch.column(columns[0]).take(rows), table.column("id"), path)
                texts = text_array(batch.column(columns[1])).take(rows)
                values, ends = shingle_sets(text_buffers(texts), shingle_words)
                stream.write(values.data)
                found = table.column("node").to_numpy()
                sizes = np.diff(ends, prepend=0)
                places.append(
                    nodes.part_of(found), found, total + ends - sizes, sizes, _sums(values, ends)
                )
                total += len(values)
            row += len(batch)
            progress(row, all_rows, "documents")


def _sums(values: Hashes, ends: Integers) -> npt.NDArray[np.uint64]:
    totals = np.concatenate([[np.uint64(0)], np.cumsum(values, dtype=np.uint64)])
    sums: npt.NDArray[np.uint64] = totals[ends] - totals[np.concatenate([[0], ends[:-1]])]
    return sums


def _check_ids(ids: pa.Array[Any], wanted: pa.ChunkedArray[Any], path: Path) -> None:
    if not pa.chunked_array([ids]).cast(wanted.type).equals(wanted):
        raise Corrupt(f"{path} has changed since it was signed: sign it again")


def _write_places(store: ShingleFile, nodes: Nodes, places: Spill) -> int:
    """Put start, size and sum of each node's set where its number says; the CRC of the sizes."""
    crc = 0
    with no_space_named(store.places.parent), store.places.open("wb") as stream:
        for part in range(nodes.ranges):
            rows = places.read(part)
            here = rows[:, 0].astype(np.int64) - nodes.bounds[part]
            for column in range(_COLUMNS):
                whole = np.zeros(len(nodes.numbers(part)), np.uint64)
                whole[here] = rows[:, 1 + column]
                stream.seek(8 * (column * len(nodes) + int(nodes.bounds[part])))
                stream.write(whole.data)
                if column == 1:
                    crc = crc32(whole.data, crc)
    return crc
