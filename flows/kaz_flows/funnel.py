"""The funnel of a build as a table: what came in, what each rule dropped, what was kept."""

from __future__ import annotations

from collections.abc import Mapping

from kaz_flows.build import BuildResult


def funnel_rows(result: BuildResult) -> list[dict[str, str | int]]:
    """One row a line of the funnel: `stage`, `what`, `count`."""
    rows: list[dict[str, str | int]] = []
    if result.crawled.entered:
        rows.append({"stage": "crawl", "what": "addresses met", "count": result.crawled.entered})
        rows += _dropped("crawl", result.crawled.dropped)
    for stage, account in result.funnel:
        what = "records in the archive" if stage == "clean" else "documents in"
        rows.append({"stage": stage, "what": what, "count": account.entered})
        rows += _dropped(stage, account.dropped)
    kept = result.funnel[-1][1].kept
    rows.append({"stage": "release", "what": "documents kept", "count": kept})
    return rows


def _dropped(stage: str, dropped: Mapping[str, int]) -> list[dict[str, str | int]]:
    ordered = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))
    return [{"stage": stage, "what": f"dropped: {rule}", "count": -n} for rule, n in ordered]
