"""Stochastic gradient descent over n-grams: fastText's supervised classifier, one thread.

Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification": the mean of the n-grams'
vectors, a softmax over labels, a rate that falls to nothing. Three things are our own. A span is
only told from the labels of its script: which script a text is in needs no model, and each
script has the whole width of the vectors for itself. Only words of that script are read: a
foreign name between Kazakh words says nothing. And two in five of a span's n-grams are left out
each time it is read, so that none is relied on alone (Srivastava et al. 2014, "Dropout").
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from kaz_cleaning.language_grams import MOST_GRAMS, grams_of
from kaz_datasets.compiled import compiled

LARGEST_WEIGHT: Final = 4.0
"""Of a vector: what is rounded to a byte later must not be spread by a few n-grams."""
_DROPPED: Final = 0.4
_SHORT: Final = 40
"""Characters; of a shorter span nothing is left out, it has too little to say."""
_FACTOR, _INCREMENT = np.uint64(6364136223846793005), np.uint64(1442695040888963407)
"""Knuth's generator MMIX (The Art of Computer Programming 2, 3.3.4): the same on any machine."""
_UPPER: Final = np.uint64(32)


@compiled
def descend(
    words: Any,
    bounds: Any,
    labels: Any,
    scripts: Any,
    ranges: Any,
    order: Any,
    rates: tuple[float, float],
    shift: Any,
    seed: int,
    embedding: Any,
    output: Any,
) -> float:
    """Read every span once, in `order`; learn `embedding` float32 [rows, width] and `output`
    float32 [labels, width] in place, the rate going evenly from the first of `rates` to the last.

    `bounds`: where each span begins and ends in `words`; `labels`: its label; `scripts`: each
    label's script; `ranges`: first and last label but one of each script. Answers the mean loss.
    """
    width = embedding.shape[1]
    longest = 1
    for span in range(len(bounds)):
        longest = max(longest, bounds[span, 1] - bounds[span, 0])
    rows = np.empty(4 * longest + MOST_GRAMS, np.int64)
    hidden, gradient = np.empty(width, np.float32), np.empty(width, np.float32)
    shares = np.empty(len(output), np.float32)
    chance = np.empty(1, np.uint64)
    chance[0] = np.uint64(seed)
    loss = 0.0
    for step in range(len(order)):
        span = order[step]
        rate = np.float32(rates[0] + (rates[1] - rates[0]) * step / len(order))
        label = labels[span]
        count = _rows(words, bounds[span], scripts[label], shift, chance, rows)
        if count:
            _mean(embedding, rows, count, hidden)
            first, last = ranges[scripts[label]]
            _softmax(output, hidden, first, last, shares)
            loss -= math.log(max(shares[label], 1e-9))
            _learn_output(output, hidden, first, last, label, rate, shares, gradient)
            _learn_rows(embedding, rows, count, gradient)
    return loss / max(len(order), 1)


@compiled
def _rows(words: Any, bounds: Any, script: int, shift: Any, chance: Any, rows: Any) -> int:
    """Rows of the span's words in that script, less those that chance leaves out."""
    count = 0
    at, end = bounds
    long = end - at > _SHORT
    while at < end:
        added, found, at = grams_of(words, at, end, shift, rows[count:])
        if found == script and long:
            added = _left(rows[count:], added, chance)
        if found == script:
            count += added
    return count


@compiled
def _left(rows: Any, count: int, chance: Any) -> int:
    """Move the rows that are not left out to the front; answer how many they are."""
    left = 0
    for at in range(count):
        chance[0] = chance[0] * _FACTOR + _INCREMENT
        if (chance[0] >> _UPPER) >= np.uint64(_DROPPED * 2**32):
            rows[left] = rows[at]
            left += 1
    return left


@compiled
def _mean(embedding: Any, rows: Any, count: int, hidden: Any) -> None:
    hidden[:] = 0
    for at in range(count):
        for q in range(len(hidden)):
            hidden[q] += embedding[rows[at], q]
    for q in range(len(hidden)):
        hidden[q] /= count


@compiled
def _softmax(output: Any, hidden: Any, first: int, last: int, shares: Any) -> None:
    top = np.float32(-np.inf)
    for label in range(first, last):
        logit = np.float32(0)
        for q in range(len(hidden)):
            logit += output[label, q] * hidden[q]
        shares[label] = logit
        top = max(top, logit)
    norm = np.float32(0)
    for label in range(first, last):
        shares[label] = math.exp(shares[label] - top)
        norm += shares[label]
    for label in range(first, last):
        shares[label] /= norm


@compiled
def _learn_output(
    output: Any,
    hidden: Any,
    first: int,
    last: int,
    right: int,
    rate: Any,
    shares: Any,
    gradient: Any,
) -> None:
    """Move the labels' vectors, and say where the mean should have been."""
    gradient[:] = 0
    for label in range(first, last):
        wanted = np.float32(1) if label == right else np.float32(0)
        push = rate * (wanted - shares[label])
        for q in range(len(hidden)):
            gradient[q] += push * output[label, q]
            output[label, q] += push * hidden[q]


@compiled
def _learn_rows(embedding: Any, rows: Any, count: int, gradient: Any) -> None:
    """Move the n-grams' vectors, none of them out of bounds."""
    largest = np.float32(LARGEST_WEIGHT)
    for q in range(len(gradient)):
        gradient[q] /= count
    for at in range(count):
        for q in range(len(gradient)):
            moved = embedding[rows[at], q] + gradient[q]
            embedding[rows[at], q] = min(max(moved, -largest), largest)
