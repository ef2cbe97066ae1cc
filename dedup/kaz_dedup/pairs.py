"""Pairs that were compared: their verdicts and values, and the table of them all."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_datasets.shards import ShardWriter
from kaz_dedup.blocks import BlockFile, Spill, ranges_for
from kaz_dedup.ids import Ids
from kaz_dedup.linking import DAMAGED, compare_buckets
from kaz_dedup.nodes import Integers
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.shingle_store import ShingleStore

PAIRS_AT_ONCE: Final = 1 << 20

Reals = npt.NDArray[np.float64]


class Pairs:
    """Gathers compared pairs in a file, by ranges of the first node."""

    def __init__(self, file: BlockFile, nodes: int, range_rows: int) -> None:
        self._scale = (1 << 64) // max(nodes, 1) if nodes > 1 else 1
        self._spill = Spill(file, ranges_for(nodes, range_rows), 4)

    def add(self, ones: Integers, others: Integers, similarities: Reals) -> None:
        """Remember pairs; one that comes again is written once."""
        keys = ones.astype(np.uint64) * np.uint64(self._scale)
        self._spill.append(keys, ones, others, similarities.view(np.uint64))

    def write(self, path: Path, ids: Ids, threshold: float) -> int:
        """Write `one`, `other`, `similarity`, `alike`, in the order of ids; return how many."""
        schema = pa.schema(
            [
                pa.field("one", ids.type, nullable=False),
                pa.field("other", ids.type, nullable=False),
                pa.field("similarity", pa.float64(), nullable=False),
                pa.field("alike", pa.bool_(), nullable=False),
            ]
        )
        with ShardWriter(path, schema) as shard:
            for part in range(self._spill.ranges):
                rows = self._spill.read(part)
                rows = rows[np.lexsort((rows[:, 2], rows[:, 1]))]
                new = np.ones(len(rows), np.bool_)
                new[1:] = (rows[1:, 1:3] != rows[:-1, 1:3]).any(axis=1)
                for start in range(0, int(new.sum()), PAIRS_AT_ONCE):
                    found = rows[new][start : start + PAIRS_AT_ONCE]
                    similarity = np.ascontiguousarray(found[:, 3]).view(np.float64)
                    columns: list[Any] = [
                        ids.take(found[:, 1].astype(np.int64)),
                        ids.take(found[:, 2].astype(np.int64)),
                        pa.array(similarity),
                        pa.array(similarity >= threshold),
                    ]
                    shard.write_table(pa.Table.from_arrays(columns, schema=schema))
        return shard.rows


def compare(
    roots: Integers, members: Integers, starts: Integers, store: ShingleStore, config: DedupConfig
) -> tuple[Integers, Integers, Reals]:
    """Compare the members of each bucket: the pairs and their similarities. Raises Corrupt."""
    longest = int(np.diff(starts).max(initial=1))
    room = max(PAIRS_AT_ONCE, longest * (min(longest, config.neighbours) + 1))
    room = min(room, len(members) * (config.neighbours + 1) + 1)
    ones, others = np.empty(room, np.int64), np.empty(room, np.int64)
    similarities = np.empty(room, np.float64)
    found, bucket = [(ones[:0], others[:0], similarities[:0])], 0
    while bucket < len(starts) - 1:
        bucket, count = compare_buckets(
            bucket,
            roots,
            members,
            starts,
            *store,
            config.threshold,
            config.measure == "containment",
            config.neighbours,
            ones,
            others,
            similarities,
        )
        found.append((ones[:count].copy(), others[:count].copy(), similarities[:count].copy()))
    joined = [np.concatenate(columns) for columns in zip(*found, strict=True)]
    if (joined[2] == DAMAGED).any():
        raise Corrupt("the intermediate file of shingles is damaged: check the disk and run again")
    return joined[0], joined[1], joined[2]
