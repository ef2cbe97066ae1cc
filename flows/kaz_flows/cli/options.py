"""Options that several commands share, so that they read alike everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

import click

if TYPE_CHECKING:
    from kaz_datasets.workspace import Workspace

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

shared_workspace_option = click.option(
    "-w",
    "--workspace",
    "folder",
    default=".",
    show_default="this folder",
    metavar="FOLDER|URL",
    help="The workspace: a folder, or s3://BUCKET/NAME that machines share.",
)

scratch_option = click.option(
    "--scratch",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="KAZCORPUS_SCRATCH",
    help="Where files of a workspace in a bucket are kept on this machine; safe to delete.",
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON, for a program to read."
)

EXISTING_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)


def open_workspace(text: str, scratch: Path | None = None) -> Workspace:
    """The workspace of an option: a folder, `file://…`, or one in a bucket. Raises WrongUse."""
    from kaz_datasets.workspace import Workspace

    if "://" not in text:
        return Workspace.open(Path(text))
    if text.startswith("file://"):
        return Workspace.open(Path(url2pathname(urlsplit(text).path)))
    from kaz_flows.storage.pulling import shared_workspace

    name = hashlib.sha256(text.rstrip("/").encode()).hexdigest()[:16]
    place = scratch or Path.home() / ".cache" / "kazcorpus"
    return shared_workspace(text, place / "workspaces" / name)


def example(text: str) -> str:
    """An epilog that shows how a command is used, line by line."""
    lines = "\n".join(f"  {line}" for line in text.strip().splitlines())
    return f"\b\nExample:\n{lines}"
