"""How a run waits for others: in the UI for as long as it takes, on the command line not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

from prefect import get_run_logger, runtime
from prefect.concurrency.sync import concurrency

from kaz_flows.lock import ENDLESS, NONE, Patience

PUBLISHERS: Final = "kazcorpus-publish"
"""The global concurrency limit under which runs publish."""
LEASE: Final = 60.0
"""Seconds until a publisher that died has lost its place: the least that Prefect grants."""


def patience() -> Patience:
    """Runs of a deployment wait, and their log says for whom; others are refused at once."""
    if runtime.deployment.id is None:
        return NONE
    return Patience(seconds=ENDLESS, say=get_run_logger().info)


def one_publisher() -> AbstractContextManager[None]:
    """Wait until no other run of this server publishes; a run that dies loses its place."""
    return concurrency(PUBLISHERS, occupy=1, lease_duration=LEASE)
