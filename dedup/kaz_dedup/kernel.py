"""MinHash signatures, band keys and shingle sets, straight from UTF-8 bytes.

The definition, so that every machine and every other implementation gets the same numbers
(all arithmetic modulo 2^64 unless said otherwise; fmix64 is MurmurHash3's finaliser):

- A *word* is a longest run of code points whose class in `folding_table()` is not a separator;
  its hash is fmix64(h), with h = 0xcbf29ce484222325 and then h = (h xor c) * 0x100000001b3 for
  each folded code point c (FNV-1a, a code point a step).
- A *shingle* is n consecutive words, or all words of a text that has fewer than n but at least
  one; its hash is fmix64(g), with g = the number of its words and then
  g = g * 0x9e3779b97f4a7c15 + w for each word hash w.
- *Permutation* k maps the upper 32 bits x of a shingle hash to the upper 32 bits of
  (a_k * x + b_k), which is strongly universal (Dietzfelbinger, 1996: "Universal hashing and
  k-wise independent random variables via integer arithmetic without primes").
  a_k = splitmix64(seed, 2k) | 1 and b_k = splitmix64(seed, 2k + 1).
- The *signature* is the smallest value of each permutation over all shingles (Broder, 1997);
  a text without words has 2^32 - 1 everywhere.
- The *key of band* j is fmix64(q), with q = j + 1 and then q = q * 0x9e3779b97f4a7c15 + v + 1
  for each value v of its rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import compiled
from kaz_dedup.folding import folding_table
from kaz_dedup.texts import TextBuffers

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Signatures = npt.NDArray[np.uint32]

U64 = np.uint64
_FNV_OFFSET = U64(0xCBF29CE484222325)
_FNV_PRIME = U64(0x100000001B3)
_GOLDEN = U64(0x9E3779B97F4A7C15)
_MURMUR_1 = U64(0xFF51AFD7ED558CCD)
_MURMUR_2 = U64(0xC4CEB9FE1A85EC53)
_EMPTY = np.uint32(0xFFFFFFFF)


def permutation_parameters(permutations: int, seed: int) -> tuple[Hashes, Hashes]:
    """The multipliers and summands of all permutations, each of shape (permutations,)."""
    stream = _splitmix64(seed, 2 * permutations)
    return stream[0::2] | U64(1), stream[1::2].copy()


def _splitmix64(seed: int, count: int) -> Hashes:
    """The first values of the generator of Steele, Lea and Flood (2014)."""
    state = np.arange(1, count + 1, dtype=U64) * _GOLDEN + U64(seed)
    state = (state ^ (state >> U64(30))) * U64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> U64(27))) * U64(0x94D049BB133111EB)
    return state ^ (state >> U64(31))


def signatures_of(
    texts: TextBuffers, permutations: int, shingle_words: int, seed: int
) -> tuple[Signatures, Integers]:
    """MinHash signatures of shape (texts, permutations), and the number of words of each text."""
    multipliers, summands = permutation_parameters(permutations, seed)
    signatures = np.full((len(texts), permutations), _EMPTY)
    words = np.zeros(len(texts), np.int64)
    table = folding_table()
    _sign(*texts, table, shingle_words, multipliers, summands, signatures, words)
    return signatures, words


def shingle_sets(texts: TextBuffers, shingle_words: int) -> tuple[Hashes, Integers]:
    """The distinct shingle hashes of each text, ascending: set i is values[ends[i - 1]:ends[i]]."""
    values = np.empty(int(np.sum(np.diff(texts.offsets) // 2 + 1)), U64)
    ends = np.zeros(len(texts), np.int64)
    total = _collect(*texts, folding_table(), shingle_words, values, ends)
    return values[:total].copy(), ends


def band_keys(signatures: Signatures, bands: int, rows: int) -> Hashes:
    """The 64-bit key of each band of each signature, of shape (texts, bands)."""
    keys = np.empty((len(signatures), bands), U64)
    _join_bands(signatures, rows, keys)
    return keys


@compiled
def _mixed(value: U64) -> U64:
    value ^= value >> U64(33)
    value *= _MURMUR_1
    value ^= value >> U64(33)
    value *= _MURMUR_2
    return U64(value ^ (value >> U64(33)))


@compiled
def _code_point(data: Bytes, i: int) -> tuple[int, int]:
    """The code point that starts at byte `i` of valid UTF-8, and the byte after it."""
    first = int(data[i])
    if first < 0x80:
        return first, i + 1
    second = int(data[i + 1]) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | second, i + 2
    third = int(data[i + 2]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | second << 6 | third, i + 3
    return (first & 7) << 18 | second << 12 | third << 6 | int(data[i + 3]) & 0x3F, i + 4


@compiled
def _hash_words(data: Bytes, start: int, end: int, table: Signatures, out: Hashes) -> int:
    """Write the hash of each word of one text into `out`, not yet mixed; return how many."""
    words = 0
    hashed = _FNV_OFFSET
    inside = 0
    i = start
    while i < end:
        point, i = _code_point(data, i)
        folded = table[point]
        if folded != 0:
            hashed = (hashed ^ U64(folded)) * _FNV_PRIME
            inside = 1
        else:
            # Written always, counted only after a word: where words end cannot be foreseen, and
            # a wrongly foreseen branch costs as much as four letters.
            out[words] = hashed
            words += inside
            hashed = _FNV_OFFSET
            inside = 0
    out[words] = hashed
    return words + inside


@compiled
def _join_words(words: Hashes, count: int, size: int, out: Hashes) -> int:
    """Write the shingle hashes of `count` words into `out`; return how many.

    g of a shingle is a polynomial in its words, so the next one's is had from the last one's.
    """
    size = min(size, count)
    if size == 0:
        return 0
    power = U64(1)
    for _ in range(size):
        power *= _GOLDEN
    length = U64(size) * power
    joined = U64(0)
    for i in range(count):
        words[i] = _mixed(words[i])
        joined = joined * _GOLDEN + words[i]
        if i >= size:
            joined -= words[i - size] * power
        if i >= size - 1:
            out[i - size + 1] = _mixed(length + joined)
    return count - size + 1


@compiled
def _room(offsets: Integers) -> int:
    """More words than any of the texts can hold."""
    longest = 0
    for i in range(len(offsets) - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    return longest // 2 + 2


@compiled
def _sign(
    data: Bytes,
    offsets: Integers,
    table: Signatures,
    shingle_words: int,
    multipliers: Hashes,
    summands: Hashes,
    signatures: Signatures,
    words: Integers,
) -> None:
    hashes = np.empty(_room(offsets), np.uint64)
    shingles = np.empty(len(hashes), np.uint64)
    for text in range(len(words)):
        words[text] = _hash_words(data, offsets[text], offsets[text + 1], table, hashes)
        smallest = signatures[text]
        for i in range(_join_words(hashes, words[text], shingle_words, shingles)):
            key = shingles[i] >> U64(32)
            for k in range(len(multipliers)):
                value = np.uint32((multipliers[k] * key + summands[k]) >> U64(32))
                smallest[k] = min(smallest[k], value)


@compiled
def _collect(
    data: Bytes,
    offsets: Integers,
    table: Signatures,
    shingle_words: int,
    values: Hashes,
    ends: Integers,
) -> int:
    hashes = np.empty(_room(offsets), np.uint64)
    shingles = np.empty(len(hashes), np.uint64)
    total = 0
    for text in range(len(ends)):
        words = _hash_words(data, offsets[text], offsets[text + 1], table, hashes)
        count = _join_words(hashes, words, shingle_words, shingles)
        found = shingles[:count]
        found.sort()
        for i in range(count):
            if i == 0 or found[i] != found[i - 1]:
                values[total] = found[i]
                total += 1
        ends[text] = total
    return total


@compiled
def _join_bands(signatures: Signatures, rows: int, keys: Hashes) -> None:
    for text in range(keys.shape[0]):
        for band in range(keys.shape[1]):
            joined = U64(band + 1)
            for i in range(band * rows, (band + 1) * rows):
                joined = joined * _GOLDEN + U64(signatures[text, i]) + U64(1)
            keys[text, band] = _mixed(joined)
