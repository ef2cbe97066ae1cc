"""What still serves rows that were taken down: old files of releases, here and where published.

A release that leaves a row out does not take it out of the revisions before: their tags are what
papers cite. Where the law wants the text gone, the old files themselves are deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_datasets.errors import NotFound, Unavailable
from kaz_datasets.publishing.file_target import FileTarget
from kaz_datasets.publishing.ledger import FILES, Ledger
from kaz_datasets.publishing.stored import StoredFile
from kaz_datasets.publishing.targets import HUB_SCHEME, Target
from kaz_datasets.release.layout import data_paths
from kaz_datasets.release.manifest import read_manifest
from kaz_datasets.release.predecessor import released
from kaz_datasets.shards import iter_batches
from kaz_datasets.takedown.register import Register
from kaz_datasets.takedown.request import Takedown
from kaz_datasets.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Served:
    """A file at a place, and how many rows in it were taken down."""

    target: Target
    file: StoredFile
    rows: int


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What was found at all places that could be asked."""

    files: tuple[Served, ...]
    unreached: Mapping[str, str]
    """Places that did not answer, and why."""

    @property
    def deletable(self) -> tuple[Served, ...]:
        """Files that the newest release there does not need."""
        return tuple(served for served in self.files if not served.file.current)


Rows = Callable[[pa.RecordBatch], int]


def survey(workspace: Workspace, targets: Iterable[Target], numbers: Sequence[int] = ()) -> Survey:
    """Which files still serve rows of these takedowns (or all), here and at the targets.

    A file whose content is known here is not fetched. Raises NotFound for a number that is none.
    """
    register = _chosen(Register.of(workspace.root), numbers)
    known = _known(workspace, register.rows_meant)
    found: list[Served] = []
    unreached: dict[str, str] = {}
    for target in (here(workspace), *targets):
        try:
            found += _served(target, known, register.rows_meant)
        except Unavailable as error:
            unreached[target.name] = str(error)
    return Survey(files=tuple(found), unreached=unreached)


def delete_forever(found: Sequence[Served]) -> None:
    """Delete files for good, place by place. Raises what the targets raise."""
    for name in dict.fromkeys(served.target.name for served in found):
        mine = [served for served in found if served.target.name == name]
        mine[0].target.delete_forever([served.file for served in mine])


def here(workspace: Workspace) -> FileTarget:
    """The workspace's own releases as a place."""
    return FileTarget(url=str(workspace.releases), prefix="")


def published_places(workspace: Workspace) -> dict[str, str]:
    """Where releases of a workspace went: address and endpoint ("" for none), by the ledger."""
    ledger = Ledger.of(workspace.releases)
    return {
        entry.repo if entry.endpoint == FILES else f"{HUB_SCHEME}{entry.repo}": (
            "" if entry.endpoint == FILES else entry.endpoint
        )
        for entry in ledger.publications
    }


def _chosen(register: Register, numbers: Sequence[int]) -> Register:
    there = {takedown.number: takedown for takedown in register.takedowns}
    missing = [str(number) for number in numbers if number not in there]
    if missing:
        raise NotFound(f"there is no takedown {missing[0]}: `kazcorpus takedown list` shows them")
    chosen: tuple[Takedown, ...] = tuple(there[number] for number in numbers)
    return Register(path=register.path, takedowns=chosen or register.takedowns)


def _known(workspace: Workspace, meant: Rows) -> dict[str, int]:
    """Rows that were taken down in each content that is here, by SHA-256."""
    known: dict[str, int] = {}
    for folder in released(workspace.releases):
        digests = {entry.path: entry.sha256 for entry in read_manifest(folder).files}
        for path in data_paths(folder):
            digest = digests.get(path.relative_to(folder).as_posix())
            if digest is not None and digest not in known:
                known[digest] = _count(iter_batches(path, ["id", "url", "host"]), meant)
    return known


def _served(target: Target, known: Mapping[str, int], meant: Rows) -> Iterator[Served]:
    for file in target.stored():
        rows = known.get(file.sha256)
        if rows is None:  # made by somebody else, or no longer here
            with target.opened(file) as stream, pq.ParquetFile(stream) as opened:
                rows = _count(opened.iter_batches(columns=["id", "url", "host"]), meant)
        if rows:
            yield Served(target=target, file=file, rows=rows)


def _count(batches: Iterable[pa.RecordBatch], meant: Rows) -> int:
    return sum(meant(batch) for batch in batches)
