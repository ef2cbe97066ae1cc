"""From words to labels in one compiled pass: n-gram sums, softmax, and Kazakh against Russian.

The table has one byte a weight. Eight bytes are fetched as one word, split into even and odd ones
and added as four numbers of 16 bits each: four additions a n-gram and no overflow within a word
(Lamport 1975, "Multiple Byte Processing with Full-Word Instructions").
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from kaz_cleaning.language_grams import MOST_GRAMS, grams_of
from kaz_datasets.compiled import compiled

WIDTH: Final = 16
BIAS: Final = 128
"""Added to each weight, so that none is below zero."""

_MOST_WORDS: Final = 1024
"""Words of a stretch that may be told apart; the rest go with the last one."""
_EVEN, _LANE, _BYTE = np.uint64(0x00FF00FF00FF00FF), np.uint64(0xFFFF), np.uint64(8)

SWITCH_COST: Final = 4.0
"""Nats that a change of language inside a stretch costs: some e⁴ = 55 words apart (Viterbi 1967).
Loans (`товар`, `спасибо`) then stay with their sentence, runs of two or three words do not."""
WORD_WEIGHT: Final = 0.5
"""Of a word's log odds: neighbours are not independent, their product would be too sure."""


@compiled
def classify(
    words: Any,
    bounds: Any,
    scripts: Any,
    table: Any,
    output: Any,
    prior: Any,
    ranges: Any,
    shift: Any,
    pair: Any,
    best: Any,
    score: Any,
    paired: Any,
    kazakh: Any,
) -> None:
    """Fill for each stretch: best label of its script (-1 without words in it), the probability,
    that of the two labels in `pair`, and the share of its letters in words of the first of them.
    The third in `pair` is the label of no language (-1 without one): two languages in one sentence
    look like it, so it is left out where the probability of the two is told.

    `table`: two 64-bit words a row, `prior`: nats by label, `ranges`: first and last label but
    one of each script.
    """
    total, sums = np.empty(WIDTH, np.int64), np.empty(WIDTH, np.int32)
    rows = np.empty(MOST_GRAMS, np.int64)
    logits = np.empty(output.shape[1], np.float32)
    odds = np.empty(_MOST_WORDS, np.float32)
    sizes = np.empty(_MOST_WORDS, np.int64)
    back = np.empty((_MOST_WORDS, 2), np.int8)
    contrast = np.zeros(WIDTH, np.float32)
    if pair[0] >= 0 and pair[1] >= 0:
        contrast[:] = output[:, pair[0]] - output[:, pair[1]]
    for stretch in range(len(bounds)):
        best[stretch], score[stretch], paired[stretch], kazakh[stretch] = -1, 0, 0, 0
        script = scripts[stretch]
        first, last = ranges[script]
        if first == last:
            continue
        alternates = first <= pair[0] < last and first <= pair[1] < last
        grams, count = _add_words(
            words, bounds[stretch], script, table, shift, rows, sums, total, contrast, odds, sizes
        )
        if grams:
            found, chance, both = _softmax(total, grams, output, prior, first, last, logits, pair)
            best[stretch], score[stretch], paired[stretch] = found, chance, both
            if alternates:
                kazakh[stretch] = _share_of_first(odds, sizes, count, back)


@compiled
def _add_words(
    words: Any,
    bounds: Any,
    script: int,
    table: Any,
    shift: Any,
    rows: Any,
    sums: Any,
    total: Any,
    contrast: Any,
    odds: Any,
    sizes: Any,
) -> tuple[int, int]:
    """Sum the n-grams of the words in that script; answer how many there are, and words with
    `odds` and `sizes`.
    """
    total[:] = 0
    grams = count = 0
    at, end = bounds[0], bounds[1]
    while at < end:
        begin = at
        added, found, at = grams_of(words, at, end, shift, rows)
        if found != script:
            continue
        _add(table, rows, added, sums)
        for q in range(WIDTH):
            total[q] += sums[q]
        grams += added
        if count < _MOST_WORDS:
            odds[count] = _evidence(sums, contrast, added)
            sizes[count] = at - begin - 1
            count += 1
    return grams, count


@compiled
def _add(table: Any, rows: Any, count: int, sums: Any) -> None:
    """The sum of `count` rows of the table, without their bias."""
    even = odd = even_too = odd_too = np.uint64(0)
    for at in range(count):
        row = rows[at]
        eight, eight_too = table[row, 0], table[row, 1]
        even += eight & _EVEN
        odd += (eight >> _BYTE) & _EVEN
        even_too += eight_too & _EVEN
        odd_too += (eight_too >> _BYTE) & _EVEN
    bias = BIAS * count
    for lane in range(4):
        place = np.uint64(16 * lane)
        sums[2 * lane] = np.int64((even >> place) & _LANE) - bias
        sums[2 * lane + 1] = np.int64((odd >> place) & _LANE) - bias
        sums[2 * lane + 8] = np.int64((even_too >> place) & _LANE) - bias
        sums[2 * lane + 9] = np.int64((odd_too >> place) & _LANE) - bias


@compiled
def _evidence(sums: Any, contrast: Any, grams: int) -> float:
    evidence = np.float32(0)
    for q in range(WIDTH):
        evidence += np.float32(sums[q]) * contrast[q]
    return float(evidence / max(grams, 1))


@compiled
def _softmax(
    total: Any,
    grams: int,
    output: Any,
    prior: Any,
    first: int,
    last: int,
    logits: Any,
    pair: Any,
) -> tuple[int, float, float]:
    logits[first:last] = prior[first:last]
    for q in range(WIDTH):
        mean = np.float32(total[q] / grams)
        for label in range(first, last):
            logits[label] += mean * output[q, label]
    best = first
    for label in range(first, last):
        if logits[label] > logits[best]:
            best = label
    norm = 0.0
    both = 0.0
    none = 0.0
    for label in range(first, last):
        part = math.exp(logits[label] - logits[best])
        norm += part
        if label == pair[0] or label == pair[1]:
            both += part
        if label == pair[2]:
            none = part
    return best, 1 / norm, both / max(norm - none, 1e-9)


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
