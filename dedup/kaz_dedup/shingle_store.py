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
    starts, sizes = np.zeros(len(nodes), np.int64), np.zeros(len(nodes), np.int64)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as stream:
        with no_space_named(folder):
            _fill(stream, documents, nodes, wanted, shingle_words, columns, starts, sizes, progress)
            stream.flush()
        values = np.empty(0, np.uint64)
        if sizes.any():
            values = np.asarray(np.memmap(stream, np.uint64, mode="r"))
        yield ShingleStore(values, starts, sizes)


def _fill(
    stream: IO[bytes],
    documents: Sequence[Path],
    nodes: Nodes,
    wanted: npt.NDArray[np.bool_],
    shingle_words: int,
    columns: tuple[str, str],
    starts: Integers,
    sizes: Integers,
    progress: Progress,
) -> None:
    node_of_row = np.full(nodes.first_rows[-1], -1, np.int64)
    node_of_row[nodes.elected[wanted]] = np.flatnonzero(wanted)
    row, total = 0, 0
    for path in documents:
        for batch in iter_batches(path, list(dict.fromkeys(columns)), rows=_ROWS_PER_BATCH):
            here = node_of_row[row : row + len(batch)]
            rows = np.flatnonzero(here >= 0)
            found = here[here >= 0]
            _check_ids(batch.column(columns[0]), rows, nodes, found, path)
            values, ends = shingle_sets(
                text_buffers(text_array(batch.column(columns[1])).take(rows)), shingle_words
            )
            stream.write(values.tobytes())
            sizes[found] = np.diff(ends, prepend=0)
            starts[found] = total + ends - sizes[found]
            row, total = row + len(batch), total + len(values)
            progress(row, len(node_of_row), "documents")


def _check_ids(
    ids: pa.Array[Any], rows: Integers, nodes: Nodes, found: Integers, path: Path
) -> None:
    if not ids.cast(nodes.ids.type).take(rows).equals(nodes.ids.take(found)):
        raise Corrupt(f"{path} has changed since it was signed: sign it again")
