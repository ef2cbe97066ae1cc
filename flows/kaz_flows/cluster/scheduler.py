"""The connection to a Dask scheduler, and a look at its workers before any work is sent."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from kaz_datasets.errors import Failed, WrongUse
from kaz_datasets.files import write_text
from kaz_datasets.progress import Progress, silent
from kaz_datasets.workspace import Workspace
from kaz_flows.cluster.address import EngineAddress
from kaz_flows.cluster.fingerprint import differences, fingerprint
from kaz_flows.cluster.unit import CHILDREN, Place, Worker, introduce, running

INSTALL: Final = "pip install 'kazcorpus[dask]'"
CONNECT_SECONDS: Final = 20.0
WORKERS_SECONDS: Final = 60.0
"""For the first worker to be there."""
LOST_SECONDS: Final = 20.0
"""For the scheduler to see that a worker has ended, once its connection is broken."""
ORPHANS_SECONDS: Final = 1_800.0
"""For what a client left running that was killed: one unit at most a slot."""


@contextmanager
def connected(address: EngineAddress, patience: float = CONNECT_SECONDS) -> Iterator[Any]:
    """A client of the scheduler. Raises WrongUse without distributed, Failed if none answers."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise WrongUse(f"an engine of Dask needs `{INSTALL}`") from error
    # certificates are named where Dask looks for them: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …
    security = distributed.Security(require_encryption=True) if address.encrypted else None
    try:
        client = distributed.Client(
            address.transport,
            security=security,
            timeout=patience,
            set_as_default=False,
            name="kazcorpus",
        )
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise Failed(
            f"no Dask scheduler answers at {address.transport}: start one with `dask scheduler`,"
            f" or check address and certificates ({type(error).__name__})"
        ) from error
    try:
        yield client
    finally:
        client.close()


def look_at_workers(client: Any, workspace: Workspace, place: Place) -> int:
    """How many units run at once. Raises Failed for workers that would write other bytes."""
    _wait_for_workers(client)
    _check_distributed(client)
    name, text = f".seen-{secrets.token_hex(8)}.partial", secrets.token_hex(16)
    probe = workspace.root / name
    write_text(probe, text)
    workspace.storage.keep_record(probe)
    try:
        digest = hashlib.sha256(text.encode()).hexdigest()
        found = answers_of_workers(client, introduce, place, name, digest)
    finally:
        workspace.storage.drop_record(probe)
    for worker, answer in sorted(found.items()):
        _check_worker(worker, answer, place)
    return sum(client.nthreads().values())


def wait_for_orphans(client: Any, mark: str, progress: Progress = silent) -> None:
    """Wait for units that a killed client left running: they write where we are about to.

    Raises Failed when they do not end.
    """
    deadline = time.monotonic() + ORPHANS_SECONDS
    while True:
        answers = answers_of_workers(client, running).values()
        left = [key for keys in answers if not isinstance(keys, Exception) for key in keys]
        left = [key for key in left if mark in key]
        if not left:
            return
        if time.monotonic() > deadline:
            raise Failed(
                f"{len(left)} units of an earlier run are still at work on the cluster:"
                " restart its workers, then give the same command again"
            )
        progress(0, len(left), "units of an earlier run, waiting for them")
        time.sleep(0.5)


def answers_of_workers(
    client: Any, function: Callable[..., Any], *arguments: Any
) -> dict[str, Any]:
    """What every worker says, or the exception it raises; one that dies meanwhile is left out.

    A connection that breaks although its worker stays is in the answer after `LOST_SECONDS`.
    """
    deadline = time.monotonic() + LOST_SECONDS
    while True:
        _wait_for_workers(client)
        found: dict[str, Any] = client.run(function, *arguments, on_error="return")
        broken = [worker for worker, answer in found.items() if isinstance(answer, OSError)]
        if not broken or time.monotonic() > deadline:
            return found
        time.sleep(0.5)  # the scheduler is about to see that they are gone


def _wait_for_workers(client: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except TimeoutError as error:
        raise Failed(
            "the scheduler has no workers: start some with"
            " `dask worker ADDRESS --nthreads 1`, and give the same command again"
        ) from error


def _check_distributed(client: Any) -> None:
    """Before our own functions are sent: another distributed may not understand them."""
    found = client.get_versions()
    ours = found["client"]["packages"]["distributed"]
    others = {"the scheduler": found["scheduler"], **found["workers"]}
    for name, answer in others.items():
        there = (answer or {}).get("packages", {}).get("distributed")
        if there != ours:
            raise Failed(
                f"{name} runs distributed {there}, this client {ours}:"
                " install the same on client, scheduler and workers"
            )


def _check_worker(name: str, answer: Worker | Exception, place: Place) -> None:
    if not isinstance(answer, Worker):
        raise Failed(
            f"worker {name} cannot run kazcorpus ({answer}): install the same version there"
        )
    differ = differences(fingerprint(), answer.fingerprint)
    if differ:
        raise Failed(
            f"worker {name} has {', '.join(differ)}: install the same on client and workers"
        )
    if not answer.may_have_children:
        raise Failed(f"worker {name} may not start the processes that extract pages: {CHILDREN}")
    if not answer.sees_workspace:
        raise Failed(
            f"worker {name} does not see {place.name}: put the workspace where all machines"
            " see it under the same path, or in a bucket to which workers too have the keys"
            " (docs/cluster.md)"
        )
