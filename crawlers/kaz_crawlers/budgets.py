"""How much of each host one crawl may take: pages, bytes, and what the last build made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kaz_crawlers.yields import BYTES_PER_MEGABYTE, LEAST_WORDS, host_verdict


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The budgets of every host of a crawl, and how deep it goes."""

    max_pages: int
    max_depth: int
    max_bytes: int = 1 << 62
    yields: Mapping[str, float] = field(default_factory=dict)
    """Kept words per megabyte of the last build, by host."""
    least_yield: float = LEAST_WORDS

    def spent(self, host: str, pages: int, size: int) -> str | None:
        """The budget of `host` that leaves no room for another page, as a reason."""
        if pages >= self.max_pages:
            return "budget-pages"
        if size >= self.max_bytes:
            return "budget-bytes"
        stop = host_verdict(self.yields.get(host), size / BYTES_PER_MEGABYTE, self.least_yield)
        return "budget-yield" if stop else None
