"""What the tests of the top floor share."""

from __future__ import annotations

from dataclasses import dataclass

from kaz_datasets.workspace import Workspace
from kaz_flows.build import BuildResult


@dataclass(frozen=True)
class Demo:
    """The demo's workspace after its build."""

    workspace: Workspace
    build: BuildResult
