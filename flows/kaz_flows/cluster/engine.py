"""From what `--engine` says to who runs the units."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kaz_datasets.progress import Progress, silent
from kaz_datasets.workspace import Workspace
from kaz_flows.cluster.address import LOCAL, engine_address
from kaz_flows.runner import LocalRunner, Runner

if TYPE_CHECKING:
    from kaz_flows.cluster.dask_runner import DaskRunner


@contextmanager
def runner_on(engine: str, workspace: Workspace, progress: Progress = silent) -> Iterator[Runner]:
    """The runner that `engine` names. Raises BadConfiguration, WrongUse, Failed."""
    with cluster_at(engine, workspace, progress) as cluster:
        yield cluster or LocalRunner(progress=progress)


@contextmanager
def cluster_at(
    engine: str, workspace: Workspace, progress: Progress = silent
) -> Iterator[DaskRunner | None]:
    """The cluster that `engine` names, looked at and ready; None for `local`."""
    address = engine_address(engine or LOCAL)
    if address is None:
        yield None
        return
    from kaz_flows.cluster.dask_runner import dask_runner

    with dask_runner(address, workspace, progress) as runner:
        yield runner
