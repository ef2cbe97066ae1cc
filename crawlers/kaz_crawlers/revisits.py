"""When a page is worth asking for again, and whether a sitemap's word for it can be believed.

The rate of change is estimated by J. Cho and H. Garcia-Molina, "Estimating frequency of change",
ACM Transactions on Internet Technology 3(3), 2003, section 4.2: of n visits at intervals I, X found
a change; -log((n - X + 0.5) / (n + 0.5)) / I estimates the rate with little bias, also where every
visit found one, which the plain X / (n I) understates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=180)
FIRST: Final = timedelta(days=7)
"""After the first visit nothing is known; by then corrections to a fresh article are made."""
QUIET: Final = timedelta(days=30)
"""An article that did not change for a month will not: asking again is for its removal."""

FEWEST_ENTRIES: Final = 20
MOST_STAMPED: Final = 0.9
FEWEST_MOVES: Final = 20
MOST_IN_VAIN: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What earlier crawls saw of a page. A 304 counts as a visit without a change."""

    visits: int
    """Answers so far, the first included: one less than there were comparisons."""
    changes: int
    """How many of them differed from the one before."""
    first: datetime
    last: datetime
    changed: datetime | None = None
    """When a change was last seen; None if never."""


@dataclass(frozen=True, kw_only=True)
class Moves:
    """How often a site's lastmod moved between two visits, and how often the page was the same."""

    observed: int = 0
    in_vain: int = 0

    @property
    def in_vain_share(self) -> float:
        """Of the moves that were observed; 0 without any."""
        return self.in_vain / self.observed if self.observed else 0.0


def due_at(visit: Visit) -> datetime:
    """The moment from which the page is worth another (conditional) request.

    One expected change after the last visit, between an hour and 180 days. A page that never
    changed is asked for after twice its known age, at last after 180 days; so is one that changed
    once but has been quiet for a month.
    """
    age = max(visit.last - visit.first, timedelta())
    comparisons = visit.visits - 1
    if comparisons < 1:
        return visit.last + FIRST
    if visit.changes < 1:
        return visit.last + _unchanged_for(age)
    wait = _between_changes(age, comparisons, min(visit.changes, comparisons))
    quiet = visit.last - (visit.changed or visit.first)
    if quiet >= QUIET:
        wait = max(wait, quiet)
    return visit.last + min(max(wait, SHORTEST), LONGEST)


def lastmod_trust(lastmods: Iterable[datetime], now: datetime, moves: Moves | None = None) -> bool:
    """Whether the `lastmod` dates of a sitemap say when its pages changed.

    Not if at least 90 % of 20 and more are of the last day or the future: then the site stamps
    them when it is asked. Not if at least half of 20 and more pages whose date had moved were the
    same as before. `moves` is what earlier visits to pages of the site have shown.
    """
    if moves and moves.observed >= FEWEST_MOVES and moves.in_vain_share >= MOST_IN_VAIN:
        return False
    yesterday = now - timedelta(days=1)
    entries = stamped = 0
    for lastmod in lastmods:
        entries += 1
        stamped += (lastmod if lastmod.tzinfo else lastmod.replace(tzinfo=UTC)) > yesterday
    return entries < FEWEST_ENTRIES or stamped / entries < MOST_STAMPED


def _unchanged_for(age: timedelta) -> timedelta:
    return LONGEST if age >= QUIET else max(FIRST, age)


def _between_changes(age: timedelta, comparisons: int, changes: int) -> timedelta:
    ratio = -math.log((comparisons - changes + 0.5) / (comparisons + 0.5))
    return age / comparisons / ratio
