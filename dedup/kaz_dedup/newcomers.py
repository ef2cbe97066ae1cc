"""Newcomers: the documents of a release before they are compared with those of the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import WrongUse
from kaz_datasets.shards import iter_batches
from kaz_dedup.errors import RepeatedId
from kaz_dedup.inputs import check_columns, parquet_of, paths_of
from kaz_dedup.kernel import band_keys, shingle_sets, signatures_of
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.ranks import NEVER, rank_columns, ranks
from kaz_dedup.shingle_store import ShingleStore
from kaz_dedup.signatures import column_types
from kaz_dedup.text_hashes import text_hashes
from kaz_dedup.texts import text_array, text_buffers
from kaz_dedup.words import Hashes, Integers

_ROWS_PER_BATCH = 4_096


@dataclass(frozen=True, kw_only=True)
class Newcomers:
    """Documents that are not in the index yet; one row each."""

    ids: pa.Array[Any]
    keys: Hashes
    hashes: Hashes
    words: Integers
    values: Hashes
    ends: Integers
    order: Integers
    """The rows, the one to keep first."""

    def __len__(self) -> int:
        return len(self.words)

    def store(self) -> ShingleStore:
        """Their shingle sets."""
        starts = np.concatenate([[0], self.ends[:-1]]).astype(np.int64)[: len(self)]
        totals = np.concatenate([[np.uint64(0)], np.cumsum(self.values, dtype=np.uint64)])
        return ShingleStore(
            self.values, starts, self.ends - starts, totals[self.ends] - totals[starts]
        )


def read_newcomers(
    paths: Sequence[str | Path], config: DedupConfig, text: str, id_column: str
) -> Newcomers:
    """Sign documents, Parquet or JSON lines, and keep their shingle sets.

    Raises as `sign_shard`, and RepeatedId.
    """
    with parquet_of(paths) as documents:
        check_columns(paths_of(paths), documents, (id_column, text))
        return _read_parquet(documents, config, text, id_column)


def _read_parquet(
    paths: Sequence[Path], config: DedupConfig, text: str, id_column: str
) -> Newcomers:
    bands, rows = config.bands
    ids: list[Any] = []
    parts: list[tuple[npt.NDArray[Any], ...]] = []
    facts: list[pa.Table] = []
    for path in paths:
        types = column_types(path)
        ranked = rank_columns(types, config)
        for batch in iter_batches(
            path, list(dict.fromkeys([id_column, text, *ranked])), rows=_ROWS_PER_BATCH
        ):
            buffers = text_buffers(text_array(batch.column(text)))
            minima, words = signatures_of(
                buffers, config.permutations, config.shingle_words, config.seed
            )
            values, ends = shingle_sets(buffers, config.shingle_words)
            raw = b"".join(found or bytes(16) for found in text_hashes(buffers))
            hashes = np.frombuffer(raw, np.uint64).reshape(-1, 2)
            sizes = np.diff(ends, prepend=0)
            parts.append((band_keys(minima, bands, rows), hashes, words, values, sizes))
            ids.append(batch.column(id_column))
            facts.append(pa.table(dict(zip("lcqt", ranks(batch, ranked, config), strict=True))))
    return _newcomers(ids, parts, facts, config)


def _newcomers(
    ids: list[Any],
    parts: list[tuple[npt.NDArray[Any], ...]],
    facts: list[pa.Table],
    config: DedupConfig,
) -> Newcomers:
    if not ids:
        raise WrongUse("no new documents: name at least one file with rows")
    named = pa.concat_arrays(ids)
    if pa.types.is_large_string(named.type) or pa.types.is_string_view(named.type):
        named = named.cast(pa.string())
    counts = named.value_counts()
    times = counts.field("counts").to_numpy()
    if (times > 1).any():
        repeated = counts.field("values")[int(np.argmax(times > 1))].as_py()
        raise RepeatedId(f"id {repeated!r} comes twice: make ids unique")
    keys, hashes, words, values, sizes = (
        np.concatenate([part[place] for part in parts]) for place in range(5)
    )
    table = pa.concat_tables(facts)
    seen: Any = table.column("t").cast(pa.int64())
    times = pc.fill_null(seen, int(NEVER)).to_numpy()
    sorts: list[npt.NDArray[Any]] = [pc.rank(named).to_numpy()]
    for name in reversed(config.keeper):
        if name == "licence":
            sorts.append(table.column("l").to_numpy())
        elif name == "completeness":
            sorts += [-words, -table.column("c").to_numpy().astype(np.int64)]
        elif name == "quality":
            sorts.append(-table.column("q").to_numpy())
        else:
            sorts.append(times if name == "oldest" else -times)
    return Newcomers(
        ids=named,
        keys=keys,
        hashes=hashes,
        words=words,
        values=values,
        ends=np.cumsum(sizes).astype(np.int64),
        order=np.lexsort(sorts),
    )
