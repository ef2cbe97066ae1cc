"""A takedown through every floor: register, tombstones, archive, documents, and what is published.

The register is written first: a takedown that was killed is finished by `apply_takedowns`, which
every build begins with, and no release that is built after it holds the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from kaz_crawlers.cdxj import Entry, index_path, read_cdxj, write_index
from kaz_datasets.arrow import compute as pc
from kaz_datasets.errors import NotFound
from kaz_datasets.identity import canonical_url, host_of
from kaz_datasets.release.layout import data_paths
from kaz_datasets.release.predecessor import released
from kaz_datasets.shards import iter_batches
from kaz_datasets.takedown.archive import erase_record
from kaz_datasets.takedown.found import Found, find_ids, find_rows, releases_holding
from kaz_datasets.takedown.register import Register
from kaz_datasets.takedown.request import By, Takedown, Target
from kaz_datasets.workspace import Workspace
from kaz_flows.excerpts import documents_with
from kaz_flows.lock import exclusive
from kaz_flows.lookup import Lookup
from kaz_flows.tombstones import TEXTS, Tombstones, first_of_each, scratch_folder


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for, and by whom."""

    by: By
    value: str
    """An address, a host, an id, or an excerpt's text."""
    requester: str
    reason: str
    date: str
    with_copies: bool | None = None
    """Whether near-copies on other pages go too; None: unless a whole host is named, whose owner
    speaks for that host alone."""


@dataclass(frozen=True, kw_only=True)
class TakedownReport:
    """What a takedown met."""

    takedown: Takedown
    addresses: tuple[str, ...]
    """Of the documents and their near-copies."""
    erased: int
    """Records of the archive whose payload is gone."""
    holding: Mapping[str, Mapping[str, int]]
    """Rows in the files of releases that were made before, by release and file."""


def take_down(workspace: Workspace, request: Request, *, look_only: bool = False) -> TakedownReport:
    """Enter a takedown and let it reach everything in the workspace; or only say what it would.

    Raises BadConfiguration for a target that is none, NotFound where nothing is meant by it.
    """
    target = Target.of(request.by, request.value)
    with exclusive(workspace, "taking texts down"):
        register = Register.of(workspace.root)
        found = _find(workspace, target, request.value)
        entries = list(_archived(workspace, target))
        if not found and not entries and target.by in ("id", "text"):
            raise NotFound(f"no document here is meant by this {target.by}: look it up")
        takedown = Takedown(
            number=register.next_number,
            date=request.date,
            requester=request.requester,
            reason=request.reason,
            target=target,
            ids=tuple(sorted({row.id for row in found})),
            with_copies=request.with_copies
            if request.with_copies is not None
            else target.by != "host",
        )
        copies = _near_copies(workspace, found) if takedown.with_copies else []
        takedown = replace(takedown, copies=tuple(sorted({row.id for row in copies})))
        erased = 0
        if not look_only:
            register.add(takedown)
            erased = apply_takedowns(workspace, [takedown])
        Lookup(workspace=workspace).sweep(_all_shards(workspace))
        return TakedownReport(
            takedown=takedown,
            addresses=tuple(sorted({row.url for row in (*found, *copies)})),
            erased=erased,
            holding=releases_holding(takedown.all_ids, workspace.releases),
        )


def apply_takedowns(workspace: Workspace, takedowns: Sequence[Takedown]) -> int:
    """Erase from archive and working files what these takedowns mean; twice does no harm.

    Before a text goes, its tombstone is set. Shards of documents that held a row are removed: the
    next build makes them again without it, and of its cluster another document is chosen. Returns
    the records that were erased.
    """
    erased = 0
    tombstones = Tombstones.of(workspace)
    for takedown in takedowns:
        # looked up anew each time, for the takedown before may have removed some
        working = _working_shards(workspace)
        # releases know where in the archive a row came from when working files are gone
        shards = [*working, *_released_shards(workspace)]
        meant = list(find_ids(takedown.ids, shards))
        if takedown.target.value:
            meant += find_rows(takedown.target, shards)
        rows = [*meant, *find_ids(takedown.copies, shards)]
        if takedown.with_copies:
            tombstones.block(_texts_of(meant))
        places = {place for row in rows for place in _records_of(workspace, row)}
        places |= set(_archived(workspace, takedown.target))
        erased += sum(erase_record(path, offset) for path, offset in sorted(places))
        for path in {path for path, _ in places}:
            if index_path(path).exists():
                write_index(path)
        for shard in {row.shard for row in rows}.intersection(working):
            _remove_shard(shard)
    return erased


