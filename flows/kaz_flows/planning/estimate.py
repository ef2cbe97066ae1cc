"""A plan out of what is known: the workspace's past first, the benchmarks' figures else."""

from __future__ import annotations

from collections.abc import Callable

from kaz_datasets.errors import NotAWorkspace, NotFound
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import Configuration
from kaz_flows.planning.history import history_of
from kaz_flows.planning.load import ASSUMED, assumed_load
from kaz_flows.planning.model import Plan, plan_of
from kaz_flows.planning.rates import measured


def estimated(workspace: Callable[[], Workspace], documents: int | None) -> tuple[Plan, str]:
    """The plan for `documents`, or for what the workspace has gathered; and by what it was made.

    Raises NotAWorkspace or NotFound if there is neither.
    """
    rates = measured()
    try:
        opened = workspace()
        history = history_of(opened, Configuration.of(opened).run.workers)
    except (NotAWorkspace, NotFound):
        if documents is None:
            raise
        return plan_of(assumed_load(documents), rates), "the benchmarks and docs/scale.md"
    load = history.load if documents is None else history.load.scaled_to(documents, ASSUMED)
    known = "this workspace's past" if history.figures else "the benchmarks"
    return plan_of(load, rates.with_history(history.figures)), known
