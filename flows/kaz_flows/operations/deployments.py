"""The deployments of a workspace: what the Prefect UI offers, with forms and schedules.

Import this module only in a process whose environment names a Prefect server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from kaz_datasets.workspace import Workspace
from kaz_flows import flows
from kaz_flows.operations.silence import HEARTBEAT
from kaz_flows.operations.standing import POOL
from kaz_flows.operations.waiting import PUBLISHERS

TIME_ZONE: Final = "Asia/Almaty"
CRAWLS: Final = 4
"""Runs of `crawl` at once. A crawl waits for its hosts most of the time and takes 100 to 200 MB."""
RENEWAL: Final = Cron("0 2 * * 6", timezone=TIME_ZONE)
"""Saturdays at two, when the sites' own readers are asleep."""
HOURLY: Final = Cron("17 * * * *", timezone=TIME_ZONE)
NIGHTLY: Final = Cron("30 4 * * *", timezone=TIME_ZONE)


def register(workspace: Workspace) -> list[str]:
    """Make or renew pool and deployments; the deployments' names."""
    _make_pool()
    _limit_publishers()
    names = []
    for deployment in deployments(workspace):
        deployment.apply()
        names.append(f"{deployment.flow_name}/{deployment.name}")
    return names


def deployments(workspace: Workspace) -> Iterator[RunnerDeployment]:
    """One deployment a flow; three have a schedule, and wait until somebody switches it on."""
    crawl = "Fetch sources into the archive."
    yield _deployment(flows.crawl_flow, workspace, crawl, at_once=CRAWLS)
    yield _deployment(flows.build_flow, workspace, "Make a release from the archive.")
    yield _deployment(
        flows.release_flow,
        workspace,
        "Build a release, wait for an operator's approval, publish it.",
    )
    yield _deployment(flows.publish_flow, workspace, "Publish a release that is built.")
    yield _deployment(
        flows.renew_flow,
        workspace,
        "Crawl again what was crawled before, build, and propose a release.",
        schedules=[RENEWAL],
        paused=True,
    )
    yield _deployment(
        flows.takedown_flow,
        workspace,
        "Show what a request means, wait for an operator's approval, erase it.",
    )
    yield _deployment(
        flows.health_flow,
        workspace,
        "Look at sources, disk, locks and crawls, and tell of what is wrong.",
        schedules=[HOURLY],
        paused=True,
    )
    yield _deployment(
        flows.verify_published_flow,
        workspace,
        "Compare a sample of what is served with what was published.",
        schedules=[NIGHTLY],
        paused=True,
    )


def _deployment(
    flow: Flow[..., Any],
    workspace: Workspace,
    description: str,
    at_once: int = 1,
    **schedule: Any,
) -> RunnerDeployment:
    return RunnerDeployment.from_flow(
        flow,
        name=workspace.root.name,
        description=description,
        parameters={"workspace": str(workspace.root)},
        tags=["kazcorpus"],
        work_pool_name=POOL,
        # `kaz_flows.lock` lets in who may work side by side; what waits here takes no process
        concurrency_limit=at_once,
        entrypoint_type=EntrypointType.MODULE_PATH,
        job_variables={"env": {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT)}},
        **schedule,
    )


def _make_pool() -> None:
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        except ObjectAlreadyExists:
            return


def _limit_publishers() -> None:
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name(PUBLISHERS, 1)
