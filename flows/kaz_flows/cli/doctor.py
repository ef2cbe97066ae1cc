"""`kazcorpus doctor`: is this machine fit for the work?"""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import click

from kaz_flows.cli.environment import prepare_hub_client
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table


@click.command(epilog=example("kazcorpus doctor --workspace my-corpus"))
@workspace_option
@click.option("--endpoint", envvar="HF_ENDPOINT", help="Another Hub, such as `kazcorpus hub`.")
@click.option("--offline", is_flag=True, help="Do not ask the Hub.")
@json_option
@click.pass_context
def doctor(
    context: click.Context, folder: Path, endpoint: str | None, offline: bool, as_json: bool
) -> None:
    """Check packages, model, clock, disk, memory, workspace, Prefect, Hub and token.

    Each line says what was found and what to do about it; nothing is changed. Ends with 1 if
    something is wrong.
    """
    prepare_hub_client(endpoint)
    from huggingface_hub import get_token

    from kaz_datasets.workspace import Workspace
    from kaz_flows.doctor import examine
    from kaz_flows.doctor.hub import HUB, HubAccess

    access = HubAccess(endpoint=endpoint or HUB, token=os.environ.get("HF_TOKEN") or get_token())
    findings = list(examine(Workspace.open(folder), None if offline else access))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        rows = [(item.check, item.state, item.found, item.advice) for item in findings]
        print_table("Health", ("check", "state", "found", "what to do"), rows)
    context.exit(int(any(finding.state == "wrong" for finding in findings)))
