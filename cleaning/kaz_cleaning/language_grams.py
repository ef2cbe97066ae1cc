"""The n-grams of a word, and the rows of the model's table that they own.

What is learnt and what is read must hash alike: both use this one function.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kaz_cleaning.letters import ARABIC, CYRILLIC, LATIN, SPACE
from kaz_datasets.compiled import compiled

LONGEST_WORD: Final = 60
"""Characters of a word that are read. So a word has fewer than 257 n-grams, and sums of that many
bytes fit in 16 bits."""
MOST_GRAMS: Final = 4 * LONGEST_WORD + 2
_BEGIN, _END = np.uint64(ord("<")), np.uint64(ord(">"))
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Of Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): 2⁶⁴ over the golden ratio;
the upper bits of the product are the row."""
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
"""Of FNV-1a in 64 bits, for the whole word."""
_ONE, _TWO, _THREE = np.uint64(0xFFFF), np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFFFFFF)
_UNIT: Final = np.uint64(16)


@compiled
def grams_of(words: Any, at: int, end: int, shift: Any, rows: Any) -> tuple[int, int, int]:
    """Put the rows of the word at `at` into `rows`: its 1- to 4-grams between `<` and `>`, which
    themselves are none, and the word as one.

    `words` are UTF-16 units, words ended by a space; `shift` is 64 less the table's address bits.
    Answers how many rows, the word's script and where the next word begins.
    """
    key, whole = _BEGIN, _BASIS
    count = length = 0
    script = LATIN
    while at < end and words[at] != SPACE:
        unit = np.uint64(words[at])
        at += 1
        if length == LONGEST_WORD:
            continue
        length += 1
        if 0x400 <= unit < 0x530:
            script = CYRILLIC  # however many look-alikes there are beside it
        elif 0x600 <= unit < 0x900 and script == LATIN:
            script = ARABIC
        key = (key << _UNIT) | unit
        whole = (whole ^ unit) * _PRIME
        rows[count] = ((key & _ONE) * _MIX) >> shift
        rows[count + 1] = ((key & _TWO) * _MIX) >> shift
        count += 2
        if length > 1:
            rows[count] = ((key & _THREE) * _MIX) >> shift
            count += 1
        if length > 2:
            rows[count] = (key * _MIX) >> shift
            count += 1
    key = (key << _UNIT) | _END
    rows[count] = ((key & _TWO) * _MIX) >> shift
    rows[count + 1] = ((key & _THREE) * _MIX) >> shift
    rows[count + 2] = (whole * _MIX) >> shift
    count += 3
    if length > 1:
        rows[count] = (key * _MIX) >> shift
        count += 1
    return count, script, at + 1
