"""Tombstones: what was taken down, as hashes by which it and its near-copies are known again.

They lie outside of the folders that can be made anew (`tombstones/`), for the texts are gone.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_datasets.arrow import compute as pc
from kaz_datasets.files import TEMPORARY_SUFFIX, sha256_of
from kaz_datasets.shards import ShardWriter, iter_batches
from kaz_datasets.workspace import Workspace
from kaz_dedup import DedupConfig, Index
from kaz_dedup.additions import TAKEN_DOWN
from kaz_dedup.signatures import METADATA_KEY, definition, sign_shard

TEXTS: Final = pa.schema(
    [pa.field("id", pa.string(), nullable=False), pa.field("text", pa.string(), nullable=False)]
)


@dataclass(frozen=True, kw_only=True)
class Tombstones:
    """An index of the dedup floor in which every document is blocked, and their signatures.

    One for each definition of signatures: where that has changed since, texts that are nowhere any
    more are known again by the hash of the whole text alone.
    """

    folder: Path
    scratch: Path
    """A folder for what is written and removed in one call; it may hold texts."""

    @classmethod
    def of(cls, workspace: Workspace) -> Tombstones:
        """Those of a workspace."""
        return cls(folder=workspace.root / "tombstones", scratch=workspace.dedup)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return any(self._every())

    @property
    def digest(self) -> str:
        """What a stage that leaves documents out depends on."""
        whole = hashlib.sha256()
        for path in self._every():
            whole.update(sha256_of(path).encode())
        return whole.hexdigest()

    def block(self, texts: pa.Table) -> int:
        """Let these documents (`id`, `text`) and what is like them not come back.

        Twice does no harm. Returns how many are new.
        """
        new = texts.filter(pc.invert(pc.is_in(texts["id"], value_set=self._ids())))
        if not new.num_rows:
            return 0
        names = sorted(map(str, new["id"].to_pylist()))
        name = hashlib.sha256("".join(names).encode()).hexdigest()[:16]
        with self._written(new) as documents:
            self._index().block([documents])
            # written last: while it is missing they are blocked anew
            sign_shard(documents, self._current / "signatures" / f"{name}.parquet", DedupConfig())
        return int(new.num_rows)

    def blocked(self, documents: Path, signatures: Path) -> list[str]:
        """Ids of the documents of a shard that were taken down, or are like one that was."""
        same = self._same_texts(signatures)
        if not self._signatures():
            return same
        texts = _texts(documents, self._candidates(signatures))
        if not texts.num_rows:
            return same
        with self._written(texts) as candidates:
            found = self._index().match([candidates]).table
        alike = found.filter(_is(found["rule"], TAKEN_DOWN))["id"].to_pylist()
        return list(dict.fromkeys([*same, *map(str, alike)]))

    def _candidates(self, signatures: Path) -> pa.Array[Any] | None:
        """Ids that share a band or the whole text with a tombstone; None where all might."""
        ours = pa.concat_tables([pq.read_table(path) for path in self._signatures()])
        theirs = pq.read_schema(signatures)
        if (theirs.metadata or {}).get(METADATA_KEY) != ours.schema.metadata[METADATA_KEY]:
            return None  # bands of another threshold tell nothing
        names = [name for name in theirs.names if name.startswith("band_")] + ["text_hash"]
        found: list[Any] = [pa.array([], pa.string())]
        for batch in iter_batches(signatures, ["id", *names]):
            mask = pa.array([False] * batch.num_rows, pa.bool_())
            for name in names:
                known = pc.unique(ours[name])
                mask = pc.or_(mask, pc.is_in(batch.column(name), value_set=known, skip_nulls=True))
            found.append(batch.column("id").filter(mask))
        ids: pa.Array[Any] = pa.concat_arrays(found)
        return ids

    def _same_texts(self, signatures: Path) -> list[str]:
        """Ids of documents whose whole text is that of a tombstone of another definition."""
        others = [path for path in self._every() if path not in self._signatures()]
        hashes = [pq.read_table(path, columns=["text_hash"])["text_hash"] for path in others]
        if not hashes:
            return []
        known = pc.unique(pa.chunked_array([chunk for each in hashes for chunk in each.chunks]))
        return [
            str(name)
            for batch in iter_batches(signatures, ["id", "text_hash"])
            for name in batch.column("id")
            .filter(pc.is_in(batch.column("text_hash"), value_set=known, skip_nulls=True))
            .to_pylist()
        ]

    def _ids(self) -> pa.Array[Any]:
        ids = [pq.read_table(path, columns=["id"])["id"] for path in self._signatures()]
        return pa.concat_arrays([pa.array([], pa.string()), *(c for i in ids for c in i.chunks)])

    def _signatures(self) -> list[Path]:
        return sorted((self._current / "signatures").glob("*.parquet"))

    def _every(self) -> list[Path]:
        return sorted(self.folder.glob("*/signatures/*.parquet"))

    @property
    def _current(self) -> Path:
        return self.folder / hashlib.sha256(definition(DedupConfig())).hexdigest()[:12]

    def _index(self) -> Index:
        folder = self._current / "index"
        there = (folder / "index.json").is_file()
        return Index.open(folder) if there else Index.create(folder)

    @contextmanager
    def _written(self, texts: pa.Table) -> Iterator[Path]:
        with scratch_folder(self.scratch) as folder:
            path = folder / "texts.parquet"
            with ShardWriter(path, TEXTS) as writer:
                writer.write_table(texts.select(TEXTS.names).cast(TEXTS))
            yield path


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A folder that is removed after use, and by the next build where a kill left it."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".", suffix=TEMPORARY_SUFFIX) as name:
        yield Path(name)


def _texts(documents: Path, ids: pa.Array[Any] | None) -> pa.Table:
    """The documents with these ids, or all; of one that is there twice the first."""
    parts = [TEXTS.empty_table()]
    for batch in iter_batches(documents, TEXTS.names):
        mine = batch if ids is None else batch.filter(pc.is_in(batch.column("id"), value_set=ids))
        parts.append(pa.Table.from_batches([mine]).cast(TEXTS))
    return first_of_each(pa.concat_tables(parts))


def first_of_each(texts: pa.Table) -> pa.Table:
    """The first row of each id."""
    numbered = texts.append_column("number", pa.array(range(texts.num_rows), pa.int64()))
    first = numbered.group_by("id", use_threads=False).aggregate([("number", "min")])
    return texts.take(first["number_min"])


def _is(column: Any, value: str) -> Any:
    return pc.fill_null(pc.equal(column, pa.scalar(value)), False)
