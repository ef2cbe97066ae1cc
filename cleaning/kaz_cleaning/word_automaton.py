"""Many short strings looked for in one pass over bytes (Aho and Corasick 1975).

A line is asked for some hundred words at once, at the price of one table look-up a byte.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kaz_datasets.compiled import compiled


class Automaton(NamedTuple):
    """`classes`: a small number for each byte [256]; `steps`: the next state [states, classes];
    `flags`: what is found on reaching a state [states].
    """

    classes: npt.NDArray[np.uint8]
    steps: npt.NDArray[np.uint16]
    flags: npt.NDArray[np.int64]


def automaton(words: Mapping[str, int]) -> Automaton:
    """The automaton that answers the flags of all `words` that occur, by their UTF-8 bytes."""
    strings = {word.encode(): flag for word, flag in words.items()}
    alphabet = sorted({byte for string in strings for byte in string})
    classes = np.zeros(256, np.uint8)
    classes[alphabet] = np.arange(1, len(alphabet) + 1)
    rows, flags = [[-1] * (len(alphabet) + 1)], [0]
    for string, flag in sorted(strings.items()):
        state = 0
        for byte in string:
            if rows[state][classes[byte]] < 0:
                rows[state][classes[byte]] = len(rows)
                rows.append([-1] * (len(alphabet) + 1))
                flags.append(0)
            state = rows[state][classes[byte]]
        flags[state] |= flag
    _join(rows, flags)
    return Automaton(classes, np.array(rows, np.uint16), np.array(flags, np.int64))


def _join(rows: list[list[int]], flags: list[int]) -> None:
    """Give every state the steps and flags of the longest shorter beginning that it ends with."""
    queue = deque([(0, 0)])
    while queue:
        state, shorter = queue.popleft()
        flags[state] |= flags[shorter]
        for byte, following in enumerate(rows[state]):
            fallback = rows[shorter][byte] if state else 0
            if following < 0:
                rows[state][byte] = max(fallback, 0)
            else:
                queue.append((following, max(fallback, 0)))


def spellings(words: Collection[str], flag: int) -> dict[str, int]:
    """Every word in all spellings that a pattern of Python takes for it when it ignores case.

    Those are more than small and capital letters: `ı` counts as `i`, and `\u1c83` as `с`.
    """
    every = "".join(map(chr, range(0x10000)))
    same = {letter: re.findall(letter, every, re.IGNORECASE) for letter in set("".join(words))}
    return {
        "".join(letters): flag
        for word in words
        for letters in product(*(same[letter] for letter in word))
    }


@compiled
def flags_in(data: npt.NDArray[np.uint8], start: int, end: int, words: Automaton) -> int:
    """The flags of all words that occur in `data[start:end]`, together."""
    state = 0
    found = 0
    for i in range(start, end):
        state = int(np.int64(words.steps[state, words.classes[data[i]]]))
        found |= words.flags[state]
    return found
