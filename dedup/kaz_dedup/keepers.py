"""The keepers: which document of each cluster stays, and how alike the others are to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_dedup.blocks import Block, BlockFile, Spill, range_of, read_block
from kaz_dedup.components import Components, part_of
from kaz_dedup.engines import Engine
from kaz_dedup.linking import elect_keepers
from kaz_dedup.nodes import Nodes
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.ranks import NEVER
from kaz_dedup.shingle_store import ShingleFile
from kaz_dedup.tables import TableSpill, read_tables
from kaz_dedup.words import GOLDEN, Integers

MOST_KEEPERS: Final = 256
"""Bounds the work in a cluster of chained, mutually unlike documents (lists, tables)."""


@dataclass(frozen=True, kw_only=True)
class ClusterRange:
    """All members of the clusters whose roots hash to one range."""

    members: Sequence[Block]
    """Facts, `node`, `root` and `set`."""
    bounds: Integers
    store: ShingleFile
    config: DedupConfig
    output: Path


def elect(
    nodes: Nodes,
    components: Components,
    sets: Sequence[Block],
    store: ShingleFile,
    config: DedupConfig,
    folder: Path,
    run: Engine,
) -> list[list[Block]]:
    """For each range of nodes, tables of those that have company: see `elect_range`."""
    found: list[list[Block]] = [[] for _ in range(nodes.ranges)]
    with BlockFile(folder / "members") as file:
        members = _members_by_cluster(nodes, components, sets, file, folder)
        tasks = (
            ClusterRange(
                members=members.blocks(part),
                bounds=nodes.bounds,
                store=store,
                config=config,
                output=folder / f"keepers-{part:05}",
            )
            for part in range(members.ranges)
        )
        for blocks in run(elect_range, tasks):
            for part, more in enumerate(blocks):
                found[part] += more
    return found


def elect_range(task: ClusterRange) -> list[list[Block]]:
    """Elect in whole clusters; by ranges of nodes `node`, `cluster_id`, `keeper`, `similarity`,
    `exact`, `cluster_size`. Memory is that of a range, and of its largest cluster.
    """
    members = read_tables(task.members)
    with BlockFile(task.output) as file:
        spill = TableSpill(file, len(task.bounds) - 1)
        if members is not None:
            found = _elected(members.combine_chunks(), task)
            del members
            spill.append(part_of(found.column("node").to_numpy(), task.bounds), found)
    return spill.all_blocks()


def _members_by_cluster(
    nodes: Nodes, components: Components, sets: Sequence[Block], file: BlockFile, folder: Path
) -> TableSpill:
    """All nodes with company, by a hash of their root.

    Not by the root itself: the smallest node of a cluster is a small number, so the first range
    would hold the more, the larger clusters grow with the corpus.
    """
    members = TableSpill(file, nodes.ranges)
    with BlockFile(folder / "company") as company:
        # roots that nodes of later ranges have named: each range tells each other one once
        named = Spill(company, nodes.ranges, 1)
        for part in reversed(range(nodes.ranges)):
            numbers, roots = nodes.numbers(part), components.roots(part)
            away = np.unique(roots[roots != numbers])
            named.append(nodes.part_of(away), away)
            chosen = roots != numbers
            for rows in named.each(part):
                chosen[rows[:, 0].astype(np.int64) - nodes.bounds[part]] = True
            here = np.flatnonzero(chosen)
            own = read_block(sets[part], np.int64)[here]
            facts = nodes.facts_of(part).drop_columns(["copies", "hash_high", "hash_low"])
            table = _with_cluster(facts.take(here), numbers[here], roots[here], own)
            members.append(_cluster_range(roots[here], nodes.ranges), table)
    (folder / "company").unlink()
    return members


def _cluster_range(roots: Integers, ranges: int) -> Integers:
    return range_of(roots.astype(np.uint64) * GOLDEN, ranges)


def _with_cluster(facts: pa.Table, numbers: Integers, roots: Integers, sets: Integers) -> pa.Table:
    columns: list[Any] = [pa.array(values) for values in (numbers, roots, sets)]
    for name, column in zip(("node", "root", "set"), columns, strict=True):
        facts = facts.append_column(name, column)
    return facts


def _elected(table: pa.Table, task: ClusterRange) -> pa.Table:
    count = len(table)
    clusters, nodes = table.column("root").to_numpy(), table.column("node").to_numpy()
    set_nodes, sets = np.unique(table.column("set").to_numpy(), return_inverse=True)
    keepers, similarities = np.empty(count, np.int64), np.empty(count, np.float64)
    with task.store.mapped() as store:
        sound = elect_keepers(
            keeper_order(table, task.config.keeper), clusters, sets, set_nodes, *store,
            task.config.threshold if task.config.verify else 0.0,
            task.config.measure == "containment", MOST_KEEPERS, keepers, similarities,
        )  # fmt: skip
    if not sound:
        raise Corrupt("the intermediate file of shingles is damaged: check the disk, run again")
    _, which, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    first = np.empty(len(sizes), np.int64)
    own = np.flatnonzero(nodes == clusters)
    first[which[own]] = own
    ids = table.column("id")
    columns: dict[str, Any] = {
        "node": table.column("node"),
        "cluster_id": ids.take(first[which]),
        "keeper": ids.take(keepers),
        "similarity": pa.array(similarities),
        "exact": pa.array(sets == sets[keepers]),
        "cluster_size": pa.array(sizes[which].astype(np.int32)),
    }
    return pa.table(columns)


def keeper_order(table: pa.Table, rule: Sequence[str]) -> Integers:
    """The rows of a table of members by their clusters; inside a cluster the one to keep first."""

    def column(name: str) -> npt.NDArray[Any]:
        return table.column(name).to_numpy()

    keys = [column("root")]
    for name in rule:
        if name == "licence":
            keys.append(column("licence_rank"))
        elif name == "completeness":
            keys += [-column("completeness").astype(np.int64), -column("words")]
        elif name == "quality":
            keys.append(-column("quality"))
        else:
            times = column("retrieved_at")
            keys.append(times if name == "oldest" else -np.where(times == NEVER, -1, times))
    keys.append(column("node"))
    return np.lexsort(keys[::-1])
