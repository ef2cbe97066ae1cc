"""The index that outlives releases: new documents against everything published before.

No old document is read or hashed again. Matches name the old id and its release; what was taken
down stops being a keeper, and its tombstone can keep it and its near-copies from coming back.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import Corrupt, NotFound, WrongUse
from kaz_datasets.files import remove_temporaries, write_json
from kaz_dedup.additions import Additions, add_newcomers, old_clusters
from kaz_dedup.newcomers import Newcomers, read_newcomers
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.removals import NO_RELEASE, Removal, removal_of, tombstones, without
from kaz_dedup.segments import BLOCKED, LIVE, Segment, joined, read_segment, write_segment
from kaz_dedup.signatures import definition
from kaz_dedup.words import Integers

FORMAT: Final = 1

_MANIFEST = "index.json"
_LOCK = "lock"


@dataclass(frozen=True, kw_only=True)
class Release:
    """What the index knows of one release."""

    name: str
    documents: int
    kept: int
    blocked: int


class Index:
    """Everything that was published, as keys and shingle sets, in a folder.

    index = Index.create(Path("index"))
    index.add("1.0.0", [Path("documents.parquet")])
    """

    def __init__(
        self, folder: Path, config: DedupConfig, manifest: dict[str, Any], segments: list[Segment]
    ) -> None:
        self.folder = folder
        self.config = config
        self._manifest = manifest
        self._segments = segments

    @classmethod
    def create(cls, folder: Path, config: DedupConfig | None = None) -> Self:
        """An empty index. Raises WrongUse where there is one already."""
        config = config or DedupConfig()
        if (folder / _MANIFEST).exists():
            raise WrongUse(f"{folder} holds an index already: open it instead")
        folder.mkdir(parents=True, exist_ok=True)
        manifest = {
            "format": FORMAT,
            "definition": json.loads(definition(config)),
            "next_segment": 1,
            "next_cluster": 0,
            "segments": [],
        }
        write_json(folder / _MANIFEST, manifest)
        return cls(folder, config, manifest, [])

    @classmethod
    def open(cls, folder: Path, config: DedupConfig | None = None) -> Self:
        """The index of a folder, every file of it checked.

        Raises NotFound, Corrupt with the damaged file, WrongUse for an index of other parameters.
        """
        config = config or DedupConfig()
        manifest = _read_manifest(folder)
        if manifest["definition"] != json.loads(definition(config)):
            raise WrongUse(
                f"{folder} was made with other parameters: open it with the same configuration,"
                " or make a new index"
            )
        segments = [
            read_segment(folder / entry["name"], {k: tuple(v) for k, v in entry["files"].items()})
            for entry in manifest["segments"]
        ]
        return cls(folder, config, manifest, segments)

    def __len__(self) -> int:
        """How many documents can be matched, blocked ones among them."""
        return sum(map(len, self._segments))

    def releases(self) -> list[Release]:
        """What each release added, in order, without what was deleted since."""
        table = self._documents()
        names = np.array(table.column("release").to_pylist(), object)
        kept = table.column("kept").to_numpy().astype(bool)
        blocked = table.column("state").to_numpy() == BLOCKED
        return [
            Release(
                name=name,
                documents=int((names == name).sum()),
                kept=int(kept[names == name].sum()),
                blocked=int(blocked[names == name].sum()),
            )
            for name in dict.fromkeys(names.tolist())
            if name != NO_RELEASE
        ]

    def clusters(self) -> pa.Table:
        """`id` and `cluster_id` (the oldest id of the cluster) of every living document."""
        table = self._documents()
        first = table.column("id").take(self._clusters())
        columns: Any = {"id": table.column("id"), "cluster_id": first}
        return pa.table(columns).filter(pa.array(table.column("state").to_numpy() == LIVE))

    def match(
        self,
        paths: Sequence[str | Path],
        *,
        text: str = "text",
        id: str = "id",  # noqa: A002 - the name of the column, as in the record
    ) -> Additions:
        """What `add` would say of new documents, without adding them."""
        return self._compare(read_newcomers(paths, self.config, text, id))[0]

    def add(
        self,
        release: str,
        paths: Sequence[str | Path],
        *,
        text: str = "text",
        id: str = "id",  # noqa: A002 - the name of the column, as in the record
    ) -> Additions:
        """Compare new documents with all old ones and each other, and remember them.

        Raises WrongUse for a release that is there, or an id that was published with another text.
        """
        with self._writing():
            if release == NO_RELEASE or not release:
                raise WrongUse(f"a release cannot be called {release!r}: give it another name")
            if release in pc.unique(self._documents().column("release")).to_pylist():
                raise WrongUse(f"release {release!r} is in the index already: add one only once")
            newcomers = read_newcomers(paths, self.config, text, id)
            found, segment, next_cluster = self._compare(newcomers, release)
            if len(segment):
                self._append(segment, next_cluster)
        return found

    def remove(self, ids: Sequence[Any], *, block_return: bool = True) -> Removal:
        """Take documents out; say which were there, and which near-copies of them are left.

        With `block_return` their hashes stay as tombstones: `add` and `match` refuse the documents
        and their near-copies by the rule `taken-down`, in this and every later release. Without it
        nothing of them is left, tombstones of earlier removals neither, and they may come back.
        Either way they are nobody's keeper any more. Twice does no harm.
        Raises WrongUse for ids of another type, or where another process writes.
        """
        with self._writing():
            found = removal_of(ids, self._documents(), self._clusters())
            changed, number = [], int(self._manifest["next_cluster"])
            for segment in self._segments:
                changed.append(without(segment, ids, block_return, number))
                number += len(segment)
            if any(new is not old for new, old in zip(changed, self._segments, strict=True)):
                self._replace(changed, number)
        return found

    def block(
        self,
        paths: Sequence[str | Path],
        *,
        text: str = "text",
        id: str = "id",  # noqa: A002 - the name of the column, as in the record
    ) -> Removal:
        """Tombstones for documents that must never be published, in the index or not.

        Those in the index are removed, as by `remove`. Raises as `add`.
        """
        newcomers = read_newcomers(paths, self.config, text, id)
        found = self.remove(newcomers.ids.to_pylist())
        with self._writing():
            number = int(self._manifest["next_cluster"])
            known = set(self._documents().column("id").to_pylist())
            rows = np.array([row for row, name in enumerate(newcomers.ids.to_pylist())
                             if name not in known], np.int64)  # fmt: skip
            if len(rows):
                segment = tombstones(newcomers, number).only(rows)
                self._append(segment, number + len(newcomers))
        return found

    def compact(self) -> None:
        """Make one segment of all: faster to look up, and unmatched space is given back."""
        with self._writing():
            if len(self._segments) > 1:
                self._replace([joined(self._segments)])

    def _clusters(self) -> Integers:
        return old_clusters(self._segments, self._manifest["next_cluster"])

    def _documents(self) -> pa.Table:
        tables = [segment.documents for segment in self._segments]
        if tables:
            return pa.concat_tables(tables)
        names: dict[str, pa.DataType] = {"id": pa.string(), "release": pa.string()}
        names |= {"words": pa.int64(), "state": pa.uint8(), "kept": pa.bool_()}
        return pa.schema(names).empty_table()

    def _compare(
        self, newcomers: Newcomers, release: str = "new"
    ) -> tuple[Additions, Segment, int]:
        return add_newcomers(
            newcomers, self._segments, self.config, release, self._manifest["next_cluster"]
        )

    def _append(self, segment: Segment, next_cluster: int) -> None:
        self._save([*self._segments, segment], [*self._manifest["segments"], None], next_cluster)

    def _replace(self, segments: list[Segment], next_cluster: int | None = None) -> None:
        entries = [
            entry if old is new else None
            for old, new, entry in zip(
                self._segments, segments, self._manifest["segments"], strict=False
            )
        ]
        if len(segments) < len(self._segments):
            entries = [None] * len(segments)
        self._save(segments, entries, next_cluster or self._manifest["next_cluster"])

    def _save(self, segments: list[Segment], entries: list[Any], next_cluster: int) -> None:
        """Write the segments that have no entry yet, then the manifest: it alone says what is."""
        manifest = {**self._manifest, "next_cluster": next_cluster}
        for place, segment in enumerate(segments):
            if entries[place] is None:
                name = f"segment-{manifest['next_segment']:06}"
                files = write_segment(self.folder / name, segment)
                entries[place] = {"name": name, "files": files}
                manifest["next_segment"] += 1
        manifest["segments"] = entries
        write_json(self.folder / _MANIFEST, manifest)
        again = type(self).open(self.folder, self.config)
        self._manifest, self._segments = again._manifest, again._segments
        self._sweep()

    def _sweep(self) -> None:
        named = {entry["name"] for entry in self._manifest["segments"]}
        for path in self.folder.glob("segment-*"):
            if path.name not in named:
                shutil.rmtree(path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, on the state that is on disk. Raises WrongUse."""
        with (self.folder / _LOCK).open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WrongUse(
                    f"another process writes to {self.folder}: wait for it, then try again"
                ) from error
            if _read_manifest(self.folder) != json.loads(json.dumps(self._manifest)):
                raise WrongUse(f"{self.folder} was changed by another process: open it again")
            remove_temporaries(self.folder)
            self._sweep()
            yield


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / _MANIFEST
    if not path.is_file():
        raise NotFound(f"no index in {folder}: make one with Index.create")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise WrongUse(f"{folder} is an index of another version: make it again")
        _ = manifest["definition"], manifest["segments"], manifest["next_cluster"]
    except (ValueError, KeyError, TypeError) as error:
        raise Corrupt(f"{path} is damaged ({error}): bring it back from a copy") from error
    return manifest
