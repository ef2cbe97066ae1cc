"""The release before: what is published already, and what a new release changes of it."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.errors import Corrupt
from kaz_datasets.files import sha256_of
from kaz_datasets.record import SCHEMA_VERSION
from kaz_datasets.release.data_files import release_writer
from kaz_datasets.release.layout import data_paths, removed_paths
from kaz_datasets.release.manifest import MANIFEST, Manifest, read_manifest
from kaz_datasets.release.removed_rows import read_removed_rows
from kaz_datasets.release.row_index import COLUMNS_READ, PLACE, among, index_rows, without
from kaz_datasets.release.version import Level, Version
from kaz_datasets.shards import iter_batches

FIXED: Final = (*PLACE, "source", "host", "licence", "basis")
"""What a published row says as long as the major lasts. The rest (title, quality, cluster …) may
have been measured anew since; the row keeps what it was published with."""


@dataclass(frozen=True, kw_only=True)
class Predecessor:
    """A release on disk, with the index of the rows that it stands for."""

    folder: Path
    manifest: Manifest
    digest: str
    """SHA-256 of its `release.json`."""
    data: tuple[Path, ...]
    stored: pa.Table
    """Index of every row in its files."""
    live: pa.Table
    """Of these, the rows that it stands for."""
    removed: pa.Table
    """Its tombstones, of all minors of its major."""

    @property
    def version(self) -> Version:
        """Its number."""
        return Version.parse(self.manifest.facts.config.version)

    @classmethod
    def open(cls, folder: Path) -> Predecessor:
        """Read the release at `folder`. Raises Corrupt."""
        data = data_paths(folder)
        index = index_rows(data, _check_readable)
        removed = read_removed_rows(removed_paths(folder))
        return cls(
            folder=folder,
            manifest=read_manifest(folder),
            digest=sha256_of(folder / MANIFEST),
            data=tuple(data),
            stored=index,
            live=without(index, removed["id"]),
            removed=removed,
        )

    def gone(self, removed: pa.Table, barred: Collection[str]) -> pa.Table:
        """The rows that get a tombstone now: the removed, and those that are erased after all.

        A row that had only been marked as removed is named again when it is cut out.
        """
        erased = among(self.stored, pa.array(barred, pa.string()))
        return pa.concat_tables([removed, without(erased, removed["id"])])


def _check_readable(schema: pa.Schema, path: Path) -> None:
    """Raise Corrupt unless the columns of the index are there; an older record may lack others."""
    missing = sorted(set(COLUMNS_READ) - set(schema.names))
    if missing:
        raise Corrupt(f"{path} has no column {missing[0]}: it cannot be followed by a release")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What the admitted rows are, beside those of the release before."""

    added: pa.Table
    """Index of the rows that are new."""
    removed: pa.Table
    """Index of the published rows that are not admitted any more."""
    breaking: tuple[str, ...]
    """Why published files cannot stay as they are; empty where they can."""

    @property
    def level(self) -> Level:
        """Which number of the version must rise at least."""
        if self.breaking:
            return Level.MAJOR
        return Level.MINOR if self.added.num_rows or self.removed.num_rows else Level.PATCH

    def __str__(self) -> str:
        parts = [
            f"{table.num_rows:,} documents {verb}"
            for table, verb in ((self.added, "added"), (self.removed, "removed"))
            if table.num_rows
        ]
        return ", ".join([*parts, *self.breaking]) or "no document changed"


def compare(admitted: pa.Table, before: Predecessor) -> Changes:
    """What changed since the release before, by the ids of the rows."""
    return Changes(
        added=without(admitted, before.live["id"]),
        removed=without(before.live, admitted["id"]),
        breaking=tuple(_breaking(admitted, before)),
    )


def _breaking(admitted: pa.Table, before: Predecessor) -> Iterable[str]:
    if before.manifest.schema_version != SCHEMA_VERSION:
        yield f"the record is version {SCHEMA_VERSION}, not {before.manifest.schema_version}"
    returned = pc.sum(pc.is_in(admitted["id"], value_set=before.removed["id"])).as_py() or 0
    if returned:
        yield f"{returned:,} documents return that had been removed"
    place = pc.index_in(admitted["id"], value_set=before.live["id"])
    known = admitted.filter(pc.is_valid(place))
    published = before.live.take(pc.drop_null(place))
    for column in FIXED:
        differ = _number_that_differ(known[column], published[column])
        if differ:
            yield f"{column} of {differ:,} published documents changed"


def _number_that_differ(left: Any, right: Any) -> int:
    left, right = (pc.fill_null(side.cast(pa.string()), "") for side in (left, right))
    return int(pc.sum(pc.not_equal(left, right)).as_py() or 0)


def marked_as_added(admitted: pa.Table, before: Predecessor | None, version: str) -> pa.Table:
    """The index with the release that first held each row: an earlier one, or this."""
    now = pa.chunked_array([pa.array([version] * admitted.num_rows, pa.string())])
    if before is not None:
        place = pc.index_in(admitted["id"], value_set=before.live["id"])
        earlier = before.live["added_in"].take(place)
        now = pc.coalesce(earlier, now)
    where = admitted.schema.get_field_index("added_in")
    return admitted.set_column(where, admitted.schema.field("added_in"), now)


def carry_files(before: Predecessor, folder: Path, erase: Collection[str]) -> None:
    """Give a minor release the files that it leaves as they are.

    As hard links where the file system can: a workspace with ten releases holds each file once. A
    file that holds a row to `erase` is written anew without it.
    """
    for path in (*before.data, *removed_paths(before.folder)):
        target = folder / path.relative_to(before.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path in before.data and erase and _holds(path, erase):
            _write_without(path, target, erase)
        else:
            link_or_copy(path, target)


def _holds(path: Path, ids: Collection[str]) -> bool:
    wanted = pa.array(ids, pa.string())
    return any(
        pc.any(pc.is_in(batch.column("id"), value_set=wanted)).as_py()
        for batch in iter_batches(path, ["id"])
    )


def _write_without(path: Path, target: Path, ids: Collection[str]) -> None:
    wanted = pa.array(ids, pa.string())
    with release_writer(target) as writer:
        for batch in iter_batches(path):
            rows = pa.Table.from_batches([batch])
            writer.write_table(without(rows, wanted))


def link_or_copy(path: Path, target: Path) -> None:
    """The same bytes under another name."""
    with suppress(OSError):
        target.hardlink_to(path)
        return
    shutil.copyfile(path, target)


def newest_below(releases: Path, version: Version) -> Path | None:
    """The folder of the newest release below a version, or None."""
    found = [path for path in released(releases) if Version.parse(path.name) < version]
    return found[-1] if found else None


def released(releases: Path) -> Sequence[Path]:
    """The folders of all releases, oldest first."""
    folders = [
        path.parent for path in releases.glob(f"*/{MANIFEST}") if path.parent.name[:1].isdigit()
    ]
    return sorted(folders, key=lambda path: Version.parse(path.name))
