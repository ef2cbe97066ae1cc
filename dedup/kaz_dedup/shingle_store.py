"""The shingle sets of the documents that may have duplicates, on disk, for exact comparison."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import no_space_named
from kaz_datasets.progress import Progress
from kaz_datasets.shards import iter_batches
from kaz_dedup.blocks import disk_array
from kaz_dedup.kernel import shingle_sets
from kaz_dedup.nodes import Nodes
from kaz_dedup.texts import text_array, text_buffers
from kaz_dedup.words import Hashes, Integers

_ROWS_PER_BATCH = 4_096


class ShingleStore(NamedTuple):
    """The set of node i is `values[starts[i]:starts[i] + sizes[i]]`, ascending."""

    values: Hashes
    starts: Integers
    sizes: Integers
    sums: Hashes
    """The sum of each set's values, by which a damaged file is noticed."""


@contextmanager
def shingle_store(
    folder: Path,
    documents: Sequence[Path],
    nodes: Nodes,
    wanted: npt.NDArray[np.bool_],
    shingle_words: int,
    columns: tuple[str, str],
    progress: Progress,
) -> Iterator[ShingleStore]:
    """Read the wanted nodes' documents once, in bounded memory, and map their sets from a file.

    `columns` are those of the id and of the text. The file takes 8 bytes a word of the wanted
    documents; it lies in `folder` without a name, so nothing stays behind however the process
    ends. Raises DiskFull, and Corrupt where documents are not those that were signed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = disk_array(folder, len(nodes), np.int64)
    sizes = disk_array(folder, len(nodes), np.int64)
    sums = disk_array(folder, len(nodes), np.uint64)
    with tempfile.TemporaryFile(dir=folder) as stream:
        with no_space_named(folder):
            if wanted.any():
                store = ShingleStore(np.empty(0, np.uint64), starts, sizes, sums)
                _fill(stream, documents, nodes, wanted, shingle_words, columns, store, progress)
            stream.flush()
        values = np.empty(0, np.uint64)
        if sizes.any():
            values = np.asarray(np.memmap(stream, np.uint64, mode="r"))
        yield ShingleStore(values, starts, sizes, sums)


def _fill(
    stream: IO[bytes],
    documents: Sequence[Path],
    nodes: Nodes,
    wanted: npt.NDArray[np.bool_],
    shingle_words: int,
    columns: tuple[str, str],
    store: ShingleStore,
    progress: Progress,
) -> None:
    row, total, all_rows = 0, 0, int(nodes.first_rows[-1])
    for path in documents:
        for batch in iter_batches(path, list(dict.fromkeys(columns)), rows=_ROWS_PER_BATCH):
            here = nodes.node_of_row[row : row + len(batch)]
            first = nodes.elected[here] == np.arange(row, row + len(batch))
            rows = np.flatnonzero(wanted[here] & first)
            found = here[rows]
            _check_ids(batch.column(columns[0]), rows, nodes, found, path)
            values, ends = shingle_sets(
                text_buffers(text_array(batch.column(columns[1])).take(rows)),
                shingle_words,
            )
            stream.write(values.tobytes())
            store.sizes[found] = np.diff(ends, prepend=0)
            store.starts[found] = total + ends - store.sizes[found]
            totals = np.concatenate([[np.uint64(0)], np.cumsum(values, dtype=np.uint64)])
            store.sums[found] = totals[ends] - totals[ends - store.sizes[found]]
            row, total = row + len(batch), total + len(values)
            progress(row, all_rows, "documents")


def _check_ids(
    ids: pa.Array[Any], rows: Integers, nodes: Nodes, found: Integers, path: Path
) -> None:
    if not ids.cast(nodes.ids.type).take(rows).equals(nodes.ids.take(found)):
        raise Corrupt(f"{path} has changed since it was signed: sign it again")
