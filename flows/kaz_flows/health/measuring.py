"""What a crawl is measured by: at its end, and when it has been cleaned."""

from __future__ import annotations

from typing import Final

from kaz_crawlers.crawl import CrawlResult
from kaz_datasets.account import Account

_NOT_ASKED: Final = frozenset({"not-due", "unchanged", "redirected", "nofollow", "pending"})
"""Ends of addresses that say nothing of the site's health."""


def measures_of_crawl(result: CrawlResult) -> dict[str, float]:
    """Pages brought home, share of failures among the answers, bytes a page in the archive."""
    failed = sum(
        count
        for rule, count in result.account.dropped.items()
        if rule.startswith(("failed:", "http-")) and rule not in _NOT_ASKED
    )
    answered = result.pages + failed
    return {
        "pages": float(result.pages),
        **({"errors": round(failed / answered, 6)} if answered else {}),
        **({"page_bytes": round(result.bytes / result.pages, 1)} if result.pages else {}),
    }


def measures_of_cleaning(account: Account) -> dict[str, float]:
    """Share of records in Kazakh among those whose language was asked for, and of kept ones."""
    if not account.entered:
        return {}
    foreign = sum(count for rule, count in account.dropped.items() if "language" in rule)
    asked = account.kept + foreign
    return {
        **({"language": round(account.kept / asked, 6)} if asked else {}),
        "kept": round(account.kept / account.entered, 6),
    }
