"""The hashes of words from their codes. The definition is in `kernel`'s docstring."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import lean

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]

U64 = np.uint64
GOLDEN = U64(0x9E3779B97F4A7C15)
_MURMUR_1 = U64(0xFF51AFD7ED558CCD)
_MURMUR_2 = U64(0xC4CEB9FE1A85EC53)
_ALL = U64(0xFFFFFFFFFFFFFFFF)
_FRONT_BITS = U64(0x8080808080808080)
_TELLING_BITS = U64(0x4040404040404040)
_NONE = U64(0)
_WORDS: Final = 512
"""Words hashed at once, in loops that vector units run."""
HASHED: Final = U64(16)
"""So many codes of each word are read, also of the last: most words have no more."""


class HashRoom(NamedTuple):
    """Memory for some words, used again for each lot."""

    heads: Hashes
    """The first eight codes of each word, and what follows them."""
    tails: Hashes
    sizes: Hashes
    long_words: Hashes
    long_starts: Hashes


def hash_room() -> HashRoom:
    """Room for any lot of words."""
    return HashRoom(
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
    )


@lean
def mixed(value: U64) -> U64:
    """The finaliser of MurmurHash3."""
    value ^= value >> U64(33)
    value *= _MURMUR_1
    value ^= value >> U64(33)
    value *= _MURMUR_2
    return U64(value ^ (value >> U64(33)))


@lean
def hash_codes(codes: Bytes, ends: Hashes, words: int, room: HashRoom, out: Hashes) -> int:
    """The hashes of all words that have codes; return how many."""
    count, start = 0, _NONE
    for first in range(0, words, _WORDS):
        found, long, start = _gather(
            ends[first : min(first + _WORDS, words)],
            start,
            codes,
            room.heads,
            room.tails,
            room.sizes,
            room.long_words,
            room.long_starts,
        )
        hashes = out[count : count + found]
        _hash_gathered(room.heads, room.tails, room.sizes, hashes)
        for i in range(long):
            word = room.long_words[i]
            hashes[word] = _hash_long(codes, room.long_starts[i], room.sizes[word])
        count += found
    return count


@lean
def _gather(
    ends: Hashes,
    start: U64,
    codes: Bytes,
    heads: Hashes,
    tails: Hashes,
    sizes: Hashes,
    long_words: Hashes,
    long_starts: Hashes,
) -> tuple[int, int, U64]:
    """Copy the first 16 codes of some words, and list those that have more.

    A word's codes begin behind the separator of the last: `start` is where those of the first do.
    Returns how many words have codes, how many more than 16, and where the next begin.
    """
    place, long = _NONE, 0
    for i in range(len(ends)):
        size = ends[i] - start
        heads[place] = _eight(codes, start)
        tails[place] = _eight(codes, start + U64(8))
        sizes[place] = size
        if size > HASHED:
            long_words[long], long_starts[long] = place, start
            long += 1
        place += U64(size != _NONE)
        start = ends[i] + U64(1)
    return int(np.int64(place)), long, start


@lean
def _eight(codes: Bytes, at: U64) -> U64:
    """Eight codes as a number, the first in its lowest byte: one load on most machines."""
    low = (
        U64(codes[at])
        | U64(codes[at + U64(1)]) << U64(8)
        | U64(codes[at + U64(2)]) << U64(16)
        | U64(codes[at + U64(3)]) << U64(24)
    )
    high = (
        U64(codes[at + U64(4)]) << U64(32)
        | U64(codes[at + U64(5)]) << U64(40)
        | U64(codes[at + U64(6)]) << U64(48)
        | U64(codes[at + U64(7)]) << U64(56)
    )
    return U64(low | high)


@lean
def _hash_gathered(heads: Hashes, tails: Hashes, sizes: Hashes, out: Hashes) -> None:
    """The hashes of words of at most 16 codes."""
    for i in range(len(out)):
        head = heads[i] & _first(sizes[i])
        tail = tails[i] & _first(max(sizes[i], U64(8)) - U64(8))
        codes = head | tail
        joined = (head & ~_FRONT_BITS) + _turned(tail & ~_FRONT_BITS)
        out[i] = _ended(joined, codes)


@lean
def _hash_long(codes: Bytes, start: U64, size: U64) -> U64:
    """The hash of one word of any size."""
    joined, bits = _NONE, _NONE
    at = (size - U64(1)) // U64(8) * U64(8)
    for _ in range((size + U64(7)) // U64(8)):
        eight = _eight(codes, start + at) & _first(size - at)
        joined = (eight & ~_FRONT_BITS) + _turned(joined)
        bits |= eight
        at -= U64(8)
    return _ended(joined, bits)


@lean
def _first(count: U64) -> U64:
    """A mask of so many bytes of eight, of all where there are more."""
    bits = U64(8) * min(count, U64(8))
    return U64(_ALL >> (U64(64) - bits & U64(63)) if bits else _NONE)


@lean
def _turned(joined: U64) -> U64:
    product = U64(joined * GOLDEN)
    return U64(product ^ (product >> U64(32)))


@lean
def _ended(joined: U64, codes: U64) -> U64:
    """The hash of a word whose bytes hold the bits of `codes`."""
    front = (codes & _FRONT_BITS != _NONE) & (codes & _TELLING_BITS == _NONE)
    return mixed(U64(joined ^ (GOLDEN if front else _NONE)))
