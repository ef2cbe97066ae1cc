"""The band of a source: what its own crawls have been like; a few odd ones weigh little.

A value has left the band if it lies more than K scaled median absolute deviations from the median
of the crawls before (Hampel 1974; Leys et al. 2013, "Detecting outliers: do not use standard
deviation around the mean, use absolute deviation around the median"), on the side that is bad.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

K: Final = 5.0
"""With 5 crawls before, a crawl like them (normal, deviation a tenth of the mean) leaves by chance
in 0.4 % of cases, with 8 in 0.2 %, with 12 in 0.1 % (200,000 draws each); the usual 3.5 would give
2.3 % with 5: a source has five measures, so one crawl in nine would be held back for nothing."""
FEWEST_CRAWLS: Final = 5
"""With 4 or fewer the median of deviations says nothing."""
LEAST_SPREAD: Final = 0.05
"""Of a share, in parts of the median: equal crawls must not make the band a point."""
LEAST_LOGARITHM: Final = 0.1
"""The same of a count: with K, a fall to 60 % of what is usual."""
_NORMAL: Final = 1.4826
"""Makes the median absolute deviation of normal values their standard deviation."""
_LEAST_HALF: Final = {"errors": 0.05}
"""Most sources have none: one dead link among twenty pages is no illness."""

Side = Literal["low", "high", "both"]
MEASURES: Final[Mapping[str, Side]] = {
    "pages": "low",
    "errors": "high",
    "page_bytes": "both",
    "language": "low",
    "kept": "low",
}
_BY_LOGARITHM: Final = frozenset({"pages", "page_bytes"})
"""Counts: half as many is as far off as twice as many."""
_SHARES: Final = frozenset({"errors", "language", "kept"})


@dataclass(frozen=True, kw_only=True)
class Departure:
    """One measure of a crawl that lies outside the band of the crawls before it."""

    measure: str
    value: float
    low: float
    high: float
    crawls: int
    """How many crawls the band is made of."""

    @property
    def sentence(self) -> str:
        """`kept is 0.02, usual are 0.51 to 0.73 (7 crawls)`."""
        return (
            f"{self.measure} is {self.value:.4g}, usual are {self.low:.4g} to {self.high:.4g}"
            f" ({self.crawls} crawls)"
        )


def band(measure: str, before: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest value that is still usual."""
    values = [_scaled(measure, value) for value in before]
    middle = statistics.median(values)
    deviation = _NORMAL * statistics.median([abs(value - middle) for value in values])
    half = max(K * max(deviation, _least(measure, middle)), _LEAST_HALF.get(measure, 0.0))
    low, high = _unscaled(measure, middle - half), _unscaled(measure, middle + half)
    return (max(0.0, low), min(1.0, high)) if measure in _SHARES else (low, high)


def judge(measured: Mapping[str, float], before: Sequence[Mapping[str, float]]) -> list[Departure]:
    """The measures of a crawl that have left the band of the crawls before, if there are enough."""
    found = []
    for measure, side in MEASURES.items():
        known = [values[measure] for values in before if measure in values]
        if measure not in measured or len(known) < FEWEST_CRAWLS:
            continue
        low, high = band(measure, known)
        value = measured[measure]
        if (value < low and side != "high") or (value > high and side != "low"):
            found.append(
                Departure(measure=measure, value=value, low=low, high=high, crawls=len(known))
            )
    return found


def _least(measure: str, middle: float) -> float:
    if measure == "pages":
        # chance alone makes the logarithm of a count of n vary by the root of 1/n
        return max(LEAST_LOGARITHM, 1 / math.sqrt(max(1.0, math.expm1(middle))))
    return LEAST_LOGARITHM if measure in _BY_LOGARITHM else LEAST_SPREAD * middle


def _scaled(measure: str, value: float) -> float:
    return math.log1p(value) if measure in _BY_LOGARITHM else value


def _unscaled(measure: str, value: float) -> float:
    return math.expm1(max(0.0, value)) if measure in _BY_LOGARITHM else value
