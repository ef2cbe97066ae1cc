"""Hashes of words and a table that counts them, for compiled code.

FNV-1a over code points with a finaliser; 64 bits, so that two of a text's 10⁵ words or n-grams
meet by chance once in 10⁹ texts.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_datasets.compiled import compiled

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

PRIME: Final = np.uint64(1099511628211)
BASIS: Final = np.uint64(14695981039346656037)
_MASK: Final = 2**64 - 1


@compiled
def mix(value: np.uint64) -> np.uint64:
    """Spread every bit over all (the finaliser of SplitMix64)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@compiled
def mix_step(value: np.uint64) -> np.uint64:
    """One step of a hash over 64-bit pieces: high bits come down before the next is added."""
    value *= PRIME
    return value ^ (value >> np.uint64(29))


@compiled
def count_in(keys: Hashes, counts: Integers, mask: int, round_: int, key: np.uint64) -> int:
    """Count `key` once more in an open-addressing table; answers the slot where it lies.

    `counts` holds round × 2³² + count: what another round left behind is an empty slot, so the
    table is never cleared.
    """
    slot = int(np.int64(key & np.uint64(mask)))
    while counts[slot] >> 32 == round_:
        if keys[slot] == key:
            counts[slot] += 1
            return slot
        slot = (slot + 1) & mask
    keys[slot] = key
    counts[slot] = (np.int64(round_) << 32) + 1
    return slot


@compiled
def find_in(keys: Hashes, key: np.uint64) -> int:
    """The slot of `key` in a fixed table of a power of two, or -1; 0 marks an empty slot."""
    mask = len(keys) - 1
    slot = int(np.int64(key & np.uint64(mask)))
    while keys[slot] != 0:
        if keys[slot] == key:
            return slot
        slot = (slot + 1) & mask
    return -1


def raw_hash(word: str) -> int:
    """FNV-1a of the code points of a word, before the finaliser: a prefix's is a step of it."""
    value = int(BASIS)
    for character in word:
        value = ((value ^ ord(character)) * int(PRIME)) & _MASK
    return value


def word_hash(word: str) -> int:
    """The hash that the compiled pass gives a word in lower case."""
    value = raw_hash(word)
    value ^= value >> 30
    value = (value * 0xBF58476D1CE4E5B9) & _MASK
    value ^= value >> 27
    value = (value * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def fixed_table(hashes: list[int]) -> tuple[Hashes, list[int]]:
    """A table for `find_in`, at most a quarter full, and the slot of each hash."""
    size = 16
    while size < 4 * len(hashes):
        size *= 2
    keys = np.zeros(size, np.uint64)
    slots = []
    for value in hashes:
        slot = value & (size - 1)
        while keys[slot] not in (0, value):
            slot = (slot + 1) & (size - 1)
        keys[slot] = value
        slots.append(slot)
    return keys, slots
