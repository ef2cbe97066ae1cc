"""What the words read lately add up to, so that a common word is summed once.

Most words of a text were seen before (Zipf), and to find a word again costs a tenth of summing its
n-grams anew. The sums are whole numbers: remembered or not, they are the same.
"""

from __future__ import annotations

import threading
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_datasets.compiled import compiled

LONGEST: Final = 24
"""Code units of a remembered word; of 10,000 Kazakh words 9 are longer."""
_SLOTS: Final = 1 << 16
"""Each 120 bytes. A slot holds the last word that fell into it; one more is for longer words."""
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_HALF: Final = np.uint64(32)


class Memory(NamedTuple):
    """Slots of words. `words`: UTF-16 code units [slots, LONGEST], zeros behind the word; `sums`:
    int32 [slots, dimensions]; `grams`: n-grams summed; `odds`: the word's evidence.
    """

    words: npt.NDArray[np.uint16]
    sums: npt.NDArray[np.int32]
    grams: npt.NDArray[np.int64]
    odds: npt.NDArray[np.float32]


class WordMemory(threading.local):
    """A memory for one model, and one for each thread: the compiled code holds no lock."""

    def __init__(self, dimensions: int) -> None:
        self.slots = Memory(
            np.zeros((_SLOTS + 1, LONGEST), np.uint16),
            np.zeros((_SLOTS + 1, dimensions), np.int32),
            np.zeros(_SLOTS + 1, np.int64),
            np.zeros(_SLOTS + 1, np.float32),
        )


@compiled
def word_end(words: Any, at: int, end: int) -> tuple[int, int]:
    """Where the word at `at` ends, and its slot."""
    value = _BASIS
    while at < end and words[at] != 32:
        value = (value ^ np.uint64(words[at])) * _PRIME
        at += 1
    return at, int(np.int64((value ^ (value >> _HALF)) & np.uint64(_SLOTS - 1)))


@compiled
def is_remembered(held: Any, slot: int, words: Any, begin: int, length: int) -> bool:
    """Whether the slot holds this very word."""
    if not 0 < length <= LONGEST or (length < LONGEST and held[slot, length]):
        return False
    same = 0
    while same < length and held[slot, same] == words[begin + same]:
        same += 1
    return same == length


@compiled
def remember(held: Any, slot: int, words: Any, begin: int, length: int) -> int:
    """Put the word into its slot, a longer one into the last; answers which."""
    if length > LONGEST:
        return len(held) - 1
    for i in range(LONGEST):
        held[slot, i] = words[begin + i] if i < length else 0
    return slot
