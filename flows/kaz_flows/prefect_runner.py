"""The units of a stage as Prefect tasks: same functions, same results, seen in the UI.

Prefect does not decide what is done: the stages' own `stage.json` does. So nothing is cached
here, and a run that crashed goes on by giving the same command again.

On a cluster a task is a thread here that waits for its unit there. Prefect's own runner for Dask
would have each worker import Prefect and call its server: 120 ms a task instead of 8, and a
server that is open to other machines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from prefect import task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from kaz_flows.runner import processes_here
from kaz_flows.watching import Watch

if TYPE_CHECKING:
    from kaz_flows.cluster.dask_runner import DaskRunner

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD: Final = 2
"""Tasks a slot of the cluster: one at work, one that waits there."""


class PrefectRunner:
    """Runs inside a flow; units go where the flow's task runner or the cluster decides."""

    def __init__(self, cluster: DaskRunner | None = None, watch: Watch | None = None) -> None:
        self._cluster = cluster
        self._watch = watch

    def processes(self, units: int, configured: int) -> int:
        """As the cluster says, or so many that this machine is used once."""
        if self._cluster is not None:
            return self._cluster.processes(units, configured)
        return processes_here(units, configured)

    def map(
        self, stage: str, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> list[Result]:
        """Submit one task a unit and wait for all of them."""
        run_one = task(
            name=stage,
            task_run_name=f"{stage} {{name}}",
            cache_policy=NO_CACHE,
            persist_result=False,
        )(self._watched(stage, len(items)))
        names = [getattr(item, "flat_name", None) or getattr(item, "name", stage) for item in items]
        if self._cluster is None:
            futures = run_one.map(unmapped(function), list(items), names)
            results: list[Result] = [future.result() for future in futures]
            return results
        sent: Any = partial(self._cluster.call, stage, function)
        pool: Any = ThreadPoolTaskRunner(max_workers=AHEAD * self._cluster.slots)
        with pool as threads:
            elsewhere = threads.map(
                run_one, {"function": unmapped(sent), "item": list(items), "name": names}
            )
            return [future.result() for future in elsewhere]

    def _watched(self, stage: str, units: int) -> Callable[..., Any]:
        """What a task calls: in a thread here, also where the work is done on a cluster."""
        if self._watch is None:
            return _call
        watch, work = self._watch, self._watch.begin(stage, units)

        def call(function: Callable[[Item], Result], item: Item, name: str) -> Result:
            result = function(item)
            watch.done(work, result)
            return result

        return call


def _call(function: Callable[[Item], Result], item: Item, name: str) -> Result:
    return function(item)
