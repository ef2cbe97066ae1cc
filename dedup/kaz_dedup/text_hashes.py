"""Hashes by which texts that are equal but for case and white space are found, before all else.

BLAKE2b, since an equal hash alone drops a document: nobody must be able to make one on purpose.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_dedup.compiled import compiled
from kaz_dedup.texts import TextBuffers

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Table = npt.NDArray[np.uint32]

SPACE = 0x20
_SURROGATES = range(0xD800, 0xE000)


def text_hashes(texts: TextBuffers) -> list[bytes | None]:
    """BLAKE2b-128 of each text in lower case with single spaces; None for a text without any.

    The texts must be valid UTF-8. Lower case is Unicode's simple mapping, code point by code
    point: Python's own looks at neighbours (Greek final sigma).
    """
    # A code point in lower case takes at most half as many bytes again (U+023A), and one more.
    data = np.empty(int(texts.offsets[-1] - texts.offsets[0]) * 3 // 2 + len(texts) + 4, np.uint8)
    ends = np.empty(len(texts), np.int64)
    _normalise(texts.data, texts.offsets, _lower_table(), data, ends)
    view = memoryview(data)  # type: ignore[arg-type]
    starts = [0, *ends[:-1].tolist()]
    return [
        blake2b(view[start:end], digest_size=16).digest() if end > start else None
        for start, end in zip(starts, ends.tolist(), strict=False)
    ]


@lru_cache(maxsize=1)
def _lower_table() -> Table:
    """Each code point in lower case; white space of every kind is `SPACE`. Shape (1114112,)."""
    points = [point for point in range(sys.maxunicode + 1) if point not in _SURROGATES]
    text = "".join(map(chr, points))
    lowered = pc.utf8_lower(pa.scalar(text, pa.large_string())).as_py()
    table = np.zeros(sys.maxunicode + 1, np.uint32)
    table[points] = np.frombuffer(str(lowered).encode("utf-32-le"), np.uint32)
    table[[point for point in points if chr(point).isspace()]] = SPACE
    table.flags.writeable = False
    return table


@compiled
def _normalise(data: Bytes, offsets: Integers, table: Table, out: Bytes, ends: Integers) -> None:
    """Write all texts one after another in lower case with single spaces; `ends` says where."""
    place = 0
    for text in range(len(ends)):
        start = place
        i, end = offsets[text], offsets[text + 1]
        while i < end:
            point = int(data[i])
            if point < 0x80:
                i += 1
            elif point < 0xE0:
                point = (point & 0x1F) << 6 | int(data[i + 1]) & 0x3F
                i += 2
            elif point < 0xF0:
                point = (point & 0x0F) << 12 | (int(data[i + 1]) & 0x3F) << 6
                point |= int(data[i + 2]) & 0x3F
                i += 3
            else:
                point = (point & 7) << 18 | (int(data[i + 1]) & 0x3F) << 12
                point |= (int(data[i + 2]) & 0x3F) << 6 | int(data[i + 3]) & 0x3F
                i += 4
            lower = int(table[point])
            if lower != SPACE or (place > start and out[place - 1] != SPACE):
                place = _write(lower, out, place)
        if place > start and out[place - 1] == SPACE:
            place -= 1
        ends[text] = place


@compiled
def _write(point: int, out: Bytes, place: int) -> int:
    """Append a code point in UTF-8; return the place after it."""
    if point < 0x80:
        out[place] = point
        return place + 1
    if point < 0x800:
        out[place] = 0xC0 | point >> 6
        out[place + 1] = 0x80 | point & 0x3F
        return place + 2
    if point < 0x10000:
        out[place] = 0xE0 | point >> 12
        out[place + 1] = 0x80 | point >> 6 & 0x3F
        out[place + 2] = 0x80 | point & 0x3F
        return place + 3
    out[place] = 0xF0 | point >> 18
    out[place + 1] = 0x80 | point >> 12 & 0x3F
    out[place + 2] = 0x80 | point >> 6 & 0x3F
    out[place + 3] = 0x80 | point & 0x3F
    return place + 4
