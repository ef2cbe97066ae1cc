"""The hashes of a text's words, from its UTF-8 bytes, in compiled code.

The definition is in `kernel`'s docstring. Texts in Cyrillic take the way of `decoding`; those that
are respelled, or hold rare letters, are decoded one code point after the other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_dedup.code_points import code_points
from kaz_dedup.compiled import lean
from kaz_dedup.decoding import BLOCK, INVALID, BlockRoom, block_room, decode_block
from kaz_dedup.folding import folding
from kaz_dedup.letter_codes import code_table, encode
from kaz_dedup.respelling import CYRILLIC, script_of, tables
from kaz_dedup.wide_codes import OTHER, encode_block, wide_room, wide_tables
from kaz_dedup.word_hashes import GOLDEN, HASHED, U64, HashRoom, hash_codes, hash_room, mixed

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Points = npt.NDArray[np.uint32]

__all__ = ["GOLDEN", "U64", "Letters", "Room", "hash_words", "letters", "mixed", "room_for"]

_NONE = U64(0)


class Letters(NamedTuple):
    """What the compiled code knows of every code point; read-only."""

    codes: Points
    """The table of `letter_codes`."""
    lowers: Points
    """The folded code point, or the first of two."""
    respellings: npt.NDArray[np.uint32]
    """The tables of `respelling`."""
    wide: Bytes
    """The tables of `wide_codes`; empty where the processor is too narrow for them."""


class Room(NamedTuple):
    """Memory for one text, used again for each."""

    wide: Bytes
    block: BlockRoom
    codes: Bytes
    ends: Hashes
    """Where the codes of each word end."""
    hashes: HashRoom
    points: Points
    respelled: Points


@lru_cache(maxsize=1)
def letters() -> Letters:
    """The tables, made once a process."""
    lowers = folding().points[:, 0].copy()
    lowers.flags.writeable = False
    return Letters(code_table(), lowers, tables(), wide_tables())


def room_for(offsets: Integers) -> Room:
    """Room for any of the texts."""
    longest = int(np.diff(offsets).max(initial=0))
    return Room(
        wide_room(),
        block_room(),
        # At most two codes a byte: c, respelled, is тс.
        np.zeros(2 * longest + 64 + int(HASHED), np.uint8),
        np.empty(longest + 10, np.uint64),
        hash_room(),
        np.empty(longest + 1, np.uint32),
        np.empty(2 * longest + 2, np.uint32),
    )


def respelled(text: str) -> str:
    """The text as the kernel reads it: in Cyrillic where it is Kazakh in another alphabet."""
    data = np.frombuffer(text.encode(), np.uint8)
    if script_of(data, 0, len(data)) == CYRILLIC:
        return text
    room = room_for(np.array([0, len(data)]))
    count = code_points(data, 0, len(data), tables(), room.points, room.respelled)
    return room.respelled[:count].tobytes().decode("utf-32-le")


@lean
def hash_words(data: Bytes, start: int, end: int, letters: Letters, room: Room, out: Hashes) -> int:
    """Write the hash of each word of one text into `out`; return how many.

    -1 stands for a text that is not valid UTF-8 (RFC 3629): looking while decoding costs little.
    """
    words = -2
    if script_of(data, start, end) == CYRILLIC:
        words = _encode_blocks(data, start, end, letters, room)
    if words < INVALID:
        count = code_points(data, start, end, letters.respellings, room.points, room.respelled)
        if count < 0:
            return INVALID
        points = room.respelled
        place, found = encode(
            points, count, letters.lowers, letters.codes, room.codes, _NONE, room.ends, _NONE
        )
        room.ends[found] = place
        words = int(np.int64(found)) + 1
    return hash_codes(room.codes, room.ends, words, room.hashes, out) if words > 0 else words


@lean
def _encode_blocks(data: Bytes, start: int, end: int, letters: Letters, room: Room) -> int:
    """Fill `room.codes` and `room.ends`; return how many words, or what `decode_block` returned."""
    place, words = _NONE, _NONE
    for first in range(start, end, BLOCK):
        done, place, words = encode_block(
            data, start, first, end, letters.wide, room.wide, room.codes, place, room.ends, words
        )
        if done == INVALID:
            return INVALID
        if done != OTHER:
            continue
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
