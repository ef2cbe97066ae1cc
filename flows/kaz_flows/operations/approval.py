"""The pause before a release is published: an operator sees the checks and decides."""

from __future__ import annotations

from prefect import get_run_logger, pause_flow_run
from prefect.artifacts import create_markdown_artifact

from kaz_datasets.release.verify import verify_release
from kaz_flows.build import BuildResult
from kaz_flows.operations.forms import Approval
from kaz_flows.operations.release_summary import card_preview, release_summary


def approved(result: BuildResult, patience: int) -> bool:
    """Verify the release, show it, and wait `patience` seconds for an operator's word.

    Raises Unverified where a figure does not hold: such a release is not offered at all.
    """
    verification = verify_release(result.release)
    summary = release_summary(result, verification)
    create_markdown_artifact(key="release", markdown=summary)
    create_markdown_artifact(key="card", markdown=card_preview(result.release))
    verification.require()
    answer = pause_flow_run(
        wait_for_input=Approval.with_initial_data(description=summary), timeout=patience
    )
    word = "approved" if answer.approve else "not approved"
    get_run_logger().info("release %s %s: %s", result.version, word, answer.note or "no note")
    return bool(answer.approve)
