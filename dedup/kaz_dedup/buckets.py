"""Bands to buckets: nodes that share a key, found by sorting on disk, range by range.

A task is one range of one band's keys. Its memory is that of the range; nothing grows with the
corpus but files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kaz_dedup.blocks import Block, BlockFile, Spill, range_of, read_block, read_rows
from kaz_dedup.components import Components, add_edges, part_of
from kaz_dedup.engines import Engine
from kaz_dedup.nodes import Nodes
from kaz_dedup.words import Hashes, Integers


@dataclass(frozen=True, kw_only=True)
class KeyRange:
    """Keys and nodes of one range of one band's keys, and where to write what is found."""

    blocks: Sequence[Block]
    bounds: Integers
    output: Path


def tie_equal_texts(nodes: Nodes, components: Components, folder: Path) -> None:
    """Tie nodes of equal text hash."""
    with BlockFile(folder / "texts") as file:
        spill = Spill(file, nodes.ranges, 3)
        for part in range(nodes.ranges):
            facts = nodes.facts_of(part)
            high, low = (facts.column(name).to_numpy() for name in ("hash_high", "hash_low"))
            here = np.flatnonzero(high | low)
            high, low = high[here], low[here]
            spill.append(range_of(high, spill.ranges), high, low, nodes.numbers(part)[here])
        for part in range(spill.ranges):
            rows = spill.read(part)
            rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
            same = (rows[1:, :2] == rows[:-1, :2]).all(axis=1)
            members, starts = shared_only(rows[:, 2].astype(np.int64), same)
            components.add(*_stars(members, starts))


def written_takers(nodes: Nodes, sets: Sequence[Block], file: BlockFile) -> list[Block]:
    """Of the nodes of each range, which share in bands: those with words, the first of equals."""
    found = []
    for part in range(nodes.ranges):
        words = nodes.facts_of(part).column("words").to_numpy()
        first = read_block(sets[part], np.int64) == nodes.numbers(part)
        found.append(file.append((words > 0) & first))
    return found


def shared_keys(
    nodes: Nodes, takers: Sequence[Block], band: int, folder: Path, run: Engine
) -> list[list[Block]]:
    """Keys of a band that several nodes have, and these nodes, by ranges of nodes."""
    shared: list[list[Block]] = [[] for _ in range(nodes.ranges)]
    for found in _sorted_ranges(nodes, takers, band, folder, run, find_shared):
        for part, blocks in enumerate(found):
            shared[part] += blocks
    return shared


def tie_shared_keys(
    nodes: Nodes,
    takers: Sequence[Block],
    band: int,
    components: Components,
    folder: Path,
    run: Engine,
) -> None:
    """Tie nodes that share a key of a band, without looking at their texts."""
    for found in _sorted_ranges(nodes, takers, band, folder, run, tie_shared):
        components.adopt(found)


def _sorted_ranges(
    nodes: Nodes, takers: Sequence[Block], band: int, folder: Path, run: Engine, work: Any
) -> Any:
    path = folder / "keys"
    with BlockFile(path) as file:
        spill = Spill(file, nodes.ranges, 2)
        for part in range(nodes.ranges):
            here = np.flatnonzero(read_block(takers[part], np.bool_))
            keys = nodes.keys_of(part, band)[here]
            spill.append(range_of(keys, spill.ranges), keys, here + nodes.bounds[part])
        tasks = (
            KeyRange(
                blocks=spill.blocks(part),
                bounds=nodes.bounds,
                output=folder / f"band-{band:03}-{part:05}",
            )
            for part in range(spill.ranges)
        )
        yield from run(work, tasks)
    path.unlink()


def find_shared(task: KeyRange) -> list[list[Block]]:
    """Keys of a range that several nodes have, and these nodes, by ranges of nodes."""
    keys, members, starts = _sorted_buckets(read_rows(task.blocks, 2))
    del starts
    with BlockFile(task.output) as file:
        spill = Spill(file, len(task.bounds) - 1, 2)
        spill.append(part_of(members, task.bounds), keys, members)
    return spill.all_blocks()


def tie_shared(task: KeyRange) -> list[list[Block]]:
    """Edges between the nodes of a range that share a key, as `Components.adopt` takes them."""
    _, members, starts = _sorted_buckets(read_rows(task.blocks, 2))
    with BlockFile(task.output) as file:
        spill = Spill(file, len(task.bounds) - 1, 2)
        add_edges(spill, task.bounds, *_stars(members, starts))
    return spill.all_blocks()


def _sorted_buckets(rows: Hashes) -> tuple[Hashes, Integers, Integers]:
    """Keys and nodes of those that share one, by key, and where each bucket starts."""
    order = np.argsort(rows[:, 0], kind="stable")
    keys, members = rows[order, 0], rows[order, 1].astype(np.int64)
    chosen, starts = shared_only(np.arange(len(keys)), keys[1:] == keys[:-1])
    return keys[chosen], members[chosen], starts


def _stars(members: Integers, starts: Integers) -> tuple[Integers, Integers]:
    """Each member of a bucket with the bucket's first."""
    return np.repeat(members[starts[:-1]], np.diff(starts)), members


def shared_only(order: Integers, same: npt.NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Drop the buckets of one member; `same[i]` says whether members i and i + 1 share theirs.

    Returns the members left, and where each bucket starts, with the end of the last.
    """
    if not len(order):
        return order, np.zeros(1, np.int64)
    same_as_before = np.concatenate([[False], same])
    same_as_next = np.concatenate([same, [False]])
    shared = same_as_before | same_as_next
    starts = np.flatnonzero(~same_as_before[shared])
    return order[shared], np.append(starts, shared.sum()).astype(np.int64)
