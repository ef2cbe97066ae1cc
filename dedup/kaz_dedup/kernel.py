"""Min-wise signatures, band keys and shingle sets, straight from UTF-8 bytes.

The definition, so that every machine and every other implementation gets the same numbers
(all arithmetic modulo 2^64 unless said otherwise; fmix64 is MurmurHash3's finaliser; splitmix64
is the generator of Steele, Lea and Flood, 2014):

- A *word* is a longest run of code points whose class in `folding_table()` is not a separator;
  its hash is fmix64(h), with h = 0 and then h = rotate_left(h, 9) xor fmix64(c * G) for each
  folded code point c, where G = 0x9e3779b97f4a7c15 (a cyclic polynomial: Cohen, 1997,
  "Recursive hashing functions for n-grams").
- A *shingle* is n consecutive words, or all words of a text that has fewer than n but at least
  one; its hash is fmix64(g), with g = the number m of its words plus the sum of
  w_j * (splitmix64(0, j) | 1) over its word hashes w_0 ... w_(m-1).
- A *signature* of K values is a fast similarity sketch (Dahlgaard, Knudsen and Thorup, 2017,
  "Fast similarity sketching") of one round: each shingle hash s falls into bin
  floor((s >> 32) * K / 2^32) with the value of its lower 32 bits, and the bin holds the smallest.
  A bin k that is then empty (2^32 - 1) holds the smallest of permutation k over all shingles:
  the upper 32 bits of a_k * (s >> 32) + b_k, which is strongly universal (Dietzfelbinger, 1996:
  "Universal hashing and k-wise independent random variables via integer arithmetic without
  primes"); a_k = splitmix64(seed, 2k) | 1 and b_k = splitmix64(seed, 2k + 1).
  The share of equal values of two signatures estimates the Jaccard similarity without bias: if
  any shingle of the union falls into a bin, the bin's smallest is one of the union at random;
  else both bins hold an ordinary MinHash (Broder, 1997). The cost is one step a shingle and K
  more only for short texts, which have as few shingles as there are bins.
  A text without words has 2^32 - 1 everywhere.
- The *key of band* j is fmix64(q), with q = j + 1 and then q = q * G + v + 1 for each value v of
  its rows.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import compiled
from kaz_dedup.errors import InvalidText
from kaz_dedup.folding import SEPARATOR, folding_table
from kaz_dedup.texts import TextBuffers

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Signatures = npt.NDArray[np.uint32]

U64 = np.uint64
_ROTATION = U64(9)
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


def _mixed_all(values: Hashes) -> Hashes:
    """fmix64 of each value."""
    values = (values ^ (values >> U64(33))) * _MURMUR_1
    values = (values ^ (values >> U64(33))) * _MURMUR_2
    return values ^ (values >> U64(33))


@lru_cache(maxsize=1)
def _letters() -> Hashes:
    """The hash of each code point's folded form, 0 for separators; shape (1114112,)."""
    table = folding_table()
    letters = _mixed_all(table.astype(U64) * _GOLDEN)
    letters[table == SEPARATOR] = 0
    letters.flags.writeable = False
    return letters


def _places(shingle_words: int) -> Hashes:
    """The multiplier of each place in a shingle, of shape (shingle_words,)."""
    return _splitmix64(0, shingle_words) | U64(1)


def signatures_of(
    texts: TextBuffers, permutations: int, shingle_words: int, seed: int
) -> tuple[Signatures, Integers]:
    """Signatures of shape (texts, permutations), and the number of words of each text.

    Raises InvalidText where a text is not UTF-8.
    """
    multipliers, summands = permutation_parameters(permutations, seed)
    signatures = np.full((len(texts), permutations), _EMPTY)
    words = np.zeros(len(texts), np.int64)
    places = _places(shingle_words)
    _check(_sign(*texts, _letters(), places, multipliers, summands, signatures, words))
    return signatures, words


