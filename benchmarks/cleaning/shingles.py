"""F1 of extracted text as scrapinghub's article-extraction-benchmark defines it.

Every run of four words of a text is a shingle, with its count. A page's true positives, false
positives and false negatives are divided by their sum, so a long page weighs no more than a
short one; precision and recall are means over pages, and F1 is made of the two means.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

WORDS_OF_SHINGLE = 4


@dataclass(frozen=True)
class Score:
    """Means over pages."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(pairs: Sequence[tuple[str, str]]) -> Score:
    """The score of (gold, extracted) pairs of texts."""
    counts = [_counts(gold, extracted) for gold, extracted in pairs]
    precisions = [true / (true + extra) for true, extra, _ in counts if true + extra]
    recalls = [true / (true + missed) for true, _, missed in counts if true + missed]
    return Score(_mean(precisions), _mean(recalls))


def page_f1(gold: str, extracted: str) -> float:
    """The F1 of one page alone."""
    true, extra, missed = _counts(gold, extracted)
    return 2 * true / (2 * true + extra + missed) if true + extra + missed else 1.0


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def _counts(gold: str, extracted: str) -> tuple[int, int, int]:
    wanted, found = _shingles(gold), _shingles(extracted)
    common = (wanted & found).total()
    return common, found.total() - common, wanted.total() - common


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    last = max(1, len(words) - WORDS_OF_SHINGLE + 1)
    return Counter(tuple(words[at : at + WORDS_OF_SHINGLE]) for at in range(last))
