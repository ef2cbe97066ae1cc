"""UTF-8 to code points, a block at a time, in loops without branches, which vector units run.

A byte alone decides nothing: whether it ends a character, and which, follows from the three bytes
before it. So every byte gets a *unit*: the code point of the character that it ends, or `NOTHING`
where it ends none. The units that are left are then moved together, four at a time.

The blocks have a constant length, which lets the compiler leave out what loops of any length need.
The accumulators stay of 8 bits (`max` instead of `|=`, which would widen them to 64): a vector
holds eight times as many.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import lean

Bytes = npt.NDArray[np.uint8]
Units = npt.NDArray[np.uint16]
Points = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

BLOCK: Final = 1024
INVALID: Final = -1
LONG_LETTERS: Final = -2
"""The block may hold letters beyond the 16 bits of a unit."""

# Two surrogates, which valid text never holds.
NOTHING: Final = np.uint16(0xD800)
LONG: Final = np.uint16(0xD801)
"""The unit of a character of four bytes that belongs to no word, such as a face."""

U8 = np.uint8
U16 = np.uint16
U32 = np.uint32
U64 = np.uint64
_BEFORE = 3
_PAGE = 4096
_HALF = 2048
_LINE = 64


class BlockRoom(NamedTuple):
    """Memory for one block, used again for each."""

    data: Bytes
    units: Units
    pairs: Points
    counts: Bytes
    fours: Hashes
    sums: Bytes
    points: Units
    """What `decode_block` returns."""


def block_room() -> BlockRoom:
    """Room for any block.

    What one loop reads and what it writes lie in different halves of their pages: processors take
    addresses with the same lower 12 bits for the same place and wait, up to half of the time.
    """
    memory = np.zeros(6 * _PAGE, np.uint8)
    memory = memory[-memory.ctypes.data % _PAGE :]
    page = [memory[number * _PAGE : (number + 1) * _PAGE] for number in range(5)]
    return BlockRoom(
        data=page[2][: _BEFORE + BLOCK],
        units=page[1][_HALF : _HALF + 2 * BLOCK].view(np.uint16),
        pairs=page[3][: 2 * BLOCK].view(np.uint32),
        counts=page[1][_LINE : _LINE + BLOCK // 2],
        fours=page[0][: 2 * BLOCK].view(np.uint64),
        sums=page[4][_LINE : _LINE + BLOCK // 4],
        points=memory[_HALF : _HALF + 2 * BLOCK + 8].view(np.uint16),
    )


@lean
def decode_block(data: Bytes, start: int, first: int, end: int, room: BlockRoom) -> int:
    """Fill `room.points` with the code points that end in the block at `first`; return how many.

    The text is `data[start:end]`. Of separators in a row some are left out. Returns `INVALID` where
    the bytes are not UTF-8 (RFC 3629), `LONG_LETTERS` where the units may not be enough.
    """
    size = min(BLOCK, end - first)
    _copy(data, start, first, size, room.data)
    # The zeros behind the last block continue no character: one that is torn is noticed there.
    if _disordered(room.data) or (size == BLOCK and first + size == end and _torn(data, end)):
        return INVALID
    carried = max(room.data[0], max(room.data[1], room.data[2]))
    if carried >= 0xE0 or _unusual(room.data):
        if _forbidden(room.data):
            return INVALID
        if _long_letters(room.data):
            return LONG_LETTERS
    _find_units(room.data, room.units)
    _pair(room.units, room.pairs, room.counts)
    _pair_again(room.pairs, room.counts, room.fours, room.sums)
    return _join(room.fours, room.sums, (size + 3) // 4, room.points)


@lean
def _copy(data: Bytes, start: int, first: int, size: int, out: Bytes) -> None:
    """The block, after the three bytes before it (zeros before the text) and before zeros."""
    for i in range(_BEFORE):
        place = first - _BEFORE + i
        out[i] = data[place] if place >= start else 0
    source, target = data[first : first + size], out[_BEFORE : _BEFORE + size]
    for i in range(size):
        target[i] = source[i]
    if size < BLOCK:
        out[_BEFORE + size :] = 0


@lean
def _disordered(data: Bytes) -> bool:
    """Whether a continuation byte is where none may be, or none where one must be."""
    wrong = U8(0)
    for i in range(BLOCK):
        byte, one, two, three = data[i + 3], data[i + 2], data[i + 1], data[i]
        wanted = (one >= U8(0xC0)) | (two >= U8(0xE0)) | (three >= U8(0xF0))
        wrong = max(wrong, U8(wanted != ((byte >= U8(0x80)) & (byte < U8(0xC0)))))
    return bool(wrong != 0)


@lean
def _torn(data: Bytes, end: int) -> bool:
    """Whether a text of whole blocks ends within a character."""
    return bool(data[end - 1] >= 0xC0 or data[end - 2] >= 0xE0 or data[end - 3] >= 0xF0)


@lean
def _unusual(data: Bytes) -> bool:
    """Whether a byte asks for a closer look: some pairs of bytes with it are forbidden."""
    largest, like = U8(0), U8(255)
    for i in range(BLOCK):
        byte = data[i + 3]
        largest = max(largest, byte)
        surrogate = min(U8(byte ^ U8(0xE0)), U8(byte ^ U8(0xED)))
        like = min(like, min(surrogate, U8(U8(byte & U8(0xFE)) ^ U8(0xC0))))
    return bool(largest >= 0xF0 or like == 0)


@lean
def _forbidden(data: Bytes) -> bool:
    """Whether a character is longer than it need be, a surrogate, or beyond Unicode."""
    wrong = U8(0)
    for i in range(BLOCK):
        byte, one = data[i + 3], data[i + 2]
        overlong = ((one == U8(0xE0)) & (byte < U8(0xA0))) | ((one == U8(0xF0)) & (byte < U8(0x90)))
        outside = ((one == U8(0xED)) & (byte >= U8(0xA0))) | (
            (one == U8(0xF4)) & (byte >= U8(0x90))
        )
        never = (byte == U8(0xC0)) | (byte == U8(0xC1)) | (byte >= U8(0xF5))
        wrong = max(wrong, U8(overlong | outside | never))
    return bool(wrong != 0)


@lean
def _long_letters(data: Bytes) -> bool:
    """Whether a character of four bytes may belong to a word.

    Only from U+1F000 to U+1FFFF (F0 9F) are there but few: in the 64 code points of U+1F100 and
    of U+1FBC0. A test compares this with the table of letters.
    """
    found = U8(0)
    for i in range(BLOCK):
        byte, one, two = data[i + 3], data[i + 2], data[i + 1]
        letter = (one != U8(0x9F)) | (byte == U8(0x84)) | (byte == U8(0xAF))
        found = max(found, U8((two >= U8(0xF0)) & letter))
    return bool(found != 0)


@lean
def _find_units(data: Bytes, units: Units) -> None:
    """The unit of each byte.

    A space or control character after another, or after one of !"#$%&'()*+,-./, is left out: one
    separator is as good as two.
    """
    for i in range(BLOCK):
        byte, one, two, three = U16(data[i + 3]), U16(data[i + 2]), U16(data[i + 1]), U16(data[i])
        low, middle = U16(byte & U16(0x3F)), U16(one << U16(6))
        of_two = U16(U16(middle & U16(0x7C0)) | low)
        of_three = U16(U16(two << U16(12)) | U16(middle & U16(0xFC0)) | low)
        long = LONG if three >= U16(0xF0) else of_three
        ended = of_two if one >= U16(0xC0) else long
        ended = byte if byte < U16(0x80) else ended
        inside = (byte >= U16(0xC0)) | (one >= U16(0xE0)) | (two >= U16(0xF0))
        needless = (byte <= U16(0x20)) & (one < U16(0x30))
        units[i] = NOTHING if inside | needless else ended


@lean
def _pair(units: Units, pairs: Points, counts: Bytes) -> None:
    """Each two units as one number of so many, the first in its lowest bits."""
    for i in range(BLOCK // 2):
        first, second = units[2 * i], units[2 * i + 1]
        low = U32(first) if first != NOTHING else U32(0)
        high = U32(second) if second != NOTHING else U32(0)
        pairs[i] = U32(low | (high << U32(16) if first != NOTHING else high))
        counts[i] = U8(U8(first != NOTHING) + U8(second != NOTHING))


@lean
def _pair_again(pairs: Points, counts: Bytes, fours: Hashes, sums: Bytes) -> None:
    """Each two pairs as one number."""
    for i in range(BLOCK // 4):
        count = counts[2 * i]
        fours[i] = U64(U64(pairs[2 * i]) | U64(pairs[2 * i + 1]) << (U64(count) * U64(16)))
        sums[i] = U8(count + counts[2 * i + 1])


@lean
def _join(fours: Hashes, sums: Bytes, size: int, out: Units) -> int:
    """Write all four, but move on by what they count only: no branch to foresee."""
    place = U64(0)
    for i in range(size):
        four = fours[i]
        out[place] = U16(four)
        out[place + U64(1)] = U16(four >> U64(16))
        out[place + U64(2)] = U16(four >> U64(32))
        out[place + U64(3)] = U16(four >> U64(48))
        place += U64(sums[i])
    return int(np.int64(place))
