"""From a workspace on a disk to a bucket: archives, and what decides a build."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_datasets.errors import Failed
from kaz_datasets.files import TEMPORARY_SUFFIX
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing.ledger import LEDGER
from kaz_datasets.takedown.register import REGISTER
from kaz_datasets.workspace import CONFIGURATION_FILE, Workspace
from kaz_flows.lock import exclusive
from kaz_flows.storage.bucket import Bucket
from kaz_flows.storage.contents import CONTENTS, Entry, read_contents, write_contents
from kaz_flows.storage.lease import held

_PASSING: Final = ("-wal", "-shm", "-journal", ".open", TEMPORARY_SUFFIX)
"""Ends of names of files that are still written."""
_DEEP: Final = ("sources", "benchmarks")


@dataclass(frozen=True, kw_only=True)
class PushReport:
    """What went into the bucket."""

    sent: int
    bytes: int
    unchanged: int
    """Files that were there already."""


def push(workspace: Workspace, bucket: Bucket, progress: Progress = silent) -> PushReport:
    """Send what the bucket lacks; a crawl counts there once its list of contents is written.

    What others pushed stays. Raises Failed while somebody works here or there, and when the bucket
    knows takedowns that this workspace does not.
    """
    with (
        exclusive(workspace, "pushing"),
        held(bucket),
        TemporaryDirectory(prefix="kazcorpus-push-") as snapshots,
    ):
        _check_register(workspace, bucket)
        folders = [*_crawls(workspace), ""]
        sent = size = unchanged = 0
        for number, folder in enumerate(folders):
            progress(number, len(folders), "crawls sent")
            files = dict(_files(workspace, folder, Path(snapshots)))
            there = read_contents(bucket, folder)
            entries = {name: Entry.of(path) for name, path in files.items()}
            changed = [name for name in sorted(files) if there.get(name) != entries[name]]
            for name in changed:
                bucket.send(files[name], f"{folder}/{name}" if folder else name)
            if changed or (folder and set(there) - set(entries)):
                # files of the root that are only there are other machines'
                write_contents(bucket, folder, entries if folder else {**there, **entries})
            sent += len(changed)
            size += sum(entries[name].size for name in changed)
            unchanged += len(files) - len(changed)
        progress(len(folders), len(folders), "crawls sent")
    return PushReport(sent=sent, bytes=size, unchanged=unchanged)


def _crawls(workspace: Workspace) -> list[str]:
    """The crawl folders, by their place in the workspace."""
    folders = sorted(path for path in workspace.archive.glob("*/*") if path.is_dir())
    return [folder.relative_to(workspace.root).as_posix() for folder in folders]


def _files(workspace: Workspace, folder: str, snapshots: Path) -> Iterator[tuple[str, Path]]:
    """The files of a crawl, or of the root: the configuration and all that decides a build."""
    if folder:
        yield from _whole(workspace.root / folder, snapshots)
        return
    root = workspace.root
    for name in (CONFIGURATION_FILE, REGISTER, f"releases/{LEDGER}"):
        if (root / name).is_file():
            yield name, root / name
    for deep in _DEEP:
        for path in sorted((root / deep).rglob("*")):
            if path.is_file():
                yield path.relative_to(root).as_posix(), path


def _whole(folder: Path, snapshots: Path) -> Iterator[tuple[str, Path]]:
    """What is final in a crawl's folder, also while the crawl goes on."""
    for path in sorted(folder.iterdir()):
        passing = path.name.startswith(".") or path.name.endswith(_PASSING)
        if not path.is_file() or passing or path.name == CONTENTS:
            continue
        busy = path.name == FRONTIER_FILE and path.with_name(f"{path.name}-wal").exists()
        yield path.name, _snapshot(path, snapshots) if busy else path


def _snapshot(frontier: Path, folder: Path) -> Path:
    """The frontier of a crawl that goes on, as it is at one moment."""
    copy = folder / frontier.name
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(frontier)) as database, closing(sqlite3.connect(copy)) as target:
        database.backup(target)
    return copy


def _check_register(workspace: Workspace, bucket: Bucket) -> None:
    try:
        there = bucket.read(REGISTER)
    except FileNotFoundError:
        return
    path = workspace.root / REGISTER
    if not (path.read_bytes() if path.is_file() else b"").startswith(there):
        raise Failed(
            f"{bucket.url} knows takedowns that {workspace.root} does not: `kazcorpus pull` first"
        )
