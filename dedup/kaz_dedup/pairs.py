"""Pairs that share a band, compared exactly: their verdicts and values, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_datasets.shards import ShardWriter
from kaz_dedup.blocks import Block, BlockFile, Spill, read_rows
from kaz_dedup.buckets import shared_only
from kaz_dedup.components import add_edges, part_of
from kaz_dedup.linking import DAMAGED, compare_buckets
from kaz_dedup.nodes import Nodes
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.shingle_store import ShingleFile, ShingleStore
from kaz_dedup.tables import TableSpill
from kaz_dedup.words import Integers

PAIRS_AT_ONCE: Final = 1 << 18

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class BucketRange:
    """Keys, nodes, words and roots of one range of one band's keys, to be compared."""

    blocks: Sequence[Block]
    bounds: Integers
    store: ShingleFile
    config: DedupConfig
    output: Path


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a range of buckets gave, by ranges of nodes."""

    pairs: list[list[Block]]
    """The nodes of each pair, and the bits of its similarity; by the first node."""
    edges: list[list[Block]]
    """Those that are alike, as `Components.adopt` takes them."""


def compare_range(task: BucketRange) -> Compared:
    """Compare what shares a key in one range. Raises Corrupt and DiskFull."""
    rows = read_rows(task.blocks, 4)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 2], rows[:, 0]))]
    places, starts = shared_only(np.arange(len(rows)), rows[1:, 0] == rows[:-1, 0])
    members, roots = (rows[places, column].astype(np.int64) for column in (1, 3))
    with BlockFile(task.output) as file, task.store.mapped() as store:
        pairs = Spill(file, len(task.bounds) - 1, 3)
        edges = Spill(file, len(task.bounds) - 1, 2)
        for ones, others, similarities in compare(roots, members, starts, store, task.config):
            pairs.append(part_of(ones, task.bounds), ones, others, similarities.view(np.uint64))
            near = similarities >= task.config.threshold
            add_edges(edges, task.bounds, ones[near], others[near])
    return Compared(pairs=pairs.all_blocks(), edges=edges.all_blocks())


def compare(
    roots: Integers, members: Integers, starts: Integers, store: ShingleStore, config: DedupConfig
) -> Iterator[tuple[Integers, Integers, Reals]]:
    """Compare the members of each bucket: pairs and similarities, part by part. Raises Corrupt.

    `roots` are those of the members.
    """
    longest = int(np.diff(starts).max(initial=1))
    room = max(PAIRS_AT_ONCE, longest * (min(longest, config.neighbours) + 1))
    room = min(room, len(members) * (config.neighbours + 1) + 1)
    ones, others = np.empty(room, np.int64), np.empty(room, np.int64)
    similarities = np.empty(room, np.float64)
    bucket = 0
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
        if (similarities[:count] == DAMAGED).any():
            raise Corrupt(
                "the intermediate file of shingles is damaged: check the disk and run again"
            )
        yield ones[:count].copy(), others[:count].copy(), similarities[:count].copy()


class Pairs:
    """Gathers compared pairs; one that comes again counts once."""

    def __init__(self, nodes: Nodes, folder: Path) -> None:
        self._nodes, self._folder = nodes, folder
        self._blocks: list[list[Block]] = [[] for _ in range(nodes.ranges)]

    def adopt(self, blocks: Iterable[Iterable[Block]]) -> None:
        """Add the pairs that `compare_range` has written."""
        for part, found in enumerate(blocks):
            self._blocks[part] += found

    def write(self, path: Path, threshold: float) -> int:
        """Write `one`, `other`, `similarity`, `alike`, in the order of ids; return how many."""
        nodes, kind = self._nodes, self._nodes.id_type
        schema = pa.schema(
            [
                pa.field("one", kind, nullable=False),
                pa.field("other", kind, nullable=False),
                pa.field("similarity", pa.float64(), nullable=False),
                pa.field("alike", pa.bool_(), nullable=False),
            ]
        )
        with BlockFile(self._folder / "pairs") as file, ShardWriter(path, schema) as shard:
            whole = TableSpill(file, nodes.ranges)
            self._name_others(self._by_other(file), whole)
            for part in range(nodes.ranges):
                table = whole.read(part)
                if table is not None:
                    table = table.sort_by([("one_node", "ascending"), ("other_node", "ascending")])
                    places = table.column("one_node").to_numpy() - nodes.bounds[part]
                    values = table.column("similarity").to_numpy()
                    columns: dict[str, Any] = {
                        "one": nodes.facts_of(part).column("id").take(places),
                        "other": table.column("other"),
                        "similarity": pa.array(values),
                        "alike": pa.array(values >= threshold),
                    }
                    shard.write_table(pa.table(columns).cast(schema))
        return shard.rows

    def _by_other(self, file: BlockFile) -> Spill:
        """The distinct pairs, by the range of the second node."""
        spill = Spill(file, self._nodes.ranges, 3)
        for blocks in self._blocks:
            rows = read_rows(blocks, 3)
            rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
            new = np.ones(len(rows), np.bool_)
            new[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)
            rows = rows[new]
            spill.append(self._nodes.part_of(rows[:, 1].astype(np.int64)), *rows.T)
        return spill

    def _name_others(self, pairs: Spill, whole: TableSpill) -> None:
        """Give each pair the second node's id, and bring it back to the range of the first."""
        nodes = self._nodes
        for part in range(nodes.ranges):
            ids = nodes.facts_of(part).column("id")
            for rows in pairs.each(part):
                ones, others = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64)
                columns: dict[str, Any] = {
                    "one_node": pa.array(ones),
                    "other_node": pa.array(others),
                    "other": ids.take(others - nodes.bounds[part]),
                    "similarity": pa.array(np.ascontiguousarray(rows[:, 2]).view(np.float64)),
                }
                whole.append(nodes.part_of(ones), pa.table(columns))
