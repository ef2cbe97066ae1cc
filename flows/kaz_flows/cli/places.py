"""Places that take releases, as arguments: hf://owner/name, a folder, s3://bucket/folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kaz_datasets.errors import Refused
from kaz_flows.cli.environment import prepare_hub_client

if TYPE_CHECKING:
    from kaz_datasets.publishing.targets import Target

PLACES_HELP = "hf://owner/name on the Hub, a folder, or an address such as s3://bucket/corpus"


def place_of(
    address: str, *, endpoint: str | None = None, private: bool = True, timeout: float = 60.0
) -> Target:
    """The target of an address. The token comes from HF_TOKEN or `hf auth login`, keys of a

    bucket from where its own client looks for them. Raises WrongUse and Refused.
    """
    from kaz_datasets.publishing.targets import HubTarget, file_target, hub_repo_of

    repo = hub_repo_of(address)
    if repo is None:
        return file_target(address)
    return HubTarget(
        repo=repo, token=token(endpoint), endpoint=endpoint, private=private, timeout=timeout
    )


def token(endpoint: str | None) -> str:
    """The token of whoever gives the command. Raises Refused where there is none."""
    prepare_hub_client(endpoint)
    from huggingface_hub import get_token

    found = os.environ.get("HF_TOKEN") or get_token()
    if not found:
        raise Refused("there is no token: set HF_TOKEN to one that may write to the repo")
    return found
