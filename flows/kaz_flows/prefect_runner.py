"""The units of a stage as Prefect tasks: same functions, same results, seen in the UI.

Prefect does not decide what is done: the stages' own `stage.json` does. So nothing is cached
here, and a run that crashed goes on by giving the same command again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from prefect import task, unmapped
from prefect.cache_policies import NO_CACHE

Item = TypeVar("Item")
Result = TypeVar("Result")


class PrefectRunner:
    """Runs inside a flow; the flow's task runner decides where."""

    def map(
        self, stage: str, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> list[Result]:
        """Submit one task a unit and wait for all of them."""
        run_one = task(
            name=stage,
            task_run_name=f"{stage} {{name}}",
            cache_policy=NO_CACHE,
            persist_result=False,
        )(_call)
        names = [getattr(item, "flat_name", None) or getattr(item, "name", stage) for item in items]
        futures = run_one.map(unmapped(function), list(items), names)
        results: list[Result] = [future.result() for future in futures]  # type: ignore[misc]
        return results


def _call(function: Callable[[Item], Result], item: Item, name: str) -> Result:
    return function(item)
