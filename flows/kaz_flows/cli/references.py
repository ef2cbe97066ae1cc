"""Releases as arguments: a folder, or a revision on the Hub."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kaz_flows.cli.environment import prepare_hub_client

REFERENCE_HELP = "a release's folder, or owner/name@v1.0.0 on the Hub"

endpoint_option = click.option(
    "--endpoint", envvar="HF_ENDPOINT", help="Another Hub, such as `kazcorpus hub`."
)


def release_at(reference: str, endpoint: str | None) -> Path:
    """The folder of a release, downloaded where it is on the Hub (token: HF_TOKEN, or none)."""
    if Path(reference).is_dir():
        return Path(reference)
    prepare_hub_client(endpoint)
    from kaz_datasets.publishing.fetch import locate_release

    return locate_release(reference, endpoint=endpoint, token=os.environ.get("HF_TOKEN"))
