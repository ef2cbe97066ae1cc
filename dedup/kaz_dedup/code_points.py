"""Texts as code points, one after the other: those that are respelled, or hold rare letters."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kaz_dedup.compiled import lean
from kaz_dedup.respelling import BY_2017, CYRILLIC, latin_style, respell, script_of

Bytes = npt.NDArray[np.uint8]
Points = npt.NDArray[np.uint32]


@lean
def code_points(
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
