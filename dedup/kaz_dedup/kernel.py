"""Min-wise signatures, band keys and shingle sets, straight from UTF-8 bytes.

The definition, so that every machine and every other implementation gets the same numbers
(all arithmetic modulo 2^64 unless said otherwise; fmix64 is MurmurHash3's finaliser; splitmix64
is the generator of Steele, Lea and Flood, 2014):

- A *text* whose letters are mostly Latin or Arabic is first brought to Cyrillic (`respelling`).
- A *word* is a longest run of code points whose class in `folding()` is not 0, as far as it has
  codes: the bytes that `letter_codes` gives its letters. Bit 7 of each byte is taken away, then
  each eight bytes are a number, the first byte the lowest, the last number filled up with zeros.
  The hash is fmix64(h), with h = 0 and then h = x + t(h) for each number x from the last to the
  first, where t(h) = p xor (p >> 32), p = h * G and G = 0x9e3779b97f4a7c15; a front word's (see
  `folding`) is fmix64(h xor G).
- A *shingle* is n consecutive words, or all words of a text that has fewer than n but at least
  one; its hash is fmix64(g), with g = the number m of its words plus the sum of
  w_j * (splitmix64(0, j) | 1) over its word hashes w_0 ... w_(m-1).
- A *signature* of K values is a fast similarity sketch (Dahlgaard, Knudsen and Thorup, 2017,
  "Fast similarity sketching") of one round: each shingle hash s falls into bin
  floor((s >> 32) * K / 2^32) with the value of its lower 32 bits, and the bin holds the smallest.
  A bin k that is then empty (2^32 - 1) holds the smallest of permutation k over all shingles:
  a_k * (s >> 32) + b_k modulo 2^32, a permutation of numbers that are random already, where
  a_k = (splitmix64(seed, 2k) >> 32) | 1 and b_k = splitmix64(seed, 2k + 1) >> 32.
  The share of equal values of two signatures estimates the Jaccard similarity without bias: if
  any shingle of the union falls into a bin, the bin's smallest is one of the union at random;
  else both bins hold an ordinary MinHash (Broder, 1997). The cost is one step a shingle and K
  more only for short texts, which have as few shingles as there are bins.
  A text without words has 2^32 - 1 everywhere.
- The *key of band* j is fmix64(q), with q = j + 1 and then q = q * G + v + 1 for each value v of
  its rows.
"""

from __future__ import annotations

import numpy as np

from kaz_dedup.compiled import compiled, lean
from kaz_dedup.errors import InvalidText
from kaz_dedup.sketching import Signatures, SketchRoom, sketch, sketch_room
from kaz_dedup.texts import TextBuffers
from kaz_dedup.words import (
    GOLDEN,
    U64,
    Bytes,
    Hashes,
    Integers,
    Letters,
    Room,
    hash_words,
    letters,
    mixed,
    room_for,
)


def permutation_parameters(permutations: int, seed: int) -> tuple[Signatures, Signatures]:
    """The multipliers and summands of all permutations, each of shape (permutations,)."""
    stream = (_splitmix64(seed, 2 * permutations) >> U64(32)).astype(np.uint32)
    return stream[0::2] | np.uint32(1), stream[1::2].copy()


def _splitmix64(seed: int, count: int) -> Hashes:
    """The first values of the generator of Steele, Lea and Flood (2014)."""
    state = np.arange(1, count + 1, dtype=U64) * GOLDEN + U64(seed)
    state = (state ^ (state >> U64(30))) * U64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> U64(27))) * U64(0x94D049BB133111EB)
    return state ^ (state >> U64(31))


def _places(shingle_words: int) -> Hashes:
    """The multiplier of each place in a shingle, of shape (shingle_words,)."""
    return _splitmix64(0, shingle_words) | U64(1)


def signatures_of(
    texts: TextBuffers, permutations: int, shingle_words: int, seed: int, first: int = 0
) -> tuple[Signatures, Integers]:
    """Signatures of shape (texts, permutations), and the number of words of each text.

    Raises InvalidText where a text is not UTF-8; `first` is the number of the first, to name it.
    """
    signatures = np.empty((len(texts), permutations), np.uint32)
    words = np.zeros(len(texts), np.int64)
    sign(texts, shingle_words, permutation_parameters(permutations, seed), signatures, words, first)
    return signatures, words


