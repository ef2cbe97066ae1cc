"""Learn the weights of `translated`: logistic regression over hashed shapes of words.

Texts are cut into windows, so that a long one does not count for many; each window's features are
the very ones that are scored. AdaGrad in a fixed order: the same texts give the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.quality.characters import Bits
from kaz_cleaning.quality.hashing import PRIME, mix
from kaz_cleaning.quality.measures import tables
from kaz_cleaning.quality.texts import Work, decode, find_words, room_for
from kaz_cleaning.quality.translated import BUCKETS, SCALE, Weights, shapes
from kaz_datasets.compiled import compiled

WINDOW: Final = 80
"""Words; about the shortest text that the rules keep."""
FEWEST: Final = 30
EPOCHS: Final = 10
RATE: Final = 0.1
GAIN: Final = 20.0
"""A window's mean weight is small; this makes it log-odds."""
PENALTY: Final = 1e-4
SEED: Final = 1

Indices = npt.NDArray[np.int32]


def train(translated: Sequence[str], natural: Sequence[str]) -> Weights:
    """Weights that are positive where a machine wrote, negative where a person did."""
    groups = [
        [window for text in texts for window in windows(text)] for texts in (natural, translated)
    ]
    rows = [window for group in groups for window in group]
    labels = np.repeat([0.0, 1.0], [len(group) for group in groups])
    balance = np.where(
        labels == 1, len(labels) / 2 / labels.sum(), len(labels) / 2 / (1 - labels).sum()
    )
    order = np.random.default_rng(SEED).permuted(np.tile(np.arange(len(rows)), (EPOCHS, 1)), axis=1)
    ends = np.cumsum([0, *map(len, rows)])
    weights = _descend(np.concatenate(rows), ends, labels, balance, order.ravel())
    return np.clip(np.round(weights * SCALE), -127, 127).astype(np.int8)


def windows(text: str) -> list[Indices]:
    """Buckets of the features of each window of a text."""
    data = np.frombuffer(text.encode(), np.uint8)
    work, known = room_for(len(data)), tables()
    size = decode(data, 0, len(data), known.bits, work.points, work.bits)
    held: Bits = np.empty(len(work.start), np.uint16)
    words = find_words(work, size, known, held, np.zeros(3, np.int64))
    shapes(work, words, known)
    cuts = range(0, words - FEWEST + 1, WINDOW)
    return [_buckets(work, cut, min(cut + WINDOW, words)) for cut in cuts]


@compiled
def _buckets(work: Work, begin: int, end: int) -> Indices:
    mask = np.uint64(BUCKETS - 1)
    out = np.empty(3 * (end - begin), np.int32)
    count = 0
    for i in range(begin, end):
        one = work.shape[i]
        out[count] = one & mask
        count += 1
        if i >= begin + 1:
            two = mix(work.shape[i - 1] * PRIME + one)
            out[count] = two & mask
            count += 1
            if i >= begin + 2:
                out[count] = mix(work.shape[i - 2] * PRIME + two) & mask
                count += 1
    return out[:count]


@compiled
def _descend(
    buckets: Indices,
    ends: npt.NDArray[np.int64],
    labels: npt.NDArray[np.float64],
    balance: npt.NDArray[np.float64],
    order: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    weights = np.zeros(BUCKETS)
    squares = np.full(BUCKETS, 1e-8)
    for row in order:
        begin, end = ends[row], ends[row + 1]
        total = 0.0
        for i in range(begin, end):
            total += weights[buckets[i]]
        share = GAIN / (end - begin)
        error = balance[row] * (1 / (1 + np.exp(-total * share)) - labels[row])
        for i in range(begin, end):
            bucket = buckets[i]
            slope = error * share + PENALTY * weights[bucket]
            squares[bucket] += slope * slope
            weights[bucket] -= RATE * slope / np.sqrt(squares[bucket])
    return weights
