"""Documents that hold an excerpt, also one much shorter than they: containment of word shingles.

Sampled shingles name the candidates, whose texts are then read and compared. An excerpt of too few
sampled shingles is compared with every text, which is as right and slower.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.shards import iter_batches
from kaz_datasets.words import count_words
from kaz_dedup import shingle_hashes
from kaz_flows.lookup import Lookup, sampled

SIMILAR: Final = 0.8
"""Share of an excerpt's word shingles that a document must hold: the threshold of duplicates."""
FEWEST_WORDS: Final = 8
"""Words of an excerpt: fewer are a common phrase."""
ENOUGH: Final = 8
"""Sampled shingles from which candidates are believed. A document that holds 80 % of the excerpt
shares fewer than a third of 8 (that is, 0 to 2) with probability .0012; one that holds all of it
shares all."""
_ROWS: Final = 512

Hashes = npt.NDArray[np.uint64]


def documents_with(excerpt: str, shards: Sequence[Path], lookup: Lookup) -> Iterator[str]:
    """Ids of the documents that hold most of the excerpt. Raises BadConfiguration."""
    if count_words(excerpt) < FEWEST_WORDS:
        raise BadConfiguration(f"an excerpt has at least {FEWEST_WORDS} words: give more of it")
    (wanted,) = shingle_hashes([excerpt])
    sample = sampled(wanted)
    seen: set[str] = set()
    for shard in shards:
        rows = _candidates(sample, lookup.sketch(shard)) if len(sample) >= ENOUGH else None
        for name in _holding(wanted, shard, rows):
            if name not in seen:
                seen.add(name)
                yield name


def _candidates(sample: Hashes, sketch: Path) -> npt.NDArray[np.int64]:
    """Numbers of the rows that share at least a third of the sampled shingles, ascending."""
    found: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    for batch in iter_batches(sketch, rows=1 << 20):
        shared = np.isin(batch.column("shingle").to_numpy(), sample)
        found.append(batch.column("row").to_numpy()[shared])
    rows, counts = np.unique(np.concatenate(found), return_counts=True)
    return rows[counts * 3 >= len(sample)]


def _holding(wanted: Hashes, shard: Path, rows: npt.NDArray[np.int64] | None) -> Iterator[str]:
    if rows is not None and not len(rows):
        return
    first = 0
    for batch in iter_batches(shard, ["id", "text"], rows=_ROWS):
        chosen: Any = batch
        if rows is not None:
            start, end = np.searchsorted(rows, [first, first + batch.num_rows])
            chosen = batch.take(rows[start:end] - first)
        first += batch.num_rows
        if not chosen.num_rows:
            continue
        hashes = shingle_hashes(chosen.column("text"))
        for name, shingles in zip(chosen.column("id").to_pylist(), hashes, strict=True):
            if np.isin(wanted, shingles, assume_unique=True).mean() >= SIMILAR:
                yield str(name)
