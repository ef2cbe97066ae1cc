"""Bands to buckets: nodes that share a key, found by sorting on disk, range by range.

A task is one range of one band's keys. Its memory is that of the range; nothing grows with the
corpus but files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from kaz_dedup.blocks import BlockFile, Spill, ranges_for
from kaz_dedup.nodes import Hashes, Integers, Nodes, band_batches
from kaz_dedup.parameters import DedupConfig

Item = TypeVar("Item")
Result = TypeVar("Result")
_ROWS_PER_BATCH = 1 << 18


class Buckets:
    """The buckets of two or more members of each band, in a file, in blocks of bounded size."""

    def __init__(self, file: BlockFile) -> None:
        self._file = file
        self._blocks: list[list[tuple[int, int, int]]] = []

    def begin_band(self) -> None:
        """Start the next band."""
        self._blocks.append([])

    def add(self, members: Integers, starts: Integers) -> None:
        """Add the buckets of one range; `starts` as `shared_only` gives them."""
        if len(members):
            marked = members.copy()
            marked[starts[:-1]] = ~marked[starts[:-1]]  # negative: the first of its bucket
            self._blocks[-1].append(self._file.append(marked))

    def of_band(self, band: int) -> Iterator[tuple[Integers, Integers]]:
        """Members, and where each bucket starts, block by block. Raises Corrupt."""
        for place in self._blocks[band]:
            marked = self._file.read(place, np.int64)
            first = marked < 0
            starts = np.append(np.flatnonzero(first), len(marked)).astype(np.int64)
            yield np.where(first, ~marked, marked), starts


def equal_texts(nodes: Nodes, folder: Path, range_rows: int) -> Iterator[tuple[Integers, Integers]]:
    """Nodes of equal text hash: the members of all buckets, and where each bucket starts."""
    with BlockFile(folder) as file:
        spill = Spill(file, ranges_for(len(nodes), range_rows), 3)
        for start in range(0, len(nodes), _ROWS_PER_BATCH):
            hashes = nodes.text_hashes[start : start + _ROWS_PER_BATCH]
            here = np.flatnonzero(hashes.any(axis=1))
            spill.append(hashes[here, 0], hashes[here, 1], here + start)
        for part in range(spill.ranges):
            rows = spill.read(part)
            rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
            same = (rows[1:, :2] == rows[:-1, :2]).all(axis=1)
            yield shared_only(rows[:, 2].astype(np.int64), same)


def find_buckets(
    signatures: Sequence[Path],
    nodes: Nodes,
    sets: Integers,
    wanted: npt.NDArray[np.bool_],
    config: DedupConfig,
    folder: Path,
    buckets: Buckets,
    band: int,
) -> None:
    """Add the buckets of one band to `buckets`, and mark their members in `wanted`."""
    buckets.begin_band()
    with BlockFile(folder) as file:
        spill = Spill(file, ranges_for(len(nodes), config.range_rows), 2)
        for keys, found in band_batches(signatures, band, nodes):
            here = (nodes.words[found] > 0) & (sets[found] == found)
            spill.append(keys[here], found[here])

        def sort(part: int) -> tuple[Integers, Integers]:
            return _sorted_buckets(spill.read(part), nodes.words)

        for members, starts in in_threads(sort, range(spill.ranges), config.threads):
            wanted[members] = True
            buckets.add(members, starts)


def _sorted_buckets(rows: Hashes, words: Integers) -> tuple[Integers, Integers]:
    """The buckets of one range, by key, their members by number of words."""
    order = np.argsort(rows[:, 0])
    keys = rows[order, 0]
    shared = np.zeros(len(keys) + 1, np.bool_)
    shared[1:-1] = keys[1:] == keys[:-1]
    shared[:-1] |= shared[1:]
    shared = shared[:-1]
    keys, members = keys[shared], rows[order[shared], 1].astype(np.int64)
    order = np.lexsort((members, words[members], keys))
    return shared_only(members[order], keys[order[1:]] == keys[order[:-1]])


def shared_only(order: Integers, same: npt.NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Drop the buckets of one member; `same[i]` says whether members i and i + 1 share theirs."""
    if not len(order):
        return order, np.zeros(1, np.int64)
    same_as_before = np.concatenate([[False], same])
    same_as_next = np.concatenate([same, [False]])
    shared = same_as_before | same_as_next
    starts = np.flatnonzero(~same_as_before[shared])
    return order[shared], np.append(starts, shared.sum()).astype(np.int64)


def in_threads(
    work: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[Result]:
    """Results in the order of items; at most `threads` of them are held at once."""
    if threads == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Any] = []
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= threads:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
