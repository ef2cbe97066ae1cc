"""All pairs of similar documents, by comparing every pair that shares a shingle: the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kaz_dedup import shingle_hashes

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


def similar_pairs(texts: Sequence[str], least: float) -> tuple[Integers, Integers, Reals]:
    """Pairs i < j whose exact Jaccard similarity is at least `least`, and that similarity."""
    sets = shingle_hashes(texts)
    sizes = np.array([len(found) for found in sets])
    owners = np.repeat(np.arange(len(sets)), sizes)
    hashes = np.concatenate(sets)
    order = np.lexsort((owners, hashes))
    pairs = np.sort(np.concatenate(list(_pairs(hashes[order], owners[order], len(sets)))))
    starts = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]]))
    shared = np.diff(np.append(starts, len(pairs)))
    left, right = np.divmod(pairs[starts], len(sets))
    similarity = shared / (sizes[left] + sizes[right] - shared)
    chosen = similarity >= least
    return left[chosen], right[chosen], similarity[chosen]


def _pairs(hashes: npt.NDArray[np.uint64], owners: Integers, count: int) -> list[Integers]:
    """A number for each pair of documents and shingle that both hold; in steps of distance."""
    found: list[Integers] = [np.empty(0, np.int64)]
    distance = 1
    while True:
        same = hashes[distance:] == hashes[:-distance]
        if not same.any():
            return found
        left, right = owners[:-distance][same], owners[distance:][same]
        found.append(left * count + right)
        distance += 1
