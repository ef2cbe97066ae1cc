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
from kaz_dedup.blocks import Block, BlockFile, read_block
from kaz_dedup.components import Components, part_of
from kaz_dedup.engines import Engine
from kaz_dedup.linking import elect_keepers
from kaz_dedup.nodes import Nodes
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.ranks import NEVER
from kaz_dedup.shingle_store import ShingleFile
from kaz_dedup.tables import TableSpill, read_table, read_tables
from kaz_dedup.words import Integers

MOST_KEEPERS: Final = 256
"""Bounds the work in a cluster of chained, mutually unlike documents (lists, tables)."""


@dataclass(frozen=True, kw_only=True)
class RootRange:
    """All members of the clusters whose root lies in one range."""

    members: Sequence[Block]
    """Those that are not roots: facts, `node`, `root` and `set`."""
    facts: Block
    sets: Block
    first: int
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
        members = TableSpill(file, nodes.ranges)
        for part in range(nodes.ranges):
            table, roots = _with_cluster(nodes, components, sets, part)
            away = np.flatnonzero(roots != nodes.numbers(part))
            members.append(nodes.part_of(roots[away]), table.take(away))
        tasks = (
            RootRange(
                members=members.blocks(part),
                facts=nodes.facts[part],
                sets=sets[part],
                first=int(nodes.bounds[part]),
                bounds=nodes.bounds,
                store=store,
                config=config,
                output=folder / f"keepers-{part:05}",
            )
            for part in range(nodes.ranges)
        )
        for blocks in run(elect_range, tasks):
            for part, more in enumerate(blocks):
                found[part] += more
    return found


def elect_range(task: RootRange) -> list[list[Block]]:
    """Elect in whole clusters; by ranges of nodes `node`, `cluster_id`, `keeper`, `similarity`,
    `exact`, `cluster_size`. Memory is that of the range, and of its largest cluster.
    """
    members = read_tables(task.members)
    with BlockFile(task.output) as file:
        spill = TableSpill(file, len(task.bounds) - 1)
        if members is not None:
            table = pa.concat_tables([_roots_of(task, members), members]).combine_chunks()
            found = _elected(table, task)
            spill.append(part_of(found.column("node").to_numpy(), task.bounds), found)
    return spill.all_blocks()


def _with_cluster(
    nodes: Nodes, components: Components, sets: Sequence[Block], part: int
) -> tuple[pa.Table, Integers]:
    roots = components.roots(part)
    own = read_block(sets[part], np.int64)
    return _members(nodes.facts_of(part), nodes.numbers(part), roots, own), roots


def _members(facts: pa.Table, numbers: Integers, roots: Integers, sets: Integers) -> pa.Table:
    columns: list[Any] = [pa.array(values) for values in (numbers, roots, sets)]
    for name, column in zip(("node", "root", "set"), columns, strict=True):
        facts = facts.append_column(name, column)
    return facts.drop_columns(["copies", "hash_high", "hash_low"])


def _roots_of(task: RootRange, members: pa.Table) -> pa.Table:
    roots = np.unique(members.column("root").to_numpy())
    here = roots - task.first
    sets = read_block(task.sets, np.int64)[here]
    return _members(read_table(task.facts).take(here), roots, roots, sets)


def _elected(table: pa.Table, task: RootRange) -> pa.Table:
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
    roots, which, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    # the first rows are those of the roots, ascending
    assert np.array_equal(nodes[: len(roots)], roots)
    ids = table.column("id")
    columns: dict[str, Any] = {
        "node": table.column("node"),
        "cluster_id": ids.take(which),
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
