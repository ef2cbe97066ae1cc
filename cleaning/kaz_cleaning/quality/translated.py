"""How much a text reads like a machine's translation: one small linear model of its grammar.

Each word becomes a shape: a function word stands for itself, any other for its last three letters,
where Kazakh keeps its cases, persons and tenses. Shapes alone, in pairs and in threes are hashed
into a table of weights; the score is their mean. Content words are never seen, so that the model
learns how sentences are built and not what they are about. See `translated-model-card.md`.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.quality.hashing import BASIS, PRIME, mix
from kaz_cleaning.quality.texts import Tables, Work
from kaz_datasets.compiled import compiled

BUCKETS: Final = 1 << 16
SUFFIX: Final = 3
SCALE: Final = 32.0
"""Weights are kept as whole 32nds in one byte."""
_FILE: Final = "translated.i8.gz"

Weights = npt.NDArray[np.int8]


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The weights shipped with the package, shape (65536,)."""
    packed = files("kaz_cleaning").joinpath("models", _FILE).read_bytes()
    return np.frombuffer(gzip.decompress(packed), np.int8)


@compiled
def shapes(work: Work, words: int, tables: Tables) -> None:
    """The shape of every word into `work.shape`."""
    for i in range(words):
        known = work.known[i]
        if known >= 0 and tables.function[known]:
            work.shape[i] = work.hash[i]
            continue
        value = BASIS
        end = work.start[i] + work.length[i]
        for j in range(max(work.start[i], end - SUFFIX), end):
            value = (value ^ np.uint64(tables.lower[work.points[j]])) * PRIME
        work.shape[i] = mix(value + np.uint64(1))


@compiled
def translated_score(work: Work, words: int, weights: Weights) -> float:
    """Mean weight of the shapes, their pairs and threes; 0 for an empty text."""
    mask = np.uint64(BUCKETS - 1)
    total = 0
    for i in range(words):
        one = work.shape[i]
        total += weights[one & mask]
        if i >= 1:
            two = mix(work.shape[i - 1] * PRIME + one)
            total += weights[two & mask]
            if i >= 2:
                total += weights[mix(work.shape[i - 2] * PRIME + two) & mask]
    features = words + max(words - 1, 0) + max(words - 2, 0)
    return total / SCALE / features if features else 0.0
