"""The flows that operators see in the Prefect UI: crawl, build and publish.

Import this module only in a process whose environment names a Prefect server
(`kaz_flows.server.client_environment`): Prefect reads it at import.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.task_runners import ThreadPoolTaskRunner

from kaz_crawlers.crawl import CrawlOptions, CrawlResult
from kaz_datasets.publishing import Published
from kaz_datasets.workspace import Workspace
from kaz_flows import build as building
from kaz_flows.configuration import Configuration
from kaz_flows.crawling import crawl_sources
from kaz_flows.funnel import funnel_lines
from kaz_flows.prefect_runner import PrefectRunner
from kaz_flows.publish import PublishTarget, publish_release

# Two at a time: one keeps the processor busy while the other waits for a host's politeness.
RUNNER: Any = ThreadPoolTaskRunner(max_workers=2)


@flow(name="crawl", task_runner=RUNNER, validate_parameters=False)
def crawl_flow(
    workspace: Workspace, sources: list[str], options: CrawlOptions
) -> dict[str, CrawlResult]:
    """Fetch sources into the archive, a task a source."""
    results = crawl_sources(workspace, sources, options, PrefectRunner())
    create_table_artifact(
        key="crawl",
        table=[
            {"source": name, "pages": result.pages, "ended": result.finish_reason}
            for name, result in results.items()
        ],
    )
    return results


@flow(name="build", task_runner=RUNNER, validate_parameters=False)
def build_flow(
    workspace: Workspace, configuration: Configuration, version: str | None = None
) -> building.BuildResult:
    """Make a release from the archive, a task a shard and stage."""
    result = building.build(workspace, configuration, PrefectRunner(), version=version)
    create_table_artifact(key="funnel", table=[asdict(line) for line in funnel_lines(result)])
    get_run_logger().info("release %s lies in %s", result.version, result.release)
    return result


def run_publish_flow(release: Path, target: PublishTarget) -> Published:
    """Publish a release in one commit and one tag.

    The server stores a flow's parameters as they are, so the token is not one of them.
    """

    @flow(name="publish", validate_parameters=False)
    def publish(release: str, repo: str, endpoint: str | None) -> Published:
        published = publish_release(Path(release), target)
        create_markdown_artifact(
            key="published", markdown=f"**{published.repo}** {published.tag}: {published.commit}"
        )
        return published

    return publish(str(release), target.repo, target.endpoint)
