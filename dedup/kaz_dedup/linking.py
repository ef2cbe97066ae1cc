"""Candidates to clusters: exact comparison inside each bucket, union-find, and the keepers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import compiled
from kaz_dedup.words import Hashes, Integers

Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]

DAMAGED = -1.0
"""In place of a similarity: a set is not what was written."""


@compiled
def root_of(parents: Integers, node: int) -> int:
    """The smallest node of the cluster; shortens the way there for the next caller."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@compiled
def unite(parents: Integers, ones: Integers, others: Integers) -> None:
    """Unite the clusters of each pair of nodes; the smallest node stays the root."""
    for i in range(len(ones)):
        one, other = root_of(parents, ones[i]), root_of(parents, others[i])
        parents[max(one, other)] = min(one, other)


@compiled
def flatten(parents: Integers) -> None:
    """Let every node point to its root: parents are smaller, so they are done before it."""
    for node in range(len(parents)):
        parents[node] = parents[parents[node]]


@compiled
def link_equal(parents: Integers, members: Integers, bucket_starts: Integers) -> None:
    """Unite all members of each bucket."""
    for bucket in range(len(bucket_starts) - 1):
        first = root_of(parents, members[bucket_starts[bucket]])
        for i in range(bucket_starts[bucket] + 1, bucket_starts[bucket + 1]):
            other = root_of(parents, members[i])
            parents[max(first, other)] = min(first, other)
            first = min(first, other)


@compiled
def similarity_of(
    values: Hashes,
    starts: Integers,
    sizes: Integers,
    sums: Hashes,
    one: int,
    other: int,
    containment: bool,
) -> float:
    """Jaccard similarity of two nodes' shingle sets, or containment in the larger; 0 where empty.

    `DAMAGED` where a set's sum is not the one that was written with it.
    """
    i, j = starts[one], starts[other]
    end_i, end_j = i + sizes[one], j + sizes[other]
    if min(i, j) < 0 or end_i < i or end_j < j or max(end_i, end_j) > len(values):
        return DAMAGED
    total_one, total_other = np.uint64(0), np.uint64(0)
    for place in range(i, end_i):
        total_one += values[place]
    for place in range(j, end_j):
        total_other += values[place]
    if total_one != sums[one] or total_other != sums[other]:
        return DAMAGED
    shared = 0
    while i < end_i and j < end_j:
        left, right = values[i], values[j]
        shared += left == right
        i += left <= right
        j += right <= left
    whole = sizes[one] + sizes[other] - shared
    if containment:
        whole = min(sizes[one], sizes[other])
    return float(shared / whole) if whole else 0.0


@compiled
def _too_unlike(sizes: Integers, one: int, other: int, threshold: float, contained: bool) -> bool:
    """No need to look: Jaccard similarity is at most that of the sizes."""
    smaller, larger = min(sizes[one], sizes[other]), max(sizes[one], sizes[other])
    return not contained and smaller < threshold * larger - 1


@compiled
def compare_buckets(
    first_bucket: int,
    roots: Integers,
    members: Integers,
    bucket_starts: Integers,
    values: Hashes,
    starts: Integers,
    sizes: Integers,
    sums: Hashes,
    threshold: float,
    containment: bool,
    neighbours: int,
    ones: Integers,
    others: Integers,
    similarities: Reals,
) -> tuple[int, int]:
    """Compare the members of buckets from the first on, as long as there is room for the pairs.

    Returns the bucket to go on with, and how many pairs were written. Each member is compared with
    the `neighbours` members before it and with the bucket's first, unless `roots` (of the members)
    or this bucket have them in one cluster already: all pairs of a small bucket, and a bounded
    number of a large one. Members must be ordered by length: like ones are of like length. What is
    compared depends on the bucket and on `roots` alone.
    """
    found = 0
    local = np.empty(max(1, np.max(np.diff(bucket_starts))), np.int64)
    for bucket in range(first_bucket, len(bucket_starts) - 1):
        first = bucket_starts[bucket]
        count = bucket_starts[bucket + 1] - first
        if found + count * (min(count, neighbours) + 1) > len(ones):
            return bucket, found
        for i in range(count):
            local[i] = i
        for i in range(1, count):
            nearest = max(0, i - neighbours)
            for step in range(i - nearest + 1):
                j = i - 1 - step if step < i - nearest else 0
                one = min(members[first + i], members[first + j])
                other = max(members[first + i], members[first + j])
                root_i, root_j = root_of(local, i), root_of(local, j)
                united = roots[first + i] == roots[first + j] or root_i == root_j
                if united or _too_unlike(sizes, one, other, threshold, containment):
                    continue
                similarity = similarity_of(values, starts, sizes, sums, one, other, containment)
                ones[found], others[found], similarities[found] = one, other, similarity
                found += 1
                if similarity >= threshold:
                    local[max(root_i, root_j)] = min(root_i, root_j)
    return len(bucket_starts) - 1, found


@compiled
def elect_keepers(
    order: Integers,
    clusters: Integers,
    sets: Integers,
    set_nodes: Integers,
    values: Hashes,
    starts: Integers,
    sizes: Integers,
    sums: Hashes,
    threshold: float,
    containment: bool,
    most_keepers: int,
    keepers: Integers,
    similarities: Reals,
) -> bool:
    """Give each member the keeper that stands for it, and its similarity with that keeper.

    `order` lists members (places in `clusters` and `sets`) by cluster, best first. The best is
    kept; each next one goes to the first keeper of its cluster that it is as alike as `threshold`,
    else it is kept itself. So nothing is dropped for the likeness of a chain's links, only for its
    own likeness with what stays. Members of equal text have one number in `sets`; `set_nodes` says
    whose shingle set it is. After `most_keepers` in one cluster, later keepers stand for documents
    of equal text only. Returns whether all sets were as written.
    """
    keeper_of_set = np.full(len(set_nodes), -1, np.int64)
    kept = np.empty(most_keepers, np.int64)
    count = 0
    cluster = -1
    for i in range(len(order)):
        member = order[i]
        if clusters[member] != cluster:
            cluster, count = clusters[member], 0
        keepers[member], similarities[member] = member, 1.0
        own = sets[member]
        if keeper_of_set[own] >= 0:
            keepers[member] = keeper_of_set[own]
            continue
        for k in range(count):
            other = set_nodes[sets[kept[k]]]
            similarity = (
                similarity_of(values, starts, sizes, sums, set_nodes[own], other, containment)
                if threshold > 0
                else 0.0
            )
            if similarity == DAMAGED:
                return False
            if similarity >= threshold:
                keepers[member], similarities[member] = kept[k], similarity
                break
        if keepers[member] == member:
            keeper_of_set[own] = member
            if count < most_keepers:
                kept[count] = member
                count += 1
    return True
