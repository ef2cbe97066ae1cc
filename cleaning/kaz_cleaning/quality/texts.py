"""One text taken apart for the measures: its code points, their bits, its words."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_cleaning.quality.characters import (
    CAPITAL,
    LETTER,
    MARK,
    WORD,
    Bits,
    Points,
)
from kaz_cleaning.quality.hashing import BASIS, PRIME, Hashes, Integers, find_in, mix
from kaz_cleaning.quality.lexicon import BLOOM_SIZE
from kaz_datasets.compiled import compiled

Bytes = npt.NDArray[np.uint8]

_END_OF_WORD: Final = np.uint64(ord(" "))
_BLOOM_MASK: Final = np.uint64(BLOOM_SIZE - 1)

INNER_CAPITAL: Final = 1 << 15
"""Beside the bits of its characters: a capital after a small letter, as in glued text."""


class Tables(NamedTuple):
    """What does not depend on the text."""

    bits: Bits
    lower: Points
    words: Hashes
    word_bits: Hashes
    function: Bytes
    stems: Hashes
    stem_kinds: Bytes
    bloom: Bytes
    weights: npt.NDArray[np.int8]


class Work(NamedTuple):
    """Room for the longest text of a batch, used again by each."""

    points: Points
    bits: Bits
    start: Integers
    """First code point of each word."""
    length: Integers
    """Code points of each word."""
    hash: Hashes
    rolling: Hashes
    alive: Integers
    """Where a repeated n-gram begins: only there a longer one can be repeated."""
    shape: Hashes
    """What the translation score sees of each word."""
    known: Integers
    """Slot of each word in the lexicon, or -1."""
    slot: Integers
    line_first: Integers
    line_last: Integers
    """First and last code point of each line that is not blank, without outer white space."""
    line_block: Integers
    """Paragraph of each line: lines without a blank one between them."""
    keys: Hashes
    counts: Integers
    round: Integers
    """Shape (1,): how often the table of `keys` was used."""


def room_for(size: int) -> Work:
    """Room for a text of `size` bytes."""
    table = 64
    while table < size + 8:  # at most half full: n words take 2n - 1 bytes and more
        table *= 2
    half = size // 2 + 2
    return Work(
        points=np.empty(size + 1, np.uint32),
        bits=np.empty(size + 1, np.uint16),
        start=np.empty(half, np.int64),
        length=np.empty(half, np.int64),
        hash=np.empty(half, np.uint64),
        rolling=np.empty(half, np.uint64),
        alive=np.empty(half, np.int64),
        shape=np.empty(half, np.uint64),
        known=np.empty(half, np.int64),
        slot=np.empty(half, np.int64),
        line_first=np.empty(half, np.int64),
        line_last=np.empty(half, np.int64),
        line_block=np.empty(half, np.int64),
        keys=np.empty(table, np.uint64),
        counts=np.zeros(table, np.int64),
        round=np.zeros(1, np.int64),
    )


@compiled
def decode(data: Bytes, start: int, end: int, table: Bits, points: Points, bits: Bits) -> int:
    """Code points of valid UTF-8 and their bits; answers how many.

    One and two bytes share a path without branches: at every space between Cyrillic words the
    processor would guess wrong.
    """
    count = 0
    i = start
    while i < end:
        first = int(np.int64(data[i]))
        second = int(np.int64(data[min(i + 1, end - 1)])) & 0x3F
        if first < 0xE0:
            is_pair = first >> 7
            point = is_pair * ((first & 0x1F) << 6 | second) + (1 - is_pair) * first
            i += 1 + is_pair
        elif first < 0xF0:
            point = (first & 0x0F) << 12 | second << 6 | int(np.int64(data[i + 2])) & 0x3F
            i += 3
        else:
            point = (first & 7) << 18 | second << 12 | (int(np.int64(data[i + 2])) & 0x3F) << 6
            point |= int(np.int64(data[i + 3])) & 0x3F
            i += 4
        points[count] = point
        bits[count] = table[point]
        count += 1
    return count


@compiled
def find_words(work: Work, size: int, tables: Tables, held: Bits, stems: Integers) -> int:
    """Words as `kaz_datasets.words` counts them, hashed in lower case; answers how many.

    `held` receives the bits of each word's characters together, `stems[kind]` the number of words
    that begin with a stem of that kind.
    """
    points, bits = work.points, work.bits
    words = i = 0
    while i < size:
        if not bits[i] & WORD:
            i += 1
            continue
        begin = i
        value = BASIS
        kind = all_bits = inner = small_before = 0
        while i < size and bits[i] & (WORD | MARK):
            here = int(np.int64(bits[i]))
            value = (value ^ np.uint64(tables.lower[points[i]])) * PRIME
            all_bits |= here
            inner |= here & small_before
            small_before = (here & LETTER) * CAPITAL & ~here
            if tables.bloom[value & _BLOOM_MASK]:
                slot = find_in(tables.stems, value)
                kind = kind if kind or slot < 0 else tables.stem_kinds[slot]
            i += 1
        whole = (value ^ _END_OF_WORD) * PRIME
        if kind == 0 and tables.bloom[whole & _BLOOM_MASK]:
            slot = find_in(tables.stems, whole)
            kind = 0 if slot < 0 else tables.stem_kinds[slot]
        work.start[words] = begin
        work.length[words] = i - begin
        work.hash[words] = mix(value)
        work.known[words] = find_in(tables.words, work.hash[words])
        held[words] = all_bits & 0x7FFF | (INNER_CAPITAL if inner else 0)
        stems[kind] += 1
        words += 1
    return words
