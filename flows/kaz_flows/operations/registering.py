"""`python -m kaz_flows.operations.registering ROOT`: register a workspace's deployments.

A process of its own, whose environment names the server; prints the deployments' names as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kaz_datasets.workspace import Workspace
from kaz_flows.operations.deployments import register


def main() -> None:
    """Register, and say what."""
    print(json.dumps(register(Workspace.open(Path(sys.argv[1])))))


if __name__ == "__main__":
    main()
