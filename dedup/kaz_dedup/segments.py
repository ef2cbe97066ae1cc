"""Segments: what the index keeps of the documents of one release, in files with checksums.

A segment is a folder. `documents.parquet`: id, release, words, state, kept. `keys.npy`: for each
band, and last for the hashes of whole texts, the keys in ascending order, of shape (bands + 1,
documents); `places.npy`: whose they are. `hashes.npy`: the text hashes; `shingles.npy` and
`ends.npy`: the shingle sets; `clusters.npy`: the number of each document's cluster; `merges.npy`:
pairs of clusters that this release has made one. No text is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import TEMPORARY_SUFFIX, no_space_named, sync_file
from kaz_datasets.shards import ShardWriter, read_shard
from kaz_dedup.blocks import checksum
from kaz_dedup.words import Hashes, Integers

LIVE: Final = 0
BLOCKED: Final = 1
"""Taken down: no keeper any more, and neither it nor a near-copy may come back."""

_DOCUMENTS = "documents.parquet"
_ARRAYS = ("keys", "places", "hashes", "shingles", "ends", "clusters", "merges")

Checksums = Mapping[str, tuple[int, int]]
"""Of each file its size and checksum."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """The documents of one release, or of several that were compacted; arrays are mapped."""

    documents: pa.Table
    """`id`, `release`, `words`, `state` (`LIVE` or `BLOCKED`), `kept`."""
    keys: Hashes
    places: npt.NDArray[np.uint32]
    hashes: Hashes
    shingles: Hashes
    ends: Integers
    clusters: Integers
    merges: Integers

    def __len__(self) -> int:
        return len(self.clusters)

    def states(self) -> npt.NDArray[np.uint8]:
        """`LIVE` or `BLOCKED` of each document."""
        return self.documents.column("state").to_numpy()

    def sets(self, chosen: Integers) -> tuple[Hashes, Integers]:
        """The shingle sets of some documents, one after another, and where each ends."""
        starts = np.concatenate([[0], self.ends[:-1]])[chosen] if len(self) else chosen
        sizes = self.ends[chosen] - starts
        ends = np.cumsum(sizes)
        places = np.arange(int(sizes.sum())) + np.repeat(starts - (ends - sizes), sizes)
        return self.shingles[places], ends.astype(np.int64)

    def only(self, chosen: Integers) -> Segment:
        """A segment of some of its documents."""
        shingles, ends = self.sets(chosen)
        new_place = np.full(len(self), -1, np.int64)
        new_place[chosen] = np.arange(len(chosen))
        moved = new_place[self.places.astype(np.int64)]
        stays = moved >= 0
        bands = len(self.keys)
        return Segment(
            documents=self.documents.take(chosen),
            keys=self.keys[stays].reshape(bands, len(chosen)),
            places=moved[stays].reshape(bands, len(chosen)).astype(np.uint32),
            hashes=self.hashes[chosen],
            shingles=shingles,
            ends=ends,
            clusters=self.clusters[chosen],
            merges=self.merges,
        )


def make_segment(
    documents: pa.Table,
    band_keys: Hashes,
    hashes: Hashes,
    shingles: Hashes,
    ends: Integers,
    clusters: Integers,
    merges: Integers,
) -> Segment:
    """A segment whose keys are sorted here; `band_keys` is of shape (documents, bands)."""
    keys = np.column_stack([band_keys, hashes[:, :1]]).T
    words = documents.column("words").to_numpy()
    # A text without words shares no band; ~0 is looked up by nobody.
    keys = np.where((words == 0)[None, :] & (np.arange(len(keys)) < len(keys) - 1)[:, None],
                    ~np.uint64(0), keys)  # fmt: skip
    order = np.stack([np.lexsort((words, row)) for row in keys]) if len(words) else keys
    return Segment(
        documents=documents,
        keys=np.take_along_axis(keys, order.astype(np.int64), axis=1),
        places=order.astype(np.uint32),
        hashes=hashes,
        shingles=shingles,
        ends=ends,
        clusters=clusters,
        merges=merges,
    )


def joined(segments: list[Segment]) -> Segment:
    """One segment of several, documents in the same order."""
    first_places = np.cumsum([0, *(len(segment) for segment in segments)])
    first_shingles = np.cumsum([0, *(len(segment.shingles) for segment in segments)])
    keys = np.concatenate([segment.keys for segment in segments], axis=1)
    places = np.concatenate(
        [
            segment.places.astype(np.int64) + first
            for segment, first in zip(segments, first_places, strict=False)
        ],
        axis=1,
    )
    documents = pa.concat_tables([segment.documents for segment in segments])
    words = documents.column("words").to_numpy()
    order = np.stack(
        [np.lexsort((words[place], key)) for key, place in zip(keys, places, strict=True)]
    )
    return Segment(
        documents=documents,
        keys=np.take_along_axis(keys, order, axis=1),
        places=np.take_along_axis(places, order, axis=1).astype(np.uint32),
        hashes=np.concatenate([segment.hashes for segment in segments]),
        shingles=np.concatenate([segment.shingles for segment in segments]),
        ends=np.concatenate(
            [segment.ends + first for segment, first in zip(segments, first_shingles, strict=False)]
        ),
        clusters=np.concatenate([segment.clusters for segment in segments]),
        merges=np.concatenate([segment.merges for segment in segments]),
    )


def write_segment(folder: Path, segment: Segment) -> dict[str, tuple[int, int]]:
    """Write all files, whole or not at all; return their checksums. Raises DiskFull."""
    temporary = folder.with_name(f".{folder.name}{TEMPORARY_SUFFIX}")
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        with no_space_named(folder):
            with ShardWriter(temporary / _DOCUMENTS, segment.documents.schema) as shard:
                shard.write_table(segment.documents)
            for name in _ARRAYS:
                path = temporary / f"{name}.npy"
                np.save(path, getattr(segment, name))
                sync_file(path)
            found = {path.name: _measured(path) for path in sorted(temporary.iterdir())}
            temporary.replace(folder)
            sync_file(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return found


def read_segment(folder: Path, wanted: Checksums) -> Segment:
    """Map a segment after its files' checksums were found right. Raises Corrupt, with the file."""
    for name, (size, checked) in wanted.items():
        path = folder / name
        if not path.is_file() or _measured(path) != (size, checked):
            raise Corrupt(
                f"{path} is missing or damaged: bring the index back from a copy,"
                " or make it again from the releases"
            )
    arrays: dict[str, Any] = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r" if _has_data(folder, name) else None)
        for name in _ARRAYS
    }
    return Segment(
        documents=read_shard(folder / _DOCUMENTS),
        **{name: np.asarray(array) for name, array in arrays.items()},
    )


def _has_data(folder: Path, name: str) -> bool:
    """Whether the array is longer than its header: nothing cannot be mapped."""
    return (folder / f"{name}.npy").stat().st_size > 1 << 12


def _measured(path: Path) -> tuple[int, int]:
    size = path.stat().st_size
    raw = np.memmap(path, np.uint8, mode="r") if size else np.empty(0, np.uint8)
    return size, checksum(raw)
