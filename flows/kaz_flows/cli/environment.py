"""What other libraries read from the environment when they are imported, set before that."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit


def prepare_hub_client(endpoint: str | None) -> None:
    """Quiet telemetry; against a loopback Hub, plain LFS instead of Xet.

    Who runs it with `--xet` says so by HF_HUB_DISABLE_XET=0.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_UPDATE_DOWNLOAD_COUNTS", "0")
    if endpoint is not None and is_loopback(endpoint):
        os.environ.setdefault("HF_HUB_DISABLE_XET", "1")


def is_loopback(endpoint: str) -> bool:
    """Whether an address lies on this machine."""
    host = urlsplit(endpoint).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