def sign(
    texts: TextBuffers,
    shingle_words: int,
    parameters: tuple[Signatures, Signatures],
    signatures: Signatures,
    words: Integers,
    first: int = 0,
) -> None:
    """As `signatures_of`, into arrays that are there."""
    room = room_for(texts.offsets)
    hashes, shingles = _shingle_room(room)
    sketches = sketch_room(len(shingles), len(parameters[0]))
    places = _places(shingle_words)
    invalid = _sign(
        *texts, letters(), room, hashes, shingles, sketches, places, parameters, signatures, words
    )
    _check(invalid, first)


def shingle_sets(texts: TextBuffers, shingle_words: int) -> tuple[Hashes, Integers]:
    """The distinct shingle hashes of each text, ascending: set i is values[ends[i - 1]:ends[i]].

    Raises InvalidText where a text is not UTF-8.
    """
    values = np.empty(int(np.sum(np.diff(texts.offsets) // 2 + 1)), U64)
    ends = np.zeros(len(texts), np.int64)
    room = room_for(texts.offsets)
    hashes, shingles = _shingle_room(room)
    places = _places(shingle_words)
    total = _collect(*texts, letters(), room, hashes, shingles, places, values, ends)
    _check(-1 - total if total < 0 else -1)
    return values[:total].copy(), ends


def _shingle_room(room: Room) -> tuple[Hashes, Hashes]:
    """Room for the words and the shingles of one text: words have a letter and a space at least."""
    words = len(room.ends) // 2 + 1
    return np.empty(words, U64), np.empty(words, U64)


def _check(invalid: int, first: int = 0) -> None:
    if invalid >= 0:
        number = first + invalid
        raise InvalidText(f"text {number} is not valid UTF-8: decode it again from its source")


def band_keys(signatures: Signatures, bands: int, rows: int) -> Hashes:
    """The 64-bit key of each band of each signature, of shape (texts, bands)."""
    keys = np.empty((len(signatures), bands), U64)
    _join_bands(signatures, rows, keys)
    return keys


@lean
def _join_words(words: Hashes, count: int, places: Hashes, out: Hashes) -> int:
    """Write the shingle hashes of `count` words into `out`; return how many.

    Place by place instead of shingle by shingle: these are loops that vector units run.
    """
    size = min(len(places), count)
    if size == 0:
        return 0
    shingles = count - size + 1
    out[:shingles] = U64(size)
    for place in range(size):
        multiplier = places[place]
        for i in range(shingles):
            out[i] += words[i + place] * multiplier
    for i in range(shingles):
        out[i] = mixed(out[i])
    return shingles


@lean
def _sign(
    data: Bytes,
    offsets: Integers,
    letters: Letters,
    room: Room,
    hashes: Hashes,
    shingles: Hashes,
    sketches: SketchRoom,
    places: Hashes,
    permutations: tuple[Signatures, Signatures],
    signatures: Signatures,
    words: Integers,
) -> int:
    """Fill `signatures` and `words`; return which text is not UTF-8, or -1."""
    for text in range(len(words)):
        words[text] = hash_words(data, offsets[text], offsets[text + 1], letters, room, hashes)
        if words[text] < 0:
            return text
        count = _join_words(hashes, words[text], places, shingles)
        sketch(shingles, count, permutations, sketches, signatures[text])
    return -1


@compiled
def _collect(
    data: Bytes,
    offsets: Integers,
    letters: Letters,
    room: Room,
    hashes: Hashes,
    shingles: Hashes,
    places: Hashes,
    values: Hashes,
    ends: Integers,
) -> int:
    """Fill `values` and `ends`; return how many values, or -1 - i where text i is not UTF-8."""
    total = 0
    for text in range(len(ends)):
        words = hash_words(data, offsets[text], offsets[text + 1], letters, room, hashes)
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
                joined = joined * GOLDEN + U64(signatures[text, i]) + U64(1)
            keys[text, band] = mixed(joined)
