"""The units of a stage on the workers of a Dask cluster."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from kaz_datasets.errors import Failed
from kaz_datasets.progress import Progress, silent
from kaz_datasets.workspace import Workspace
from kaz_flows.cluster.address import EngineAddress
from kaz_flows.cluster.envelope import pack, unpack
from kaz_flows.cluster.fingerprint import fingerprint
from kaz_flows.cluster.scheduler import connected, look_at_workers, wait_for_orphans
from kaz_flows.cluster.unit import Place, Sealed, do_unit
from kaz_flows.storage.shared import SharedStorage

Item = TypeVar("Item")
Result = TypeVar("Result")

RETRIES: Final = 2
"""Of an error that is not ours, such as a mount that was away."""
POLL: Final = 0.1
NO_WORKERS_SECONDS: Final = 900.0
"""Without any worker until the build gives up: a cluster that scales takes minutes to come back."""


@contextmanager
def dask_runner(
    address: EngineAddress, workspace: Workspace, progress: Progress = silent
) -> Iterator[DaskRunner]:
    """A runner for one workspace, once its workers have been looked at.

    Raises WrongUse without distributed, Failed for a scheduler or workers that cannot be used.
    """
    with connected(address) as client:
        storage = workspace.storage
        url = storage.bucket.url if isinstance(storage, SharedStorage) else None
        place = Place(root=str(workspace.root), url=url)
        slots = look_at_workers(client, workspace, place)
        runner = DaskRunner(client, workspace, place, slots, progress)
        wait_for_orphans(client, runner.mark, progress)
        yield runner


class DaskRunner:
    """Sends each unit as an envelope; what comes back is an envelope too."""

    def __init__(
        self, client: Any, workspace: Workspace, place: Place, slots: int, progress: Progress
    ) -> None:
        self._client, self._root, self._place = client, workspace.root, place
        self._progress = progress
        self._run = secrets.token_hex(8)
        self.slots = slots
        """How many units ran at once when the work began."""
        self.mark = hashlib.sha256(place.name.encode()).hexdigest()[:16]
        """In the key of every unit of the workspace, of this run and of those before."""

    def processes(self, units: int, configured: int) -> int:
        """One a unit: the other cores are other slots'."""
        return 1

    def map(
        self, stage: str, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> list[Result]:
        """Send all units and wait for them; a unit of a worker that died goes to another."""
        futures = [self._send(stage, number, function, item) for number, item in enumerate(items)]
        try:
            self._wait(stage, futures)
            return [self._result(stage, future) for future in futures]
        finally:
            self._client.cancel([future for future in futures if not future.done()])

    def call(self, stage: str, function: Callable[[Item], Result], item: Item) -> Result:
        """Send one unit and wait for it, from any thread."""
        future = self._send(stage, secrets.randbits(48), function, item)
        try:
            self._wait(stage, [future], silent)
            result: Result = self._result(stage, future)
            return result
        finally:
            if not future.done():
                self._client.cancel([future])

    def _send(self, stage: str, number: int, function: Callable[[Item], Result], item: Item) -> Any:
        return self._client.submit(
            do_unit,
            Sealed(data=pack((function, item), self._root)),
            self._place,
            fingerprint(),
            key=(f"{stage}-{self.mark}{self._run}", number),
            retries=RETRIES,
            pure=False,
        )

    def _wait(self, stage: str, futures: Sequence[Any], progress: Progress | None = None) -> None:
        progress = progress or self._progress
        alone_since: float | None = None
        shown = -1
        while True:
            done = sum(future.done() for future in futures)
            if done != shown:
                progress(done, len(futures), stage)
                shown = done
            if done == len(futures):
                return
            alone_since = self._alone(alone_since)
            time.sleep(POLL)

    def _alone(self, since: float | None) -> float | None:
        """Since when there has been no worker. Raises Failed once that is too long."""
        if self._client.status != "running":
            raise Failed(_LOST)
        if self._client.scheduler_info(n_workers=-1)["workers"]:
            return None
        if since is not None and time.monotonic() - since > NO_WORKERS_SECONDS:
            raise Failed(
                f"the cluster has had no worker for {NO_WORKERS_SECONDS / 60:.0f} minutes:"
                " start some and give the same command again; it goes on from here"
            )
        return since or time.monotonic()

    def _result(self, stage: str, future: Any) -> Any:
        from distributed.scheduler import KilledWorker

        try:
            data, error = future.result()
        except KilledWorker as killed:
            raise Failed(
                f"a unit of {stage} ended every worker that tried it, mostly for want of memory:"
                " give workers more of it, and give the same command again"
            ) from killed
        except CancelledError as cancelled:
            raise Failed(_LOST) from cancelled
        if error is not None:
            raise error
        return unpack(data, self._root)


_LOST: Final = (
    "the scheduler went away: start it and its workers again, and give the same command;"
    " what is finished is not done again"
)