def shingle_sets(texts: TextBuffers, shingle_words: int) -> tuple[Hashes, Integers]:
    """The distinct shingle hashes of each text, ascending: set i is values[ends[i - 1]:ends[i]].

    Raises InvalidText where a text is not UTF-8.
    """
    values = np.empty(int(np.sum(np.diff(texts.offsets) // 2 + 1)), U64)
    ends = np.zeros(len(texts), np.int64)
    total = _collect(*texts, _letters(), _places(shingle_words), values, ends)
    _check(-1 - total if total < 0 else -1)
    return values[:total].copy(), ends


def _check(invalid: int) -> None:
    if invalid >= 0:
        raise InvalidText(f"text {invalid} is not valid UTF-8: decode it again from its source")


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
def _hash_words(data: Bytes, start: int, end: int, letters: Hashes, out: Hashes) -> int:
    """Write the hash of each word of one text into `out`, not yet mixed; return how many.

    -1 stands for a text that is not valid UTF-8 (RFC 3629): looking while decoding costs nothing.
    """
    words = 0
    hashed = U64(0)
    inside = 0
    invalid = 0
    i = start
    while i < end:
        first = int(data[i])
        if first < 0x80:
            point = first
            i += 1
        elif first < 0xE0:
            if i + 1 >= end:
                return -1
            second = int(data[i + 1])
            invalid |= (first < 0xC2) | (second & 0xC0 != 0x80)
            point = (first & 0x1F) << 6 | second & 0x3F
            i += 2
        else:
            size = 3 if first < 0xF0 else 4
            if i + size > end:
                return -1
            point, wrong = _long_code_point(data, i, first)
            invalid |= wrong
            i += size
        letter = letters[point]
        if letter != 0:
            hashed = (hashed << _ROTATION | hashed >> (U64(64) - _ROTATION)) ^ letter
            inside = 1
        else:
            # Written always, counted only after a word: where words end cannot be foreseen, and
            # a wrongly foreseen branch costs as much as four letters.
            out[words] = hashed
            words += inside
            hashed = U64(0)
            inside = 0
    out[words] = hashed
    return -1 if invalid else words + inside


@compiled
def _long_code_point(data: Bytes, i: int, first: int) -> tuple[int, int]:
    """The code point of three or four bytes at `i`, and whether it is none (0 for U+0000 then)."""
    second, third = int(data[i + 1]), int(data[i + 2])
    wrong = (second & 0xC0 != 0x80) | (third & 0xC0 != 0x80)
    if first < 0xF0:
        point = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
        wrong |= (point < 0x800) | (0xD800 <= point < 0xE000)
    else:
        fourth = int(data[i + 3])
        point = (first & 7) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
        wrong |= (fourth & 0xC0 != 0x80) | (point < 0x10000) | (point > 0x10FFFF) | (first > 0xF4)
    return (0, 1) if wrong else (point, 0)


@compiled
def _join_words(words: Hashes, count: int, places: Hashes, out: Hashes) -> int:
    """Write the shingle hashes of `count` words into `out`; return how many.

    Place by place instead of shingle by shingle: these are loops that vector units run.
    """
    size = min(len(places), count)
    if size == 0:
        return 0
    shingles = count - size + 1
    for i in range(count):
        words[i] = _mixed(words[i])
    out[:shingles] = U64(size)
    for place in range(size):
        multiplier = places[place]
        for i in range(shingles):
            out[i] += words[i + place] * multiplier
    for i in range(shingles):
        out[i] = _mixed(out[i])
    return shingles


@compiled
def _sketch(shingles: Hashes, count: int, smallest: Signatures) -> int:
    """Let each shingle fall into its bin of `smallest`; return how many bins stay empty."""
    bins = U64(len(smallest))
    for i in range(count):
        place = np.int64((shingles[i] >> U64(32)) * bins >> U64(32))
        smallest[place] = min(smallest[place], np.uint32(shingles[i]))
    empty = 0
    for k in range(len(smallest)):
        empty += smallest[k] == _EMPTY
    return empty


@compiled
def _fill_empty(
    shingles: Hashes,
    count: int,
    empty: int,
    multipliers: Hashes,
    summands: Hashes,
    smallest: Signatures,
) -> None:
    """Give each of the `empty` bins the smallest value of its own permutation."""
    bins = np.empty(empty, np.int64)
    found = 0
    for k in range(len(smallest)):
        if smallest[k] == _EMPTY:
            bins[found] = k
            found += 1
    factors, terms = multipliers[bins], summands[bins]
    values = np.full(empty, _EMPTY)
    for i in range(count):
        key = shingles[i] >> U64(32)
        for k in range(empty):
            values[k] = min(values[k], np.uint32((factors[k] * key + terms[k]) >> U64(32)))
    smallest[bins] = values


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
    letters: Hashes,
    places: Hashes,
    multipliers: Hashes,
    summands: Hashes,
    signatures: Signatures,
    words: Integers,
) -> int:
    """Fill `signatures` and `words`; return which text is not UTF-8, or -1."""
    hashes = np.empty(_room(offsets), np.uint64)
    shingles = np.empty(len(hashes), np.uint64)
    for text in range(len(words)):
        words[text] = _hash_words(data, offsets[text], offsets[text + 1], letters, hashes)
        if words[text] < 0:
            return text
        count = _join_words(hashes, words[text], places, shingles)
        empty = _sketch(shingles, count, signatures[text])
        if empty and count:
            _fill_empty(shingles, count, empty, multipliers, summands, signatures[text])
    return -1


@compiled
def _collect(
    data: Bytes,
    offsets: Integers,
    letters: Hashes,
    places: Hashes,
    values: Hashes,
    ends: Integers,
) -> int:
    """Fill `values` and `ends`; return how many values, or -1 - i where text i is not UTF-8."""
    hashes = np.empty(_room(offsets), np.uint64)
    shingles = np.empty(len(hashes), np.uint64)
    total = 0
    for text in range(len(ends)):
        words = _hash_words(data, offsets[text], offsets[text + 1], letters, hashes)
        if words < 0:
            return -1 - text
        count = _join_words(hashes, words, places, shingles)
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
