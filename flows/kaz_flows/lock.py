"""One writer a workspace: two builds at once would undo each other's work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from kaz_datasets.errors import Failed
from kaz_datasets.workspace import Workspace


def holder(workspace: Workspace) -> str | None:
    """The number of the process that holds the workspace, or None."""
    try:
        with (workspace.root / ".lock").open(encoding="ascii") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return (workspace.root / ".lock").read_text(encoding="ascii").strip() or "?"
    return None


@contextmanager
def exclusive(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace; the system lets go of it when the process ends, however it ends.

    Raises Failed, naming the process that holds it.
    """
    with (workspace.root / ".lock").open("a+", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            raise Failed(
                f"process {stream.read().strip() or 'of another user'} is working in"
                f" {workspace.root}: wait until it has ended and give the command again"
            ) from error
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        yield
