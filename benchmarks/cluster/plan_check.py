"""What `kazcorpus plan` says of a build, and what it then takes.

`python -m benchmarks.cluster.plan_check [SMALL] [LARGE]`, megabytes of text, 10 and 30 by default.
A corpus is built, so that the workspace has a past; its plan for a larger one of the same mixture
is printed beside what that one takes.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from benchmarks.cluster.corpus import archived, workspace_of
from benchmarks.environments import CACHE
from benchmarks.tables import print_table

from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.configuration import Configuration
from kaz_flows.planning.estimate import estimated
from kaz_flows.runner import LocalRunner


def main() -> None:
    """Build the small one, plan the large one, build it, print both."""
    words = [int(word) for word in sys.argv[1:3]]
    small, large = words if len(words) == 2 else (10, 30)
    past = workspace_of(archived(small), CACHE / "plan-past")
    build(past, Configuration.of(past), LocalRunner())
    workspace = workspace_of(archived(large), CACHE / "plan-large")
    start = time.perf_counter()
    result = build(workspace, Configuration.of(workspace), LocalRunner())
    taken = time.perf_counter() - start
    kept = result.funnel[1][1].kept
    plan, known = estimated(lambda: past, kept)
    said = plan.seconds(os.cpu_count() or 1)
    disk = sum(stage.disk for stage in plan.stages)
    print_table(
        f"{kept:,} documents kept of {large} MB, by {known} ({small} MB), {os.cpu_count()} cores",
        ["what", "said", "taken", "ratio"],
        [
            _row("seconds", said, taken),
            _row("pages", plan.load.pages, result.funnel[0][1].entered),
            _row("megabytes on disk", disk / 1e6, _size(workspace) / 1e6),
        ],
    )


def _row(what: str, said: float, taken: float) -> list[str]:
    return [what, f"{said:,.0f}", f"{taken:,.0f}", f"{said / taken:.2f}"]


def _size(workspace: Workspace) -> int:
    folders = ("archive", "documents", "dedup", "releases")
    paths = (path for name in folders for path in Path(workspace.root / name).rglob("*"))
    return sum(path.stat().st_size for path in paths if path.is_file())


if __name__ == "__main__":
    main()
