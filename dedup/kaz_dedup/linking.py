"""Candidates to clusters: exact comparison inside each bucket, union-find, and the keepers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import compiled
from kaz_dedup.words import Hashes, Integers

Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]


@compiled
def root_of(parents: Integers, node: int) -> int:
    """The smallest node of the cluster; shortens the way there for the next caller."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@compiled
def _unite(parents: Integers, one: int, other: int) -> None:
    one, other = root_of(parents, one), root_of(parents, other)
    parents[max(one, other)] = min(one, other)


@compiled
def jaccard(values: Hashes, starts: Integers, sizes: Integers, one: int, other: int) -> float:
    """The Jaccard similarity of two nodes' shingle sets; 0 where either is empty."""
    i, j = starts[one], starts[other]
    end_i, end_j = i + sizes[one], j + sizes[other]
    shared = 0
    while i < end_i and j < end_j:
        left, right = values[i], values[j]
        shared += left == right
        i += left <= right
        j += right <= left
    union = sizes[one] + sizes[other] - shared
    return float(shared / union) if union else 0.0


@compiled
def _alike(
    values: Hashes, starts: Integers, sizes: Integers, one: int, other: int, threshold: float
) -> bool:
    smaller, larger = min(sizes[one], sizes[other]), max(sizes[one], sizes[other])
    if smaller < threshold * larger - 1:  # no need to look: J is at most smaller / larger
        return False
    return jaccard(values, starts, sizes, one, other) >= threshold


@compiled
def link_equal(parents: Integers, members: Integers, bucket_starts: Integers) -> None:
    """Unite all members of each bucket."""
    for bucket in range(len(bucket_starts) - 1):
        for i in range(bucket_starts[bucket] + 1, bucket_starts[bucket + 1]):
            _unite(parents, members[bucket_starts[bucket]], members[i])


@compiled
def link_alike(
    parents: Integers,
    members: Integers,
    bucket_starts: Integers,
    values: Hashes,
    starts: Integers,
    sizes: Integers,
    threshold: float,
    neighbours: int,
) -> None:
    """Unite the members of each bucket that are as alike as `threshold`.

    Each member is compared with the `neighbours` members before it and with the bucket's first,
    unless they are in one cluster already: all pairs of a small bucket, and a bounded number of
    a large one. Members must be ordered by length inside a bucket: like ones are of like length.
    """
    for bucket in range(len(bucket_starts) - 1):
        first = bucket_starts[bucket]
        for i in range(first + 1, bucket_starts[bucket + 1]):
            nearest = max(first, i - neighbours)
            for step in range(i - nearest + 1):
                j = i - 1 - step
                if j < nearest:
                    j = first
                one, other = members[i], members[j]
                if root_of(parents, one) == root_of(parents, other):
                    continue
                if _alike(values, starts, sizes, one, other, threshold):
                    _unite(parents, one, other)


@compiled
def elect_keepers(
    order: Integers,
    clusters: Integers,
    sets: Integers,
    values: Hashes,
    starts: Integers,
    sizes: Integers,
    threshold: float,
    most_keepers: int,
    keepers: Integers,
    similarities: Reals,
) -> None:
    """Give each node the keeper that stands for it, and its similarity with that keeper.

    `order` lists nodes by cluster, best first. The best is kept; each next one goes to the first
    keeper of its cluster that it is as alike as `threshold`, else it is kept itself. So nothing
    is dropped for the likeness of a chain's links, only for its own likeness with what stays.
    `sets` says whose shingle set is the node's own: documents of equal text share one. After
    `most_keepers` in one cluster, later keepers stand for documents of equal text only.
    """
    kept = np.empty(most_keepers, np.int64)
    keeper_of_set = np.full(len(sets), -1, np.int64)
    count = 0
    cluster = -1
    for i in range(len(order)):
        node = order[i]
        if clusters[node] != cluster:
            cluster, count = clusters[node], 0
        keepers[node], similarities[node] = node, 1.0
        if keeper_of_set[sets[node]] >= 0:
            keepers[node] = keeper_of_set[sets[node]]
            continue
        for k in range(count):
            similarity = jaccard(values, starts, sizes, sets[node], sets[kept[k]])
            if similarity >= threshold:
                keepers[node], similarities[node] = kept[k], similarity
                break
        if keepers[node] == node:
            keeper_of_set[sets[node]] = node
            if count < most_keepers:
                kept[count] = node
                count += 1
