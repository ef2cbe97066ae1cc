"""Signatures → clusters: which documents are one and the same, and which of them stays.

Documents of equal text are one at once. For the others each band names candidates, whose shingle
sets are compared exactly; what is as alike as the threshold is united. The result depends on the
documents and the configuration alone, never on shards, their order or that of their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import WrongUse
from kaz_datasets.progress import Progress, silent
from kaz_datasets.shards import ShardWriter
from kaz_dedup.linking import elect_keepers, link_alike, link_equal
from kaz_dedup.nodes import Integers, Nodes, load_nodes, read_band
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.shard_labels import shard_labels
from kaz_dedup.shingle_store import ShingleStore, shingle_store

MOST_KEEPERS: Final = 256
"""Bounds the work in a cluster of chained, mutually unlike documents (lists, tables)."""

_ROWS_PER_TABLE = 65_536


@dataclass(frozen=True, kw_only=True)
class _Clustering:
    """The cluster (its smallest node), keeper, and similarity with the keeper, of each node."""

    clusters: Integers
    keepers: Integers
    similarities: npt.NDArray[np.float64]
    exact: npt.NDArray[np.bool_]


def find_clusters(
    signatures: Sequence[Path],
    documents: Sequence[Path],
    clusters: Path,
    config: DedupConfig,
    progress: Progress = silent,
    *,
    text: str = "text",
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    unique_ids: bool = False,
) -> int:
    """Write one row for every distinct id, in the order of ids; return how many clusters there are.

    `signatures[i]` are those of `documents[i]`. A document is kept if it is its own keeper: of a
    cluster the one with more of title and date, then with more words, then retrieved earlier,
    then with the smaller id. A member of a cluster that is less alike than the threshold to the
    keeper is a keeper too, so that every dropped document is as alike to its keeper as promised.
    Raises WrongUse, RepeatedId, NotFound, Corrupt and DiskFull.
    """
    if not signatures or len(signatures) != len(documents):
        raise WrongUse(
            f"{len(signatures)} signature shards for {len(documents)} document shards:"
            " give one for each, at least one"
        )
    nodes = load_nodes(signatures, documents, config, unique_ids)
    parents = np.arange(len(nodes))
    link_equal(parents, *_equal_texts(nodes.text_hashes))
    sets = _roots(parents)  # of documents of equal text, the first speaks for all
    wanted = _candidates(signatures, nodes, sets, config)
    folder, columns = clusters.parent, (id, text)
    with shingle_store(
        folder, documents, nodes, wanted, config.shingle_words, columns, progress
    ) as store:
        _link_bands(signatures, nodes, sets, parents, store, config, progress)
        found = _elect(nodes, sets, parents, store, config)
    _write(clusters, nodes, found, documents)
    return int((found.clusters == np.arange(len(nodes))).sum())


def clusters_schema(id_type: pa.DataType) -> pa.Schema:
    """What `find_clusters` writes, one row for each distinct id."""
    docs = {
        "id": (id_type, "The document."),
        "cluster_id": (id_type, "The smallest id of its cluster."),
        "keeper": (id_type, "The document that is kept for it; itself if it is kept."),
        "similarity": (pa.float64(), "Exact Jaccard similarity with the keeper."),
        "exact": (pa.bool_(), "Whether the text equals the keeper's but for case and spaces."),
        "cluster_size": (pa.int32(), "How many distinct ids the cluster holds."),
        "shard": (pa.string(), "Where several rows carry the id: the shard of the one to keep,"),
        "row": (pa.int64(), "and its row there; null for an id that came once."),
    }
    return pa.schema(
        [
            pa.field(name, kind, name in ("shard", "row"), metadata={"doc": doc})
            for name, (kind, doc) in docs.items()
        ]
    )


def _equal_texts(hashes: npt.NDArray[np.uint64]) -> tuple[Integers, Integers]:
    """Nodes of equal text hash: the members of all buckets, and where each bucket starts."""
    here = np.flatnonzero(hashes.any(axis=1))
    order = here[np.lexsort((hashes[here, 1], hashes[here, 0]))]
    return _shared_only(order, (hashes[order[1:]] == hashes[order[:-1]]).all(axis=1))


def _band_buckets(
    keys: npt.NDArray[np.uint64], nodes: Nodes, sets: Integers
) -> tuple[Integers, Integers]:
    """Nodes that share a band, by number of words inside a bucket."""
    here = np.flatnonzero((nodes.words > 0) & (sets == np.arange(len(nodes))))
    order = here[np.lexsort((nodes.words[here], keys[here]))]
    return _shared_only(order, keys[order[1:]] == keys[order[:-1]])


def _shared_only(order: Integers, same: npt.NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Drop the buckets of one member; `same[i]` says whether members i and i + 1 share theirs."""
    if not len(order):
        return order, np.zeros(1, np.int64)
    same_as_before = np.concatenate([[False], same])
    same_as_next = np.concatenate([same, [False]])
    shared = same_as_before | same_as_next
    starts = np.flatnonzero(~same_as_before[shared])
    return order[shared], np.append(starts, shared.sum()).astype(np.int64)


