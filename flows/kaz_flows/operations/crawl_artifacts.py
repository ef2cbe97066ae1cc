"""A crawl as an operator reads it: each source, and what became of every address."""

from __future__ import annotations

from collections.abc import Mapping

from kaz_crawlers.crawl import CrawlResult

Row = dict[str, str | int | float]


def crawl_rows(results: Mapping[str, CrawlResult]) -> list[Row]:
    """A line a source: pages, megabytes, what the host was asked a minute, how the crawl ended."""
    return [
        {
            "source": name,
            "addresses": result.account.entered,
            "pages": result.pages,
            "MB": round(result.bytes / 1e6, 2),
            "a minute": round(60 * result.fetched / result.seconds, 1) if result.seconds else 0.0,
            "ended": result.finish_reason,
        }
        for name, result in results.items()
    ]


def state_rows(results: Mapping[str, CrawlResult]) -> list[Row]:
    """A line a source and reason: refused by robots, by rights, failed, redirected, not due."""
    rows: list[Row] = []
    for name, result in results.items():
        rows.append({"source": name, "end": "fetched", "addresses": result.account.kept})
        ordered = sorted(result.account.dropped.items(), key=lambda item: (-item[1], item[0]))
        rows += [{"source": name, "end": rule, "addresses": count} for rule, count in ordered]
    return rows
