"""From words to labels in one compiled pass: n-gram sums, softmax, and Kazakh against Russian.

The n-grams and their hashes are fastText's (Bojanowski et al. 2017, "Enriching Word Vectors with
Subword Information"): FNV-1a over the UTF-8 bytes of the word between `<` and `>`.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from kaz_cleaning.word_memory import is_remembered, remember, word_end
from kaz_datasets.compiled import compiled

_BLOCK: Final = 16
_LONGEST_WORD: Final = 100
"""Characters of a word that are read."""
_MOST_WORDS: Final = 1024
"""Words of a stretch that may be told apart; the rest go with the last one."""

SWITCH_COST: Final = 4.0
"""Nats that a change of language inside a stretch costs: some e⁴ = 55 words apart (Viterbi 1967).
Loans (`товар`, `спасибо`) then stay with their sentence, runs of two or three words do not."""
WORD_WEIGHT: Final = 0.5
"""Of a word's log odds: neighbours are not independent, their product would be too sure."""


@compiled
def classify(
    words: Any,
    bounds: Any,
    embedding: Any,
    output: Any,
    shortest: int,
    longest: int,
    pair: Any,
    memory: Any,
    best: Any,
    score: Any,
    paired: Any,
    kazakh: Any,
) -> None:
    """Fill for each stretch: best label (-1 without n-grams), its probability, the probability of
    the two labels in `pair`, and the share of its letters in words of the first of the two.

    `memory` is this model's own (`kaz_cleaning.word_memory.Memory`).
    """
    width = embedding.shape[1]
    labels = output.shape[1]
    total = np.empty(width, np.int64)
    logits = np.empty(labels, np.float32)
    utf8 = np.empty(4 * (_LONGEST_WORD + 2), np.uint8)
    odds = np.empty(_MOST_WORDS, np.float32)
    sizes = np.empty(_MOST_WORDS, np.int64)
    back = np.empty((_MOST_WORDS, 2), np.int8)
    contrast = np.zeros(width, np.float32)
    if pair[0] >= 0 and pair[1] >= 0:
        for q in range(width):
            contrast[q] = output[q, pair[0]] - output[q, pair[1]]
    for row in range(len(bounds)):
        at, end = bounds[row, 0], bounds[row, 1]
        total[:] = 0
        grams = 0
        count = 0
        while at < end:
            begin = at
            at, slot = word_end(words, at, end)
            if not is_remembered(memory.words, slot, words, begin, at - begin):
                used = _encode(words, begin, at, utf8)
                slot = remember(memory.words, slot, words, begin, at - begin)
                _sum(utf8, used, embedding, shortest, longest, contrast, memory, slot)
            for q in range(width):
                total[q] += memory.sums[slot, q]
            grams += memory.grams[slot]
            at += 1
            if count < _MOST_WORDS:
                odds[count] = memory.odds[slot]
                sizes[count] = at - begin - 1
                count += 1
        best[row] = -1
        score[row] = 0
        paired[row] = 0
        kazakh[row] = 0
        if grams:
            best[row], score[row], paired[row] = _softmax(total, grams, output, logits, pair)
            kazakh[row] = _share_of_first(odds, sizes, count, back)


@compiled
def _encode(words: Any, at: int, end: int, utf8: Any) -> int:
    """`<word>` in UTF-8 into the buffer; answers its bytes."""
    utf8[0] = 60
    used = 1
    for code in words[at : min(end, at + _LONGEST_WORD)]:
        if code < 0x80:
            utf8[used] = code
            used += 1
        elif code < 0x800:
            utf8[used] = 0xC0 | (code >> 6)
            utf8[used + 1] = 0x80 | (code & 0x3F)
            used += 2
        else:
            utf8[used] = 0xE0 | (code >> 12)
            utf8[used + 1] = 0x80 | ((code >> 6) & 0x3F)
            utf8[used + 2] = 0x80 | (code & 0x3F)
            used += 3
    utf8[used] = 62
    return used + 1


@compiled
def _sum(
    utf8: Any,
    size: int,
    embedding: Any,
    shortest: int,
    longest: int,
    contrast: Any,
    memory: Any,
    slot: int,
) -> None:
    """Fill the slot of a word that was not remembered."""
    sums = memory.sums[slot]
    sums[:] = 0
    added = _add_word(utf8, size, embedding, len(embedding) - 1, shortest, longest, sums)
    evidence = np.float32(0)
    for q in range(len(sums)):
        evidence += np.float32(sums[q]) * contrast[q]
    memory.grams[slot], memory.odds[slot] = added, evidence / max(added, 1)


@compiled
def _add_word(
    utf8: Any, size: int, embedding: Any, mask: int, shortest: int, longest: int, sums: Any
) -> int:
    """Add the rows of the word's n-grams to `sums`, answer how many."""
    added = 0
    width = embedding.shape[1]
    for first in range(size):
        if utf8[first] & 0xC0 == 0x80:
            continue
        hashed = np.uint32(2166136261)
        length = 0
        at = first
        while at < size and length < longest:
            byte = utf8[at]
            # fastText widens signed bytes: those past 127 with ones
            wide = np.uint32(byte) if byte < 128 else np.uint32(byte) | np.uint32(0xFFFFFF00)
            hashed = np.uint32((hashed ^ wide) * np.uint32(16777619))
            at += 1
            if at < size and utf8[at] & 0xC0 == 0x80:
                continue
            length += 1
            if length >= shortest and not (length == 1 and (first == 0 or at == size)):
                row = np.int64(hashed) & mask
                for block in range(0, width, _BLOCK):
                    for q in range(_BLOCK):
                        sums[block + q] += embedding[row, block + q]
                added += 1
    return added


@compiled
def _softmax(
    total: Any, grams: int, output: Any, logits: Any, pair: Any
) -> tuple[int, float, float]:
    labels = output.shape[1]
    logits[:] = 0
    for q in range(len(total)):
        mean = np.float32(total[q] / grams)
        for label in range(labels):
            logits[label] += mean * output[q, label]
    best = 0
    for label in range(labels):
        if logits[label] > logits[best]:
            best = label
    norm = 0.0
    both = 0.0
    for label in range(labels):
        part = math.exp(logits[label] - logits[best])
        norm += part
        if label == pair[0] or label == pair[1]:
            both += part
    return best, 1 / norm, both / norm


@compiled
def _share_of_first(odds: Any, sizes: Any, count: int, back: Any) -> float:
    """Share of the letters in words of the pair's first language, by the likeliest alternation."""
    first = 0.0
    second = 0.0
    for word in range(count):
        stay_first = first >= second - SWITCH_COST
        stay_second = second >= first - SWITCH_COST
        half = WORD_WEIGHT * odds[word] / 2
        old = first
        first = (first if stay_first else second - SWITCH_COST) + half
        second = (second if stay_second else old - SWITCH_COST) - half
        back[word, 0] = 0 if stay_first else 1
        back[word, 1] = 1 if stay_second else 0
    state = 0 if first >= second else 1
    letters = 0
    ours = 0
    for word in range(count - 1, -1, -1):
        letters += sizes[word]
        if state == 0:
            ours += sizes[word]
        state = back[word, state]
    return ours / max(letters, 1)
