"""Put what a run found where the Prefect UI shows it: artifacts of the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect.artifacts import (
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)

from kaz_datasets.publishing import Published
from kaz_datasets.workspace import Workspace
from kaz_flows.build import BuildResult
from kaz_flows.crawling import Crawled
from kaz_flows.doctor.hub import HUB
from kaz_flows.operations.build_artifacts import build_artifacts
from kaz_flows.operations.charts import data_uri
from kaz_flows.operations.crawl_artifacts import crawl_rows, state_rows
from kaz_flows.operations.work_artifacts import machine_rows, reject_samples, work_rows
from kaz_flows.watching import StageWork


def show_build(result: BuildResult) -> None:
    """The funnel, the sources, the rules, and the charts of them."""
    shown = build_artifacts(result)
    _table("funnel", shown.funnel, f"What became of every record, release {result.version}")
    _table("sources", shown.sources, "Records and documents kept, by source")
    _table("rejects", shown.rules, "Dropped, by stage and rule")
    for key, svg in shown.charts.items():
        create_image_artifact(image_url=data_uri(svg), key=key)


def show_work(
    workspace: Workspace, result: BuildResult, stages: Sequence[StageWork], peak: int
) -> None:
    """Time and speed of each stage, memory and disk, and pages to look at for each rule."""
    _table("stages", work_rows(stages, result.seconds), "Time and speed, by stage")
    _table("machine", machine_rows(workspace, peak), "Memory and disk")
    samples = reject_samples(result.release)
    create_markdown_artifact(
        key="reject-samples", markdown=samples, description="Pages to look at, by rule"
    )


def show_card_link(published: Published, endpoint: str | None) -> None:
    """The card of a release where readers see it."""
    link = f"{endpoint or HUB}/datasets/{published.repo}/tree/{published.tag}"
    create_link_artifact(link=link, link_text=f"{published.repo} {published.tag}", key="card-link")


def show_crawl(crawled: Crawled) -> None:
    """What each source brought, what became of every address, and which sources failed."""
    _table("crawl", crawl_rows(crawled.results), "Pages and bytes, by source")
    _table("addresses", state_rows(crawled.results), "What became of every address, by source")
    if crawled.failures:
        rows: list[dict[str, Any]] = [
            {"source": name, "why": str(error)} for name, error in crawled.failures.items()
        ]
        _table("failed-sources", rows, "Not crawled to the end; the same run again goes on")


def _table(key: str, rows: list[dict[str, Any]], description: str) -> None:
    create_table_artifact(key=key, table=rows, description=description)