def _find(workspace: Workspace, target: Target, value: str) -> list[Found]:
    """The documents that are meant, among working files and releases."""
    shards = _all_shards(workspace)
    if target.by == "text":
        lookup = Lookup(workspace=workspace)
        return list(find_ids(sorted(documents_with(value, shards, lookup)), shards))
    return list(find_rows(target, shards))


def _near_copies(workspace: Workspace, found: Sequence[Found]) -> list[Found]:
    """The other documents that are like one of these."""
    lookup, shards = Lookup(workspace=workspace), _all_shards(workspace)
    with scratch_folder(workspace.dedup) as folder:
        these = Tombstones(folder=folder / "tombstones", scratch=folder)
        these.block(_texts_of(found))
        alike = {
            name
            for shard in shards
            if these
            for name in these.blocked(shard, lookup.signatures(shard))
        }
    return list(find_ids(sorted(alike - {row.id for row in found}), shards))


def _texts_of(rows: Sequence[Found]) -> pa.Table:
    """`id` and `text` of rows, each document once."""
    parts = [TEXTS.empty_table()]
    for shard in sorted({row.shard for row in rows}):
        wanted = pa.array([row.id for row in rows if row.shard == shard], pa.string())
        for batch in iter_batches(shard, TEXTS.names):
            mine = batch.filter(pc.is_in(batch.column("id"), value_set=wanted))
            parts.append(pa.Table.from_batches([mine]).cast(TEXTS))
    return first_of_each(pa.concat_tables(parts))


def _all_shards(workspace: Workspace) -> list[Path]:
    return [*_working_shards(workspace), *_released_shards(workspace)]


def _working_shards(workspace: Workspace) -> list[Path]:
    """Documents, kept and withheld rows; not the rejected, which hold no text."""
    paths = [
        *workspace.documents.rglob("*.parquet"),
        *(workspace.dedup / "kept").glob("*.parquet"),
        *(workspace.dedup / "withheld").glob("*.parquet"),
        *(workspace.dedup / "flagged").glob("*.parquet"),
    ]
    return sorted(path for path in paths if path.parent.name != "rejected")


def _released_shards(workspace: Workspace) -> list[Path]:
    return [path for folder in released(workspace.releases) for path in data_paths(folder)]


def _records_of(workspace: Workspace, row: Found) -> Iterator[tuple[Path, int]]:
    """Where in the archive a document came from."""
    for path in sorted((workspace.archive / row.source).rglob(row.warc_file)):
        yield path, row.warc_offset


def _archived(workspace: Workspace, target: Target) -> Iterator[tuple[Path, int]]:
    """The archive's records of an address or host, also of pages that never became documents."""
    if target.by not in ("url", "host"):
        return
    _index_what_has_none(workspace.archive)
    for index in sorted(workspace.archive.rglob("*.cdxj")):
        for entry in read_cdxj(index):
            if _means(target, entry):
                yield index.with_name(entry.file), entry.offset


def _index_what_has_none(archive: Path) -> None:
    """Make the indexes of files that were taken in from elsewhere, so that pages are found in them.

    What is too damaged for one is found by its documents.
    """
    for path in archive.rglob("*.warc.gz"):
        if not index_path(path).exists():
            with suppress(ValueError, OSError):
                write_index(path)


def _means(target: Target, entry: Entry) -> bool:
    if target.by == "host":
        return host_of(entry.url) == target.value
    try:
        return canonical_url(entry.url) == target.value
    except ValueError:
        return False


def _remove_shard(shard: Path) -> None:
    """Remove a working file and the record that says it is done."""
    record = shard.with_name(f"{shard.name.removesuffix('.parquet')}.stage.json")
    record.unlink(missing_ok=True)
    shard.unlink(missing_ok=True)
