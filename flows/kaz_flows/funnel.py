"""The funnel of a build as a table: what came in, what each rule dropped, what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaz_flows.build import BuildResult


@dataclass(frozen=True)
class FunnelLine:
    """One line of the funnel; what is dropped counts down."""

    stage: str
    what: str
    count: int


def funnel_lines(result: BuildResult) -> list[FunnelLine]:
    """The funnel from the first address met to the last row kept."""
    lines: list[FunnelLine] = []
    if result.crawled.entered:
        lines.append(FunnelLine("crawl", "addresses met", result.crawled.entered))
        lines += _dropped("crawl", result.crawled.dropped)
    for stage, account in result.funnel:
        what = "records in the archive" if stage == "clean" else "documents in"
        lines.append(FunnelLine(stage, what, account.entered))
        lines += _dropped(stage, account.dropped)
    return [*lines, FunnelLine("release", "documents kept", result.funnel[-1][1].kept)]


def _dropped(stage: str, dropped: Mapping[str, int]) -> list[FunnelLine]:
    ordered = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))
    return [FunnelLine(stage, f"dropped: {rule}", -count) for rule, count in ordered]
