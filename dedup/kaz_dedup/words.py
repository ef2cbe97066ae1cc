"""The hashes of a text's words, from its UTF-8 bytes, in compiled code.

The definition is in `kernel`'s docstring. Texts in Cyrillic take the way of `decoding`; those that
are respelled, or hold rare letters, are decoded one code point after the other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import lean
from kaz_dedup.decoding import BLOCK, INVALID, BlockRoom, block_room, decode_block
from kaz_dedup.folding import folding
from kaz_dedup.letter_codes import code_table, encode
from kaz_dedup.respelling import BY_2017, CYRILLIC, latin_style, respell, script_of, tables

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Points = npt.NDArray[np.uint32]

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
_HASHED: Final = U64(16)
"""So many codes of each word are read, also of the last: most words have no more."""


class Letters(NamedTuple):
    """What the compiled code knows of every code point; read-only."""

    codes: Points
    """The table of `letter_codes`."""
    lowers: Points
    """The folded code point, or the first of two."""
    respellings: npt.NDArray[np.uint32]
    """The tables of `respelling`."""


class Room(NamedTuple):
    """Memory for one text, used again for each."""

    block: BlockRoom
    codes: Bytes
    ends: Hashes
    """Where the codes of each word end."""
    heads: Hashes
    """The first eight codes of some words, and what follows them."""
    tails: Hashes
    sizes: Hashes
    long_words: Hashes
    long_starts: Hashes
    points: Points
    respelled: Points


@lru_cache(maxsize=1)
def letters() -> Letters:
    """The tables, made once a process."""
    lowers = folding().points[:, 0].copy()
    lowers.flags.writeable = False
    return Letters(code_table(), lowers, tables())


def room_for(offsets: Integers) -> Room:
    """Room for any of the texts."""
    longest = int(np.diff(offsets).max(initial=0))
    return Room(
        block_room(),
        # At most two codes a byte: c, respelled, is тс.
        np.zeros(2 * longest + int(_HASHED), np.uint8),
        np.empty(longest + 2, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(_WORDS, np.uint64),
        np.empty(longest + 1, np.uint32),
        np.empty(2 * longest + 2, np.uint32),
    )


def respelled(text: str) -> str:
    """The text as the kernel reads it: in Cyrillic where it is Kazakh in another alphabet."""
    data = np.frombuffer(text.encode(), np.uint8)
    if script_of(data, 0, len(data)) == CYRILLIC:
        return text
    room = room_for(np.array([0, len(data)]))
    count = _code_points(data, 0, len(data), tables(), room.points, room.respelled)
    return room.respelled[:count].tobytes().decode("utf-32-le")


@lean
def mixed(value: U64) -> U64:
    """The finaliser of MurmurHash3."""
    value ^= value >> U64(33)
    value *= _MURMUR_1
    value ^= value >> U64(33)
    value *= _MURMUR_2
    return U64(value ^ (value >> U64(33)))


@lean
def hash_words(data: Bytes, start: int, end: int, letters: Letters, room: Room, out: Hashes) -> int:
    """Write the hash of each word of one text into `out`; return how many.

    -1 stands for a text that is not valid UTF-8 (RFC 3629): looking while decoding costs little.
    """
    words = -2
    if script_of(data, start, end) == CYRILLIC:
        words = _encode_blocks(data, start, end, letters, room)
    if words < INVALID:
        count = _code_points(data, start, end, letters.respellings, room.points, room.respelled)
        if count < 0:
            return INVALID
        points = room.respelled
        place, found = encode(
            points, count, letters.lowers, letters.codes, room.codes, _NONE, room.ends, _NONE
        )
        room.ends[found] = place
        words = int(np.int64(found)) + 1
    return _hash_codes(room, words, out) if words > 0 else words


@lean
def _encode_blocks(data: Bytes, start: int, end: int, letters: Letters, room: Room) -> int:
    """Fill `room.codes` and `room.ends`; return how many words, or what `decode_block` returned."""
    place, words = _NONE, _NONE
    for first in range(start, end, BLOCK):
        count = decode_block(data, start, first, end, room.block)
        if count < 0:
            return count
        place, words = encode(
            room.block.points,
            count,
            letters.lowers,
            letters.codes,
            room.codes,
            place,
            room.ends,
            words,
        )
    room.ends[words] = place
    return int(np.int64(words)) + 1


@lean
def _hash_codes(room: Room, words: int, out: Hashes) -> int:
    """The hashes of all words that have codes; return how many."""
    count, start = 0, _NONE
    for first in range(0, words, _WORDS):
        found, long, start = _gather(
            room.ends[first : min(first + _WORDS, words)],
            start,
            room.codes,
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
            hashes[word] = _hash_long(room.codes, room.long_starts[i], room.sizes[word])
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

    A word's codes begin where the last one's end: `start` is where those of the first do. Returns
    how many words have codes, how many more than 16, and where the last ends.
    """
    place, long = _NONE, 0
    for i in range(len(ends)):
        size = ends[i] - start
        heads[place] = _eight(codes, start)
        tails[place] = _eight(codes, start + U64(8))
        sizes[place] = size
        if size > _HASHED:
            long_words[long], long_starts[long] = place, start
            long += 1
        place += U64(size != _NONE)
        start = ends[i]
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


@lean
def _code_points(
    data: Bytes,
    start: int,
    end: int,
    respellings: npt.NDArray[np.uint32],
    points: Points,
    out: Points,
) -> int:
    """Fill `out` with the text in Cyrillic; return how many code points, -1 if it is not UTF-8."""
    count = 0
    i = start
    while i < end:
        first = int(data[i])
        size = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        if i + size > end:
            return -1
        point, wrong = first, 0
        if size == 2:
            second = int(data[i + 1])
            wrong = (first < 0xC2) | (second & 0xC0 != 0x80)
            point = (first & 0x1F) << 6 | second & 0x3F
        elif size > 2:
            point, wrong = _long_code_point(data, i, first)
        if wrong:
            return -1
        points[count] = point
        count += 1
        i += size
    style = script_of(data, start, end)
    if style == CYRILLIC:
        for i in range(count):
            out[i] = points[i]
        return count
    if style == BY_2017:
        style = latin_style(points, count, respellings)
    return respell(points, count, style, respellings, out)


@lean
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
