"""New documents against the keys and shingle sets of a segment, in compiled code."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import compiled
from kaz_dedup.linking import root_of
from kaz_dedup.words import Hashes, Integers

Reals = npt.NDArray[np.float64]
Places = npt.NDArray[np.uint32]


@compiled
def shared_share(
    ones: Hashes, i: int, end_i: int, others: Hashes, j: int, end_j: int, containment: bool
) -> float:
    """Jaccard similarity (or containment) of two runs of ascending hashes; 0 where empty."""
    total, smaller = end_i - i + end_j - j, min(end_i - i, end_j - j)
    shared = 0
    while i < end_i and j < end_j:
        left, right = ones[i], others[j]
        shared += left == right
        i += left <= right
        j += right <= left
    whole = smaller if containment else total - shared
    return float(shared / whole) if whole else 0.0


@compiled
def _lower_bound(keys: Hashes, key: np.uint64) -> int:
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _start(ends: Integers, place: int) -> int:
    return int(ends[place - 1]) if place > 0 else 0


@compiled
def match_segment(
    band: int,
    new_keys: Hashes,
    new_words: Integers,
    new_values: Hashes,
    new_ends: Integers,
    first_new: int,
    keys: Hashes,
    places: Places,
    words: Integers,
    values: Hashes,
    ends: Integers,
    first_old: int,
    parents: Integers,
    threshold: float,
    containment: bool,
    neighbours: int,
    ones: Integers,
    others: Integers,
    similarities: Reals,
) -> int:
    """Compare each new document with the old ones that share its key in one band.

    Of a large bucket those are compared whose length is nearest, `neighbours` on either side, and
    the first. Pairs that `parents` has in one cluster are left out. Returns how many pairs were
    compared; those beyond the room of `ones` are counted and not written.
    """
    found = 0
    for i in range(len(new_keys)):
        if new_words[i] == 0:
            continue
        low = _lower_bound(keys, new_keys[i])
        high = low
        while high < len(keys) and keys[high] == new_keys[i]:
            high += 1
        nearest = low
        while nearest < high and words[places[nearest]] < new_words[i]:
            nearest += 1
        for k in range(low, high):
            if k > low and (k < nearest - neighbours or k >= nearest + neighbours):
                continue
            old = int(places[k])
            if root_of(parents, first_new + i) == root_of(parents, first_old + old):
                continue
            similarity = shared_share(
                new_values, _start(new_ends, i), new_ends[i],
                values, _start(ends, old), ends[old], containment,
            )  # fmt: skip
            if found < len(ones):
                ones[found], others[found], similarities[found] = old, i, similarity
            found += 1
    return found


@compiled
def first_of_labels(labels: Integers, first: Integers, parents: Integers) -> None:
    """Point every document to the first document of its cluster number; `first` holds -1."""
    for place in range(len(labels)):
        if first[labels[place]] < 0:
            first[labels[place]] = place
        parents[place] = first[labels[place]]
