"""Where the work is run: as a Prefect flow while the workspace's server is up, else right here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from kaz_crawlers.crawl import CrawlOptions, CrawlResult
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing import Published
from kaz_datasets.publishing.targets import HubTarget, Target
from kaz_datasets.workspace import Workspace
from kaz_flows.build import BuildResult, build
from kaz_flows.cluster.address import LOCAL, engine_address
from kaz_flows.cluster.engine import runner_on
from kaz_flows.configuration import Configuration
from kaz_flows.crawling import crawl_sources
from kaz_flows.publish import publish_release
from kaz_flows.runner import LocalRunner
from kaz_flows.server import client_environment, require_entry, running_server


def run_crawl(
    workspace: Workspace,
    sources: Sequence[str],
    options: CrawlOptions,
    progress: Progress = silent,
    say: Callable[[str], None] | None = None,
) -> dict[str, CrawlResult]:
    """Crawl sources, in Prefect's sight where its server runs; `say` is told whom it waits for."""
    if _connect(workspace):
        from kaz_flows.flows import crawl_flow
        from kaz_flows.operations.forms import CrawlForm

        form = CrawlForm(
            sources=list(sources), unchecked=options.unchecked, proxy=options.proxy or ""
        )
        return crawl_flow(workspace.root, form)
    return crawl_sources(workspace, sources, options, LocalRunner(progress=progress), say)


def run_build(
    workspace: Workspace,
    configuration: Configuration,
    version: str | None = None,
    progress: Progress = silent,
    engine: str = LOCAL,
) -> BuildResult:
    """Build a release on `engine`, in Prefect's sight where its server runs."""
    engine_address(engine)  # a wrong one is said before anything begins
    if _connect(workspace):
        from kaz_flows.flows import build_flow
        from kaz_flows.operations.forms import BuildForm

        return build_flow(workspace.root, BuildForm(version=version or "", engine=engine))
    with runner_on(engine, workspace, progress) as runner:
        return build(workspace, configuration, runner, version=version)


def run_publish(
    workspace: Workspace, release: Path, target: Target, progress: Progress = silent
) -> Published:
    """Publish a release, in Prefect's sight where its server runs."""
    if _connect(workspace):
        from kaz_flows.flows import publish_flow
        from kaz_flows.operations.forms import PublishForm

        if not isinstance(target, HubTarget):
            return publish_flow(workspace.root, PublishForm(version=release.name, to=target.name))
        os.environ["HF_TOKEN"] = target.token  # the server stores a flow's parameters
        form = PublishForm(
            version=release.name,
            repo=target.repo,
            endpoint=target.endpoint or "",
            visibility="private" if target.private else "public",
            timeout=target.timeout,
        )
        return publish_flow(workspace.root, form)
    return publish_release(release, target, progress)


def _connect(workspace: Workspace) -> bool:
    """Point Prefect's client, before its import, at the workspace's server if that is up."""
    server = running_server(workspace)
    if server is None:
        return False
    require_entry(server)
    os.environ.update(client_environment(workspace, server))
    return True
