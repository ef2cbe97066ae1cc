"""The flows that operators see in the Prefect UI, from the crawl to a look at what is served.

Import this module only in a process whose environment names a Prefect server
(`kaz_flows.server.client_environment`): Prefect reads it at import.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.task_runners import ThreadPoolTaskRunner

from kaz_crawlers.crawl import CrawlResult
from kaz_datasets.publishing import Published
from kaz_datasets.publishing.targets import HubTarget, Target, file_target
from kaz_datasets.workspace import Workspace
from kaz_flows import build as building
from kaz_flows.cluster.engine import cluster_at
from kaz_flows.configuration import Configuration
from kaz_flows.crawling import crawl_each, crawled_sources
from kaz_flows.health.alarms import Alarm
from kaz_flows.operations.alarming import show_health
from kaz_flows.operations.approval import approved
from kaz_flows.operations.care import check_published, run_takedown
from kaz_flows.operations.failing import show_failure
from kaz_flows.operations.forms import (
    BuildForm,
    CrawlForm,
    PublishForm,
    ReleaseForm,
    ServedForm,
    TakedownForm,
)
from kaz_flows.operations.progress import CrawlProgress, StageProgress
from kaz_flows.operations.showing import show_build, show_card_link, show_crawl, show_work
from kaz_flows.operations.tokens import hub_access, hub_token
from kaz_flows.operations.waiting import one_publisher, patience
from kaz_flows.prefect_runner import PrefectRunner
from kaz_flows.publish import publish_release, release_folder
from kaz_flows.published_check import ServedFile
from kaz_flows.takedown import TakedownReport
from kaz_flows.watching import Watch, memory_peak

# Two at a time: one keeps the processor busy while the other waits for a host's politeness.
RUNNER: Any = ThreadPoolTaskRunner(max_workers=2)
HOOKS: Any = {"on_failure": [show_failure]}
# The forms as the UI first shows them.
AS_CONFIGURED: Final = BuildForm()
AS_PROPOSED: Final = ReleaseForm()
AS_STATED: Final = PublishForm()
AS_SAMPLED: Final = ServedForm()


@flow(name="crawl", task_runner=RUNNER, **HOOKS)
def crawl_flow(workspace: Path, crawl: CrawlForm) -> dict[str, CrawlResult]:
    """Fetch sources into the archive, a task a source."""
    return _crawl(Workspace.open(workspace), crawl)


@flow(name="build", task_runner=RUNNER, **HOOKS)
def build_flow(workspace: Path, build: BuildForm = AS_CONFIGURED) -> building.BuildResult:
    """Make a release from the archive, a task a shard and stage."""
    return _build(Workspace.open(workspace), build)


@flow(name="publish", **HOOKS)
def publish_flow(workspace: Path, publish: PublishForm = AS_STATED) -> Published:
    """Publish a release that is built, in one commit and one tag.

    The token is the Secret block `hf-token`, or HF_TOKEN of the worker.
    """
    return _publish(Workspace.open(workspace), publish)


@flow(name="release", task_runner=RUNNER, **HOOKS)
def release_flow(workspace: Path, release: ReleaseForm = AS_PROPOSED) -> Published | None:
    """Build a release, show it, wait for an operator's word, and publish it if that is yes."""
    return _release(Workspace.open(workspace), release)


@flow(name="renew", task_runner=RUNNER, **HOOKS)
def renew_flow(workspace: Path, release: ReleaseForm = AS_PROPOSED) -> Published | None:
    """Crawl every source of the archive again, build, and propose the release."""
    opened = Workspace.open(workspace)
    _crawl(opened, CrawlForm(sources=crawled_sources(opened)), partly=True)
    return _release(opened, release)


@flow(name="takedown", **HOOKS)
def takedown_flow(workspace: Path, takedown: TakedownForm) -> TakedownReport | None:
    """Show what a request means, wait for an operator's word, and erase it everywhere here."""
    return run_takedown(Workspace.open(workspace), takedown)


@flow(name="health", **HOOKS)
def health_flow(workspace: Path) -> list[Alarm]:
    """Look at sources, disk, locks, crawls at work and the token, and tell of what is wrong."""
    opened = Workspace.open(workspace)
    return show_health(opened, hub_access(Configuration.of(opened).release.repo))


@flow(name="verify-published", **HOOKS)
def verify_published_flow(workspace: Path, served: ServedForm = AS_SAMPLED) -> list[ServedFile]:
    """Fetch a sample of what is served, and compare it with what was published."""
    return check_published(Workspace.open(workspace), served)


def _crawl(
    workspace: Workspace, form: CrawlForm, *, partly: bool = False
) -> dict[str, CrawlResult]:
    options = form.options(Configuration.of(workspace).crawl.contact)
    say = get_run_logger().info
    crawled = crawl_each(workspace, form.sources, options, PrefectRunner(), say, CrawlProgress().of)
    show_crawl(crawled)
    show_health(workspace)
    # a renewal of a hundred sources does not fail for one of them that is down today
    return crawled.results if partly and crawled.results else crawled.require()


def _build(workspace: Workspace, form: BuildForm) -> building.BuildResult:
    configuration = Configuration.of(workspace)
    watch = Watch(StageProgress())
    with cluster_at(form.engine, workspace) as cluster, memory_peak() as peak:
        result = building.build(
            workspace,
            configuration,
            PrefectRunner(cluster, watch),
            version=form.version or None,
            patience=patience(),
        )
    show_build(result)
    show_work(workspace, result, watch.stages, peak.bytes)
    show_health(workspace)
    get_run_logger().info("release %s lies in %s", result.version, result.release)
    return result


def _release(workspace: Workspace, form: ReleaseForm) -> Published | None:
    result = _build(workspace, BuildForm(version=form.version, engine=form.engine))
    if not approved(result, form.patience) or not form.publish:
        return None
    return _publish(
        workspace,
        PublishForm(
            version=result.version,
            repo=form.repo,
            endpoint=form.endpoint,
            visibility=form.visibility,
        ),
    )


def _publish(workspace: Workspace, form: PublishForm) -> Published:
    stated = Configuration.of(workspace).release
    version = form.version or stated.version
    target = file_target(form.to) if form.to else _hub(form, stated.repo)
    with one_publisher():
        folder = release_folder(workspace, version)
        published = publish_release(folder, target, patience=patience())
    create_markdown_artifact(
        key="published", markdown=f"**{published.repo}** {published.tag}: {published.commit}"
    )
    if isinstance(target, HubTarget):
        show_card_link(published, target.endpoint)
    return published


def _hub(form: PublishForm, repo: str) -> Target:
    return HubTarget(
        repo=form.repo or repo,
        token=hub_token(),
        endpoint=form.endpoint or None,
        private=form.visibility == "private",
        timeout=form.timeout,
    )
