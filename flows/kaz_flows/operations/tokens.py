"""Where a flow finds the Hub's token: never among its parameters, never in its log."""

from __future__ import annotations

import os
from typing import Final

from huggingface_hub import get_token
from huggingface_hub.constants import ENDPOINT
from prefect.blocks.system import Secret

from kaz_datasets.errors import Refused
from kaz_flows.doctor.hub import HubAccess

BLOCK: Final = "hf-token"


def hub_token() -> str:
    """HF_TOKEN of this process, else the Secret block `hf-token`, else that of `hf auth login`.

    Raises Refused where there is none.
    """
    token = hub_token_or_none()
    if not token:
        raise Refused(
            f"there is no token: make a Secret block named {BLOCK} in the Prefect UI, or set"
            " HF_TOKEN where `kazcorpus up` is started"
        )
    return token


def hub_token_or_none() -> str | None:
    """The same, or None where there is none: what is public can be read without."""
    return os.environ.get("HF_TOKEN") or _from_block() or get_token()


def hub_access(repo: str) -> HubAccess | None:
    """Whom the watch over the token asks, and with which; None where there is no token to watch."""
    token = hub_token_or_none()
    return HubAccess(endpoint=ENDPOINT, token=token, repo=repo) if token else None


def _from_block() -> str | None:
    try:
        return str(Secret.load(BLOCK).get())  # type: ignore[union-attr]
    except ValueError:  # there is no such block
        return None
