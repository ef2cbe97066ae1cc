"""All checks, in the order in which their failures stop the work."""

from __future__ import annotations

from collections.abc import Iterator

from kaz_datasets.workspace import Workspace
from kaz_flows.doctor.finding import Finding
from kaz_flows.doctor.hub import HubAccess, hub_findings
from kaz_flows.doctor.installation import models, packages, single_fasttext
from kaz_flows.doctor.machine import clock, disk, memory
from kaz_flows.doctor.state import configuration, contact, leftovers, prefect_server


def examine(workspace: Workspace, access: HubAccess | None) -> Iterator[Finding]:
    """Look at machine, installation, workspace and Hub; without `access` the Hub is left out.

    Nothing is changed, and no check stops the others.
    """
    yield packages()
    yield single_fasttext()
    yield models()
    yield clock()
    yield disk(workspace)
    yield memory(workspace)
    yield configuration(workspace)
    yield contact(workspace)
    yield leftovers(workspace)
    yield prefect_server(workspace)
    if access is not None:
        yield from hub_findings(access)
