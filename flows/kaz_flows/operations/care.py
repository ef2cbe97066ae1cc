"""What comes after a publication: texts that have to go, and a look at what is served."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import get_run_logger, pause_flow_run
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from kaz_datasets.errors import NotFound, Unverified
from kaz_datasets.publishing.ledger import Ledger
from kaz_datasets.workspace import Workspace
from kaz_flows.operations.care_summary import meant_summary, report_summary
from kaz_flows.operations.forms import Approval, ServedForm, TakedownForm
from kaz_flows.operations.tokens import hub_token_or_none
from kaz_flows.published_check import Sample, ServedFile, check_served, newest
from kaz_flows.takedown import Request, TakedownReport, take_down


def run_takedown(workspace: Workspace, form: TakedownForm) -> TakedownReport | None:
    """Show what is meant, wait for an operator's word, erase it, and say where it is still served.

    Nothing is changed before the word: what is erased from the archive does not come back.
    """
    request = Request(
        by=form.by,
        value=form.value,
        requester=form.requester,
        reason=form.reason,
        date=datetime.now(UTC).date().isoformat(),
    )
    meant = take_down(workspace, request, look_only=True)
    if not meant.addresses:
        raise NotFound(f"no document here is meant by this {form.by}: look it up in the release")
    summary = meant_summary(meant, form)
    create_markdown_artifact(key="takedown-meant", markdown=summary)
    answer = pause_flow_run(
        wait_for_input=Approval.with_initial_data(description=summary), timeout=form.patience
    )
    if not answer.approve:
        get_run_logger().info("not approved, and nothing was changed: %s", answer.note or "no note")
        return None
    report = take_down(workspace, request)
    served = report_summary(report, Ledger.of(workspace.releases).publications)
    create_markdown_artifact(key="takedown", markdown=served)
    return report


def check_published(workspace: Workspace, form: ServedForm) -> list[ServedFile]:
    """Compare a sample of what every place serves. Raises Unverified where something differs."""
    publications = newest(Ledger.of(workspace.releases).publications)
    if not publications:
        raise NotFound("nothing has been published from here yet: run `publish` first")
    sample = Sample(
        files=form.files,
        megabytes=form.megabytes,
        seed=datetime.now(UTC).toordinal(),  # another sample each night, the same on a retry
        token=hub_token_or_none(),
    )
    found = [file for entry in publications for file in check_served(entry, sample)]
    rows = [
        {"place": f.place, "version": f.version, "what": f.what, "state": f.state, "note": f.note}
        for f in found
    ]
    create_table_artifact(key="served", table=rows, description="What is served, compared")
    bad = [file for file in found if file.state != "same"]
    if bad:
        raise Unverified(
            f"{bad[0].place} serves {bad[0].what} of {bad[0].version} otherwise than it was"
            f" published ({bad[0].note}; {len(bad)} of {len(found)} looked at): look at its history"
        )
    return found
