"""Put what a run found where the Prefect UI shows it: artifacts of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect.artifacts import create_image_artifact, create_table_artifact

from kaz_crawlers.crawl import CrawlResult
from kaz_flows.build import BuildResult
from kaz_flows.operations.build_artifacts import build_artifacts
from kaz_flows.operations.charts import data_uri
from kaz_flows.operations.crawl_artifacts import crawl_rows, state_rows


def show_build(result: BuildResult) -> None:
    """The funnel, the sources, the rules, and the charts of them."""
    shown = build_artifacts(result)
    _table("funnel", shown.funnel, f"What became of every record, release {result.version}")
    _table("sources", shown.sources, "Records and documents kept, by source")
    _table("rejects", shown.rules, "Dropped, by stage and rule")
    for key, svg in shown.charts.items():
        create_image_artifact(image_url=data_uri(svg), key=key)


def show_crawl(results: Mapping[str, CrawlResult]) -> None:
    """What each source brought, and what became of every address."""
    _table("crawl", crawl_rows(results), "Pages and bytes, by source")
    _table("addresses", state_rows(results), "What became of every address, by source")


def _table(key: str, rows: list[dict[str, Any]], description: str) -> None:
    create_table_artifact(key=key, table=rows, description=description)
