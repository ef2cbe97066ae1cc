"""How alike is a duplicate, and how the signature is cut into bands to find it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_datasets.errors import BadConfiguration

MEASURES: Final = ("jaccard", "containment")
PASSAGES: Final = ("keep", "flag", "cut")
KEEPER_RULES: Final = ("licence", "completeness", "quality", "oldest", "newest")
"""`completeness`: more of title and date, then more words; the others name their column."""

_INTEGRATION_POINTS: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class DedupConfig:
    """The parameters of deduplication. Raises BadConfiguration for values that cannot be."""

    threshold: float = 0.8
    """Jaccard similarity of shingle sets from which two documents are duplicates: the usual
    choice since Lee et al. (2022), "Deduplicating training data makes language models better"."""
    shingle_words: int = 5
    """As in FineWeb-2; shorter shingles make pages of one template look alike."""
    permutations: int = 128
    """The estimate's standard error is sqrt(J(1-J)/128): .035 at the threshold."""
    false_negative_weight: float = 0.99
    """What a missed pair weighs against a needless comparison, which verification repairs: with
    .99 the bands are 18 of 7 rows and find 98.6 % of the pairs that are just at the threshold."""
    neighbours: int = 16
    """With how many members of its bucket, nearest in length, a document is compared at most."""
    measure: str = "jaccard"
    """What is compared with the threshold: `jaccard`, or `containment` (shared shingles by those
    of the smaller document), which also finds a document quoted whole in a longer one if the two
    share a band."""
    keeper: tuple[str, ...] = ("licence", "completeness", "quality", "oldest")
    """Which document of a cluster stays: rules of `KEEPER_RULES`, the first that decides; at last
    the smallest id."""
    licences: tuple[str, ...] = ()
    """Licences from the best on, for the keeper; then come other stated ones, then none."""
    quality_column: str = "language_score"
    """The number that says how good a document is, for the keeper."""
    passages: str = "keep"
    """What becomes of lines that recur over the pages of a host: `keep`, `flag` or `cut`."""
    least_words: int = 1
    """A text that a cut leaves with fewer words goes: the length rule, asked again."""
    range_rows: int = 1_000_000
    """How many documents one task sorts at once: it bounds memory and changes no result."""
    threads: int = 1
    """How many tasks run at once; changes no result."""
    verify: bool = True
    """Compare shingle sets exactly; without it, sharing a band is enough to be a duplicate."""
    seed: int = 0x6B617A  # "kaz" in ASCII: any fixed number will do
    """Decides the permutations; signatures of two seeds cannot be compared."""

    def __post_init__(self) -> None:
        self._check("threshold", 0 < self.threshold <= 1, "above 0 and at most 1")
        self._check("shingle_words", 1 <= self.shingle_words <= 64, "from 1 to 64")
        self._check("permutations", 1 <= self.permutations <= 4096, "from 1 to 4096")
        weight = self.false_negative_weight
        self._check("false_negative_weight", 0 <= weight <= 1, "from 0 to 1")
        self._check("neighbours", self.neighbours >= 1, "at least 1")
        self._check("seed", 0 <= self.seed < 1 << 64, "from 0 to 2^64 - 1")

        self._check("measure", self.measure in MEASURES, " or ".join(MEASURES))
        self._check("keeper", set(self.keeper) <= set(KEEPER_RULES), f"of {KEEPER_RULES}")
        self._check("passages", self.passages in PASSAGES, " or ".join(PASSAGES))
        self._check("least_words", self.least_words >= 1, "at least 1")
        self._check("range_rows", self.range_rows >= 1, "at least 1")
        self._check("threads", self.threads >= 1, "at least 1")

    def _check(self, name: str, good: bool, wanted: str) -> None:
        if not good:
            raise BadConfiguration(f"{name} must be {wanted}, not {getattr(self, name)}")

    @property
    def bands(self) -> tuple[int, int]:
        """How many bands, and of how many rows each."""
        return optimal_bands(self.threshold, self.permutations, self.false_negative_weight)


def candidate_probability(similarity: float, bands: int, rows: int) -> float:
    """The probability that documents of this similarity share a band: 1 - (1 - s^r)^b.

    Source: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4.2.
    """
    return float(1 - (1 - similarity**rows) ** bands)


@lru_cache(maxsize=64)
def optimal_bands(
    threshold: float, permutations: int, false_negative_weight: float
) -> tuple[int, int]:
    """Bands and rows with the least weighted area of error around the threshold.

    The error is (1 - w) times the area under the S-curve below the threshold plus w times the
    area above the curve past it: the criterion of datasketch's MinHashLSH (Zhu et al.).
    """
    best, least = (1, 1), np.inf
    for bands in range(1, permutations + 1):
        for rows in range(1, permutations // bands + 1):
            error = _weighted_error(threshold, bands, rows, false_negative_weight)
            if error < least:
                best, least = (bands, rows), error
    return best


def _weighted_error(threshold: float, bands: int, rows: int, weight: float) -> float:
    below = _midpoints(0.0, threshold)
    above = _midpoints(threshold, 1.0)
    false_positive = np.mean(1 - (1 - below**rows) ** bands) * threshold
    false_negative = np.mean((1 - above**rows) ** bands) * (1 - threshold)
    return float((1 - weight) * false_positive + weight * false_negative)


@lru_cache(maxsize=4)
def _midpoints(start: float, end: float) -> npt.NDArray[np.float64]:
    steps = (np.arange(_INTEGRATION_POINTS) + 0.5) / _INTEGRATION_POINTS
    return start + (end - start) * steps
