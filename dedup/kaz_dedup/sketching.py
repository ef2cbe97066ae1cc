"""Shingle hashes to a signature: one step a shingle, and a fill for texts with few of them.

The definition is in `kernel`'s docstring.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import lean

Hashes = npt.NDArray[np.uint64]
Signatures = npt.NDArray[np.uint32]

U32 = np.uint32
U64 = np.uint64
EMPTY = U32(0xFFFFFFFF)
_LANES = 64


class SketchRoom(NamedTuple):
    """Memory for one text, used again for each."""

    keys: Signatures
    """The upper halves of the shingles."""
    bins: npt.NDArray[np.int64]
    """Those that are empty, and then their permutations and smallest values."""
    multipliers: Signatures
    summands: Signatures
    values: Signatures


def sketch_room(shingles: int, permutations: int) -> SketchRoom:
    """Room for texts of at most so many shingles."""
    bins = np.empty(permutations, np.int64)
    values = [np.empty(permutations, np.uint32) for _ in range(3)]
    return SketchRoom(np.empty(shingles + _LANES, np.uint32), bins, *values)


@lean
def sketch(
    shingles: Hashes,
    count: int,
    permutations: tuple[Signatures, Signatures],
    room: SketchRoom,
    smallest: Signatures,
) -> None:
    """Fill `smallest` with the signature of `count` shingles."""
    empty = _bin(shingles, count, smallest)
    if empty == 0 or count == 0:
        return
    keys = room.keys
    for i in range(count):
        keys[i] = U32(shingles[i] >> U64(32))
    whole = (count + _LANES - 1) // _LANES * _LANES
    for i in range(count, whole):
        keys[i] = keys[0]
    # The inner loop is over the longer of both, for the sake of vector units.
    if empty < count:
        _fill_each(keys[:whole], permutations[0], permutations[1], smallest)
    else:
        _fill_all(room.keys[:count], empty, permutations, room, smallest)


@lean
def _bin(shingles: Hashes, count: int, smallest: Signatures) -> int:
    """Let each shingle fall into its bin; return how many bins stay empty."""
    bins = U64(len(smallest))
    for k in range(len(smallest)):
        smallest[k] = EMPTY
    for i in range(count):
        place = (shingles[i] >> U64(32)) * bins >> U64(32)
        smallest[place] = min(smallest[place], U32(shingles[i]))
    empty = 0
    for k in range(len(smallest)):
        empty += smallest[k] == EMPTY
    return empty


@lean
def _fill_each(
    keys: Signatures, multipliers: Signatures, summands: Signatures, smallest: Signatures
) -> None:
    """Give each empty bin the smallest value of its own permutation."""
    for k in range(len(smallest)):
        if smallest[k] == EMPTY:
            smallest[k] = _least(keys, multipliers[k], summands[k])


@lean
def _fill_all(
    keys: Signatures,
    empty: int,
    permutations: tuple[Signatures, Signatures],
    room: SketchRoom,
    smallest: Signatures,
) -> None:
    """The same, key by key, for more bins than keys."""
    found = U64(0)
    for k in range(len(smallest)):
        if smallest[k] == EMPTY:
            room.bins[found] = k
            room.multipliers[found] = permutations[0][k]
            room.summands[found] = permutations[1][k]
            room.values[found] = EMPTY
            found += U64(1)
    for i in range(len(keys)):
        _lower(keys[i], room.multipliers[:empty], room.summands[:empty], room.values[:empty])
    for k in range(empty):
        smallest[room.bins[k]] = room.values[k]


@lean
def _lower(key: U32, multipliers: Signatures, summands: Signatures, values: Signatures) -> None:
    """Lower the smallest values of some permutations to that of one key, where it is less."""
    for k in range(len(values)):
        values[k] = min(values[k], U32(multipliers[k] * key + summands[k]))


@lean
def _least(keys: Signatures, multiplier: U32, summand: U32) -> U32:
    """The smallest value of one permutation."""
    least = EMPTY
    for i in range(len(keys)):
        least = min(least, U32(multiplier * keys[i] + summand))
    return U32(least)
