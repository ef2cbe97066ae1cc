"""Several sources in one call: one that cannot be crawled does not stop the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaz_crawlers.crawl import CrawlOptions
from kaz_crawlers.demosite.server import serve
from kaz_datasets.errors import Failed
from kaz_flows.configuration import make_workspace
from kaz_flows.crawling import crawl_each
from kaz_flows.health import History
from kaz_flows.lock import crawling
from kaz_flows.runner import LocalRunner


def test_one_that_is_held_stops_nobody_and_pages_are_reported(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "workspace")
    reported: list[str] = []

    def report(done: int, total: int | None, unit: str) -> None:
        reported.append(unit)

    with serve() as site, crawling(workspace, "demo-law"):
        crawled = crawl_each(
            workspace,
            ["demo-law", "demo-education"],
            CrawlOptions(proxy=site.url, delay=0.0),
            LocalRunner(),
            progress_of=lambda source: report,
        )
    assert set(crawled.results) == {"demo-education"}
    assert set(reported) == {"pages"}
    with pytest.raises(Failed, match="is crawling demo-law"):
        crawled.require()
    (entry,) = History.of(workspace, "demo-education").crawls
    assert entry.measured["pages"] == crawled.results["demo-education"].pages
    assert History.of(workspace, "demo-law").crawls == ()
