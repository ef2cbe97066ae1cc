"""Which nodes hang together: a union-find whose memory is that of one range of nodes.

Edges lie in blocks, by the range of their larger end. `settle` goes through the ranges from the
last to the first: inside a range it unites in memory; of the nodes below the range that a
component is tied to it remembers the smallest, and hands the other ties down as edges between
nodes below. A second pass, upwards, tells every component its root. The root is the smallest node
of the component, so nothing depends on the order of edges or the cut of ranges.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from kaz_dedup.blocks import Block, BlockFile, Spill, read_block
from kaz_dedup.compiled import compiled
from kaz_dedup.linking import root_of
from kaz_dedup.words import Integers


class Components:
    """The root of every node, in ranges; `bounds` are the first node of each and their number."""

    def __init__(self, folder: Path, bounds: Integers) -> None:
        self._folder, self._bounds = folder, bounds
        self._ranges = len(bounds) - 1
        self._file = BlockFile(folder / "roots")
        self._roots = [
            self._file.append(np.arange(low, high, dtype=np.int64))
            for low, high in pairwise(bounds.tolist())
        ]
        self._start_edges()

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        self._edge_file.close()

    def roots(self, part: int) -> Integers:
        """The root of each node of a range, as of the last `settle`."""
        return read_block(self._roots[part], np.int64)

    def blocks(self) -> list[Block]:
        """Where the roots of each range lie; to be read before the next `settle`."""
        return list(self._roots)

    def add(self, ones: Integers, others: Integers) -> None:
        """Tie pairs of nodes. Raises DiskFull."""
        add_edges(self._edges, self._bounds, ones, others)

    def adopt(self, blocks: Iterable[Iterable[Block]]) -> None:
        """Tie what another process has written with `add_edges`."""
        self._edges.adopt(blocks)

    def settle(self) -> None:
        """Let `roots` know of all that was tied. Raises DiskFull and Corrupt."""
        if any(self._edges.all_blocks()):
            with BlockFile(self._folder / "questions") as file:
                self._answer(self._unite(file))
        self._edge_file.close()
        self._start_edges()

    def _start_edges(self) -> None:
        self._edge_file = BlockFile(self._folder / "edges")
        self._edges = Spill(self._edge_file, self._ranges, 2)

    def _unite(self, file: BlockFile) -> Spill:
        """Point every node to the first of its range, and that one below the range or to itself.

        Returns the questions: nodes below, and the nodes that point to them.
        """
        questions = Spill(file, self._ranges, 2)
        for part in reversed(range(self._ranges)):
            low, high = int(self._bounds[part]), int(self._bounds[part + 1])
            local = np.arange(high - low)
            below = np.full(high - low, -1, np.int64)
            nodes, roots = np.arange(low, high), self.roots(part)
            tied = np.flatnonzero(roots != nodes)
            self._unite_range(low, roots[tied], nodes[tied], local, below)
            for rows in self._edges.each(part):
                pairs = rows.astype(np.int64)
                self._unite_range(low, pairs[:, 0].copy(), pairs[:, 1].copy(), local, below)
            pointers = _pointers(low, local, below)
            self._roots[part] = self._file.rewrite(self._roots[part], pointers)
            asking = np.flatnonzero(pointers < low)
            questions.append(self._part_of(pointers[asking]), pointers[asking], asking + low)
        return questions

    def _unite_range(
        self, low: int, ones: Integers, others: Integers, local: Integers, below: Integers
    ) -> None:
        left, right = np.empty_like(ones), np.empty_like(ones)
        count = _unite_in_range(low, ones, others, local, below, left, right)
        self.add(left[:count], right[:count])

    def _answer(self, questions: Spill) -> None:
        with BlockFile(self._folder / "answers") as file:
            answers = Spill(file, self._ranges, 2)
            for part in range(self._ranges):
                low = int(self._bounds[part])
                roots = self.roots(part)
                for rows in answers.each(part):
                    told = rows.astype(np.int64)
                    roots[told[:, 0] - low] = told[:, 1]
                _follow(low, roots)
                self._roots[part] = self._file.rewrite(self._roots[part], roots)
                for rows in questions.each(part):
                    asked = rows.astype(np.int64)
                    askers = asked[:, 1]
                    answers.append(self._part_of(askers), askers, roots[asked[:, 0] - low])

    def _part_of(self, nodes: Integers) -> Integers:
        return part_of(nodes, self._bounds)


def part_of(nodes: Integers, bounds: Integers) -> Integers:
    """The range of each node."""
    return np.searchsorted(bounds, nodes, "right") - 1


def add_edges(spill: Spill, bounds: Integers, ones: Integers, others: Integers) -> None:
    """Write pairs of nodes as `Components` reads them."""
    smaller, larger = np.minimum(ones, others), np.maximum(ones, others)
    apart = smaller < larger
    smaller, larger = smaller[apart], larger[apart]
    spill.append(part_of(larger, bounds), smaller, larger)


@compiled
def _unite_in_range(
    low: int,
    ones: Integers,
    others: Integers,
    local: Integers,
    below: Integers,
    left: Integers,
    right: Integers,
) -> int:
    """Unite `others`, which lie in the range, with `ones`, which may lie below it.

    Writes the pairs of nodes below that are found to belong together; returns how many.
    """
    count = 0
    for i in range(len(ones)):
        here = root_of(local, others[i] - low)
        tie = ones[i]
        if tie >= low:
            there = root_of(local, tie - low)
            if there == here:
                continue
            tie = below[max(here, there)]
            local[max(here, there)] = min(here, there)
            here = min(here, there)
            if tie < 0:
                continue
        if below[here] < 0:
            below[here] = tie
        elif below[here] != tie:
            left[count], right[count] = min(below[here], tie), max(below[here], tie)
            below[here] = left[count]
            count += 1
    return count


@compiled
def _pointers(low: int, local: Integers, below: Integers) -> Integers:
    """Roots point below the range or to themselves, the other nodes to their root."""
    pointers = np.empty_like(local)
    for node in range(len(local)):
        root = root_of(local, node)
        pointers[node] = low + root
        if root == node and below[node] >= 0:
            pointers[node] = below[node]
    return pointers


@compiled
def _follow(low: int, roots: Integers) -> None:
    """Nodes that point into the range take the root of the node they point to."""
    for node in range(len(roots)):
        if roots[node] >= low:
            roots[node] = roots[roots[node] - low]
