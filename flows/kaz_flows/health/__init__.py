"""Health of sources: each crawl beside the source's own history; what leaves it is held back."""

from __future__ import annotations

from kaz_flows.health.bands import Departure, judge
from kaz_flows.health.history import CrawlHealth, History

__all__ = ["CrawlHealth", "Departure", "History", "judge"]
