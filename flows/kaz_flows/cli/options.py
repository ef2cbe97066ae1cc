"""Options that several commands share, so that they read alike everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

workspace_option = click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="this folder",
    help="The workspace.",
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON, for a program to read."
)

EXISTING_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)


def example(text: str) -> str:
    """An epilog that shows how a command is used, line by line."""
    lines = "\n".join(f"  {line}" for line in text.strip().splitlines())
    return f"\b\nExample:\n{lines}"
