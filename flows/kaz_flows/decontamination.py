"""Decontamination: documents that hold passages of evaluation sets, found by word n-grams.

A set is kept as the hashes of its n-grams, never as its text, so that it can be shipped with a
workspace and so that a corpus that is searched for test sets does not spread them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from kaz_datasets.errors import BadConfiguration, Corrupt
from kaz_datasets.files import atomic_path
from kaz_datasets.release.admission import Barred
from kaz_datasets.release.layout import data_paths, removed_paths
from kaz_datasets.release.removed_rows import read_removed_rows
from kaz_datasets.shards import ShardWriter, iter_batches, open_shard
from kaz_datasets.words import count_words
from kaz_dedup import DedupConfig, shingle_hashes
from kaz_flows.evaluation_texts import strings_of

Hashes = npt.NDArray[np.uint64]

OVERLAP: Final = "benchmark-overlap"
WORDS: Final = 13
"""Words of an n-gram: as in Brown et al. (2020), "Language models are few-shot learners", C."""
_BATCH: Final = 512
_COLUMN: Final = "ngram"
_ABOUT: Final = b"kazcorpus.evaluation-set"


@dataclass(frozen=True, kw_only=True)
class EvaluationSet:
    """The hashes of one set's n-grams, ascending."""

    name: str
    hashes: Hashes

    def write(self, path: Path) -> None:
        """Write the hashes as one column of Parquet, the same bytes for the same set."""
        about: dict[bytes | str, bytes | str] = {
            _ABOUT: json.dumps({"name": self.name, "words": WORDS}).encode()
        }
        schema = pa.schema([pa.field(_COLUMN, pa.uint64(), nullable=False)], metadata=about)
        with atomic_path(path) as temporary:
            pq.write_table(
                pa.table([pa.array(self.hashes)], schema=schema), temporary, compression="zstd"
            )

    @classmethod
    def read(cls, path: Path) -> EvaluationSet:
        """Read what `write` wrote. Raises Corrupt."""
        try:
            table = pq.read_table(path)
            about = json.loads((table.schema.metadata or {})[_ABOUT])
            hashes = table[_COLUMN].to_numpy()
        except (KeyError, ValueError, TypeError, OSError, pa.ArrowException) as error:
            raise Corrupt(
                f"{path} holds no n-grams ({error}): make it with `kazcorpus decontaminate`"
            ) from error
        if about["words"] != WORDS:
            raise Corrupt(f"{path} has n-grams of {about['words']} words: make it again")
        return cls(name=str(about["name"]), hashes=hashes)


def hash_set(name: str, files: Sequence[Path]) -> EvaluationSet:
    """The n-grams of all strings in some files (JSONL, JSON, CSV, TSV, Parquet), at any depth.

    Strings of fewer than 13 words have none. Raises NotFound and BadConfiguration.
    """
    found: list[Hashes] = []
    batch: list[str] = []
    for text in strings_of(files):
        batch.append(text)
        if len(batch) == _BATCH:
            found.append(_ngrams(batch))
            batch = []
    found.append(_ngrams(batch))
    hashes = np.unique(np.concatenate(found))
    if not len(hashes):
        raise BadConfiguration(f"{name} has no text of {WORDS} words: nothing can be found by it")
    return EvaluationSet(name=name, hashes=hashes)


def _ngrams(texts: Sequence[str]) -> Hashes:
    if not texts:
        return np.empty(0, np.uint64)
    hashes = shingle_hashes(list(texts), _config())
    # a text of fewer words has one shingle, of the whole of it: too common to prove anything
    whole = [found for text, found in zip(texts, hashes, strict=True) if count_words(text) >= WORDS]
    return np.concatenate([np.empty(0, np.uint64), *whole])


def _config() -> DedupConfig:
    return DedupConfig(shingle_words=WORDS)


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """A document that holds n-grams of a set."""

    id: str
    set: str
    ngrams: int


def overlaps_of_release(release: Path, sets: Sequence[EvaluationSet]) -> list[Overlap]:
    """Such documents of a release; rows that it removed stay in its older files, and are none."""
    removed = set(read_removed_rows(removed_paths(release))["id"].to_pylist())
    return [found for found in overlaps(data_paths(release), sets) if found.id not in removed]


def overlaps(shards: Sequence[Path], sets: Sequence[EvaluationSet]) -> Iterator[Overlap]:
    """Every document of `shards` that holds an n-gram of a set, once for each set."""
    if not sets:
        return
    for path in shards:
        for batch in iter_batches(path, ["id", "text"], rows=_BATCH):
            texts = [str(text) for text in batch.column("text").to_pylist()]
            hashes = shingle_hashes(texts, _config())
            for name, found in zip(batch.column("id").to_pylist(), hashes, strict=True):
                for known in sets:
                    shared = int(np.isin(found, known.hashes, assume_unique=True).sum())
                    if shared:
                        yield Overlap(id=str(name), set=known.name, ngrams=shared)


def flag_shard(shard: Path, target: Path, found: Sequence[Overlap]) -> None:
    """Copy a shard; rows that hold n-grams say how many, as a measure of their `quality`."""
    counts: dict[str, int] = {}
    for overlap in found:
        counts[overlap.id] = max(overlap.ngrams, counts.get(overlap.id, 0))
    with open_shard(shard) as opened:
        schema = opened.schema_arrow
    with ShardWriter(target, schema) as writer:
        for batch in iter_batches(shard):
            ids = [str(name) for name in batch.column("id").to_pylist()]
            marks = [
                [{"rule": OVERLAP, "value": counts[name]}] if name in counts else [] for name in ids
            ]
            rows = batch.column("quality").to_pylist()
            quality = [[*(row or []), *mark] for row, mark in zip(rows, marks, strict=True)]
            place = schema.get_field_index("quality")
            changed = pa.array(quality, schema.field("quality").type)
            table = pa.Table.from_batches([batch])
            writer.write_table(table.set_column(place, schema.field("quality"), changed))


def flagged(shards: Sequence[Path]) -> dict[str, int]:
    """The documents that say that they hold n-grams of an evaluation set, and how many."""
    found: dict[str, int] = {}
    for path in shards:
        for batch in iter_batches(path, ["id", "quality"]):
            for row in batch.to_pylist():
                for measure in row["quality"] or ():
                    if measure["rule"] == OVERLAP:
                        found[str(row["id"])] = int(measure["value"])
    return found


def sets_of(folder: Path) -> list[EvaluationSet]:
    """The sets whose hashes lie in a folder. Raises Corrupt."""
    return [EvaluationSet.read(path) for path in sorted(folder.glob("*.parquet"))]


def barred_by(found: Sequence[Overlap]) -> Barred:
    """The documents kept out, each with the set that it overlaps with most."""
    ids: dict[str, tuple[str, str]] = {}
    most: dict[str, int] = {}
    for overlap in found:
        if overlap.ngrams > most.get(overlap.id, 0):
            most[overlap.id] = overlap.ngrams
            ids[overlap.id] = (OVERLAP, overlap.set)
    return Barred(ids=ids)