def _roots(parents: Integers) -> Integers:
    while not np.array_equal(parents, parents[parents]):
        parents = parents[parents]
    return parents.copy()


def _candidates(
    signatures: Sequence[Path], nodes: Nodes, sets: Integers, config: DedupConfig
) -> npt.NDArray[np.bool_]:
    """Which nodes share a bucket with another one in any band."""
    wanted = np.zeros(len(nodes), np.bool_)
    for band in range(config.bands[0]):
        members, _ = _band_buckets(read_band(signatures, band, nodes), nodes, sets)
        wanted[members] = True
    return wanted


def _link_bands(
    signatures: Sequence[Path],
    nodes: Nodes,
    sets: Integers,
    parents: Integers,
    store: ShingleStore,
    config: DedupConfig,
    progress: Progress,
) -> None:
    bands, _ = config.bands
    for band in range(bands):
        members, starts = _band_buckets(read_band(signatures, band, nodes), nodes, sets)
        if config.verify:
            link_alike(parents, members, starts, *store, config.threshold, config.neighbours)
        else:
            link_equal(parents, members, starts)
        progress(band + 1, bands, "bands")


def _elect(
    nodes: Nodes, sets: Integers, parents: Integers, store: ShingleStore, config: DedupConfig
) -> _Clustering:
    clusters = _roots(parents)
    keepers, similarities = np.arange(len(nodes)), np.ones(len(nodes))
    threshold = config.threshold if config.verify else 0.0
    order = nodes.keeper_order(clusters)
    elect_keepers(order, clusters, sets, *store, threshold, MOST_KEEPERS, keepers, similarities)
    return _Clustering(
        clusters=clusters,
        keepers=keepers,
        similarities=similarities,
        exact=sets == sets[keepers],
    )


def _write(path: Path, nodes: Nodes, found: _Clustering, documents: Sequence[Path]) -> None:
    id_type = pa.string() if pa.types.is_large_string(nodes.ids.type) else nodes.ids.type
    schema = clusters_schema(id_type)
    sizes = np.bincount(found.clusters, minlength=len(nodes))
    labels = pa.array(shard_labels(documents), pa.string())
    with ShardWriter(path, schema) as shard:
        for start in range(0, len(nodes), _ROWS_PER_TABLE):
            part = slice(start, min(start + _ROWS_PER_TABLE, len(nodes)))
            shard.write_table(_rows(part, nodes, found, sizes, labels).cast(schema))


def _rows(
    part: slice, nodes: Nodes, found: _Clustering, sizes: Integers, labels: pa.Array[Any]
) -> pa.Table:
    once = pa.array(nodes.copies[part] == 1)
    elected = nodes.elected[part]
    shards = np.searchsorted(nodes.first_rows, elected, side="right") - 1
    rows = pa.array(elected - nodes.first_rows[shards])
    columns = {
        "id": nodes.ids.slice(part.start, part.stop - part.start),
        "cluster_id": nodes.ids.take(found.clusters[part]),
        "keeper": nodes.ids.take(found.keepers[part]),
        "similarity": pa.array(found.similarities[part]),
        "exact": pa.array(found.exact[part]),
        "cluster_size": pa.array(sizes[found.clusters[part]].astype(np.int32)),
        "shard": pc.if_else(once, None, labels.take(shards)),
        "row": pc.if_else(once, None, rows),
    }
    return pa.table(columns)
