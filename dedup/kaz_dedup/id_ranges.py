"""Rows by ranges of their ids: a sort on disk whose memory is that of one range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import Corrupt
from kaz_datasets.shards import iter_batches
from kaz_dedup.blocks import BlockFile

SAMPLES_PER_RANGE: Final = 256
"""So many quantiles of a sample cut ranges whose sizes differ by some percent."""


def id_ranges(
    parts: Iterable[pa.Table], signatures: Sequence[Path], ranges: int, file: BlockFile
) -> Iterator[pa.Table]:
    """The rows of all parts, range by range in the order of their ids, unordered inside.

    Where the ranges end follows a sample of the ids, and decides memory only. Raises DiskFull, and
    Corrupt where the intermediate file is damaged.
    """
    if ranges == 1:
        tables = list(parts)
        if tables:
            yield pa.concat_tables(tables)
        return
    ends = _range_ends(signatures, ranges)
    places: list[list[tuple[int, int, int]]] = [[] for _ in range(len(ends) + 1)]
    for table in parts:
        for number, part in _split(table, ends):
            places[number].append(file.append(_serialized(part)))
    for blocks in places:
        if blocks:
            yield pa.concat_tables([_table(file.read(place, np.uint8)) for place in blocks])


def _range_ends(signatures: Sequence[Path], ranges: int) -> list[Any]:
    sample: list[Any] = []
    step = 1 + sum(1 for _ in signatures) // ranges
    for path in signatures[::step] if len(signatures) > ranges else signatures:
        for batch in iter_batches(path, ["id"]):
            wanted = np.linspace(0, len(batch) - 1, min(len(batch), SAMPLES_PER_RANGE))
            sample += batch.column(0).take(wanted.astype(np.int64)).to_pylist()
    sample.sort()
    ends = [sample[len(sample) * cut // ranges] for cut in range(1, ranges)] if sample else []
    return sorted(set(ends))


def _split(table: pa.Table, ends: Sequence[Any]) -> Iterator[tuple[int, pa.Table]]:
    ids = table.column("id")
    numbers = np.zeros(len(ids), np.int64)
    for end in ends:
        numbers += pc.greater_equal(ids, pa.scalar(end, ids.type)).to_numpy()
    order = np.argsort(numbers, kind="stable")
    stops = np.cumsum(np.bincount(numbers, minlength=len(ends) + 1))
    ordered = table.take(order)
    for number, stop in enumerate(stops):
        start = int(stops[number - 1]) if number else 0
        if stop > start:
            yield number, ordered.slice(start, int(stop) - start)


def _serialized(table: pa.Table) -> Any:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return np.frombuffer(memoryview(sink.getvalue()), np.uint8)


def _table(raw: Any) -> pa.Table:
    try:
        return pa.ipc.open_stream(pa.py_buffer(raw)).read_all()
    except pa.ArrowException as error:
        raise Corrupt(f"an intermediate file is damaged ({error}): check the disk") from error
