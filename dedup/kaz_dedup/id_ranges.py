"""Rows by ranges of their ids: a sort on disk whose memory is that of one range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.shards import open_shard
from kaz_dedup.blocks import BlockFile
from kaz_dedup.tables import TableSpill
from kaz_dedup.words import Integers

SAMPLES_PER_RANGE: Final = 1_024
"""Of a random sample of so many ids a range, the quantiles cut ranges of sizes that differ by
some percent: the share below a quantile of n samples has the standard error of 1/sqrt(n)."""
_SEED = 1


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
    spill = TableSpill(file, len(ends) + 1)
    for table in parts:
        spill.append(_parts_of(table.column("id"), ends), table)
    for part in range(len(ends) + 1):
        found = spill.read(part)
        if found is not None:
            yield found


def _range_ends(signatures: Sequence[Path], ranges: int) -> pa.Array[Any]:
    """Ids at which ranges end, by a sample of row groups that does not grow with the corpus."""
    draw = np.random.default_rng(_SEED)
    groups = _row_groups(signatures)
    wanted = min(len(groups), 4 * ranges)
    each = -(-ranges * SAMPLES_PER_RANGE // max(wanted, 1))
    sample: list[Any] = []
    for number in draw.permutation(len(groups))[:wanted].tolist():
        path, group = groups[number]
        with open_shard(path) as shard:
            ids = shard.read_row_group(group, ["id"]).column("id")
        places = draw.permutation(len(ids))[:each]
        sample += ids.take(places).to_pylist()
    sample.sort()
    cuts = (sample[len(sample) * cut // ranges] for cut in range(1, ranges)) if sample else ()
    return pa.array(sorted(set(cuts)), _id_type(signatures[0]))


def _row_groups(signatures: Sequence[Path]) -> list[tuple[Path, int]]:
    found = []
    for path in signatures:
        with open_shard(path) as shard:
            found += [(path, group) for group in range(shard.num_row_groups)]
    return found


def _id_type(path: Path) -> pa.DataType:
    with open_shard(path) as shard:
        kind: pa.DataType = shard.schema_arrow.field("id").type
    return kind


def _parts_of(ids: pa.ChunkedArray[Any], ends: pa.Array[Any]) -> Integers:
    """The range of each id: ends are few and sorted, so their ranks among the ids decide."""
    order = pc.sort_indices(ids).to_numpy().astype(np.int64)
    ordered = ids.take(order)
    parts = np.empty(len(ids), np.int64)
    start = 0
    for part, end in enumerate(ends):
        stop = start + _count_below(ordered, start, end)
        parts[order[start:stop]] = part
        start = stop
    parts[order[start:]] = len(ends)
    return parts


def _count_below(ordered: pa.ChunkedArray[Any], start: int, end: Any) -> int:
    low, high = start, len(ordered)
    while low < high:
        middle = (low + high) >> 1
        if ordered[middle].as_py() < end.as_py():
            low = middle + 1
        else:
            high = middle
    return low - start
