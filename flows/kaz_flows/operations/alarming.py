"""Alarms of a workspace where operators see them: an artifact, an event, a message."""

from __future__ import annotations

import os

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.events import emit_event

from kaz_datasets.errors import KazcorpusError
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import Configuration
from kaz_flows.doctor.hub import HubAccess
from kaz_flows.health.alarms import Alarm, alarms
from kaz_flows.health.notify import tell
from kaz_flows.health.table import health_rows

EVENT = "kazcorpus.alarm"
"""What an automation can wait for; its resource is `kazcorpus.<kind>.<about>`."""


def show_health(workspace: Workspace, access: HubAccess | None = None) -> list[Alarm]:
    """Leave the table of sources and every alarm; tell whom the configuration names.

    With `access` the Hub is asked whether its token is still good. A message that nobody takes is
    logged: the work that was done does not fail for it.
    """
    rows = [dict(row) for row in health_rows(workspace)]
    if rows:
        create_table_artifact(
            key="health", table=rows, description="The last crawl of each source, and its history"
        )
    found = list(alarms(workspace, access))
    if not found:
        return found
    lines = [f"- **{alarm.kind}** {alarm.about}: {alarm.found}. {alarm.advice}" for alarm in found]
    create_markdown_artifact(key="alarms", markdown="\n".join(["# Alarms", "", *lines]))
    for alarm in found:
        name = f"kazcorpus.{alarm.kind}.{alarm.about}".replace(" ", "-")
        resource = {"prefect.resource.id": name}
        emit_event(event=EVENT, resource=resource, payload={"found": alarm.found})
        get_run_logger().warning("%s", alarm.sentence)
    try:
        tell(found, Configuration.of(workspace).alarms, os.environ)
    except KazcorpusError as error:
        get_run_logger().error("%s", error)
    return found
