"""One unit on a worker: open the envelope, do the work on files, send back what it says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numba
import pyarrow as pa

from kaz_datasets.errors import Failed, KazcorpusError
from kaz_flows.cluster.envelope import pack, unpack
from kaz_flows.cluster.fingerprint import differences, fingerprint, may_have_children
from kaz_flows.storage.bucket import Bucket
from kaz_flows.storage.mirror import WORKER_BYTES, mirror_at

CHILDREN = (
    "set DASK_DISTRIBUTED__WORKER__DAEMON=False in the worker's environment, or give it --no-nanny"
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a workspace lies, as seen from a worker."""

    root: str
    """As the client sees it."""
    url: str | None = None
    """Of the bucket, for a workspace that each machine mirrors."""

    @property
    def name(self) -> str:
        """What is the same for every client of the workspace."""
        return self.url or self.root

    def here(self) -> Path:
        """Its root on this machine: the same folder, or a mirror in the worker's own."""
        if self.url is None:
            return Path(self.root)
        from distributed import get_worker

        name = hashlib.sha256(self.url.encode()).hexdigest()[:16]
        mirror = mirror_at(Path(get_worker().local_directory) / "kazcorpus" / name)
        mirror.most = WORKER_BYTES
        mirror.root.mkdir(parents=True, exist_ok=True)
        return mirror.root


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """An envelope. Dask logs the arguments of what fails; a key for pseudonyms is in some."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Worker:
    """What a worker says of itself."""

    fingerprint: dict[str, str]
    may_have_children: bool
    sees_workspace: bool


def introduce(place: Place, name: str, digest: str) -> Worker:
    """What this worker is, and whether a file that the client just wrote is seen here."""
    seen = _digest(place, name) == digest
    return Worker(
        fingerprint=fingerprint(), may_have_children=may_have_children(), sees_workspace=seen
    )


def _digest(place: Place, name: str) -> str:
    try:
        if place.url is not None:
            return hashlib.sha256(Bucket.of(place.url).read(name)).hexdigest()
        return hashlib.sha256((Path(place.root) / name).read_bytes()).hexdigest()
    except (OSError, KazcorpusError) as error:
        return str(error)


def running(dask_worker: Any) -> list[str]:
    """The keys of what a worker is at, also for clients that are gone."""
    return [str(key) for key in dask_worker.active_keys]


def do_unit(sealed: Sealed, place: Place, wanted: dict[str, str]) -> tuple[bytes, Exception | None]:
    """Run the unit in `sealed`; its result, or the error that the client is to raise.

    An error of ours is sent as a value: it would come again. Any other is raised, and Dask tries
    the unit once more. A worker that joined after the client had looked is looked at here.
    """
    try:
        _check(wanted)
        _use_one_thread()
        function, item = unpack(sealed.data, place.here())
        return pack(_call(function, item), place.here()), None
    except KazcorpusError as error:
        return b"", error


def _call(function: Callable[[Any], Any], item: Any) -> Any:
    return function(item)


def _check(wanted: dict[str, str]) -> None:
    differ = differences(wanted, fingerprint())
    if differ:
        raise Failed(f"a worker has {', '.join(differ)}: install the same on client and workers")
    if not may_have_children():
        raise Failed(f"a worker may not start the processes that extract pages: {CHILDREN}")


def _use_one_thread() -> None:
    """A worker has a slot for each core: no library is to use the others' cores beside it."""
    numba.set_num_threads(1)
    pa.set_cpu_count(1)
