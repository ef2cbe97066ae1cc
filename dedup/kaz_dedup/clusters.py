"""Signatures → clusters: which documents are one and the same, and which of them stays.

Documents of equal text are one at once. For the others each band names candidates, whose shingle
sets are compared exactly; what is as alike as the threshold is united. The result depends on the
documents and the configuration alone, never on shards, their order or that of their rows.

Whatever grows with the corpus lies in nameless files, with checksums: the memory a process must
have is that of one range of `range_rows` documents, times its threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import Corrupt, WrongUse
from kaz_datasets.progress import Progress, silent
from kaz_datasets.shards import ShardWriter
from kaz_dedup.blocks import BlockFile, Spill, disk_array, ranges_for
from kaz_dedup.buckets import Buckets, equal_texts, find_buckets, in_threads
from kaz_dedup.linking import count_members, elect_keepers, flatten, link_equal, unite
from kaz_dedup.nodes import Integers, Nodes, load_nodes
from kaz_dedup.pairs import Pairs, compare
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.shard_labels import shard_labels
from kaz_dedup.shingle_store import ShingleStore, shingle_store

MOST_KEEPERS: Final = 256
"""Bounds the work in a cluster of chained, mutually unlike documents (lists, tables)."""

_ROWS_PER_TABLE = 65_536


@dataclass(frozen=True, kw_only=True)
class _Clustering:
    """The cluster (its smallest node) of each node and its size, keeper, likeness with it."""

    sets: Integers
    clusters: Integers
    sizes: npt.NDArray[np.int32]
    keepers: Integers
    similarities: npt.NDArray[np.float64]


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
    pairs: Path | None = None,
) -> int:
    """Write one row for every distinct id, in the order of ids; return how many clusters there are.

    `signatures[i]` are those of `documents[i]`; without verification there need not be documents.
    A document is kept if it is its own keeper: of a cluster the first by the configuration's rule.
    A member of a cluster that is less alike than the threshold to the keeper is a keeper too, so
    that every dropped document is as alike to its keeper as promised. `pairs` takes each pair of
    unequal texts that was compared, its similarity and the verdict.
    Raises WrongUse, RepeatedId, NotFound, Corrupt and DiskFull.
    """
    unread = not documents and not config.verify
    if not signatures or (len(signatures) != len(documents) and not unread):
        raise WrongUse(
            f"{len(signatures)} signature shards for {len(documents)} document shards:"
            " give one for each, at least one"
        )
    folder = clusters.parent
    folder.mkdir(parents=True, exist_ok=True)
    nodes = load_nodes(signatures, documents, config, unique_ids, folder)
    parents = disk_array(folder, len(nodes), np.int64)
    parents[:] = np.arange(len(nodes))
    for members, starts in equal_texts(nodes, folder, config.range_rows):
        link_equal(parents, members, starts)
    flatten(parents)
    sets = disk_array(folder, len(nodes), np.int64)
    sets[:] = parents  # of documents of equal text, the first speaks for all
    with BlockFile(folder) as bucket_file, BlockFile(folder) as pair_file:
        buckets = Buckets(bucket_file)
        wanted = _find_buckets(signatures, nodes, sets, config, folder, buckets, progress)
        compared = Pairs(pair_file, len(nodes), config.range_rows)
        with shingle_store(
            folder, documents, nodes, wanted, config.shingle_words, (id, text), progress
        ) as store:
            _link_bands(buckets, parents, store, compared, config, progress)
            found = _elect(nodes, sets, parents, store, config, folder)
        if pairs is not None:
            compared.write(pairs, nodes.ids, config.threshold)
    _write(clusters, nodes, found, documents or signatures)
    return sum(
        int((found.clusters[start : start + _ROWS_PER_TABLE] == here).sum())
        for start in range(0, len(nodes), _ROWS_PER_TABLE)
        for here in [np.arange(start, min(start + _ROWS_PER_TABLE, len(nodes)))]
    )


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


def _find_buckets(
    signatures: Sequence[Path],
    nodes: Nodes,
    sets: Integers,
    config: DedupConfig,
    folder: Path,
    buckets: Buckets,
    progress: Progress,
) -> npt.NDArray[np.bool_]:
    """Fill `buckets`; which nodes must be compared with others."""
    wanted = disk_array(folder, len(nodes), np.bool_)
    bands, _ = config.bands
    for band in range(bands):
        find_buckets(signatures, nodes, sets, wanted, config, folder, buckets, band)
        progress(band + 1, bands, "bands sorted")
    return wanted if config.verify else np.zeros_like(wanted)


def _link_bands(
    buckets: Buckets,
    parents: Integers,
    store: ShingleStore,
    compared: Pairs,
    config: DedupConfig,
    progress: Progress,
) -> None:
    bands, _ = config.bands
    for band in range(bands):
        if not config.verify:
            for members, starts in buckets.of_band(band):
                link_equal(parents, members, starts)
        else:
            _link_alike(buckets, band, parents, store, compared, config)
        flatten(parents)
        progress(band + 1, bands, "bands compared")


def _link_alike(
    buckets: Buckets,
    band: int,
    parents: Integers,
    store: ShingleStore,
    compared: Pairs,
    config: DedupConfig,
) -> None:
    """Compare with the clusters of the bands before, then unite: no order inside a band counts."""

    def work(block: tuple[Integers, Integers]) -> Any:
        return compare(parents, *block, store, config)

    alike = []
    for ones, others, similarities in in_threads(work, buckets.of_band(band), config.threads):
        compared.add(ones, others, similarities)
        near = similarities >= config.threshold
        alike.append((ones[near], others[near]))
    for ones, others in alike:
        unite(parents, ones, others)


def _elect(
    nodes: Nodes,
    sets: Integers,
    clusters: Integers,
    store: ShingleStore,
    config: DedupConfig,
    folder: Path,
) -> _Clustering:
    count = len(nodes)
    sizes = disk_array(folder, count, np.int32)
    count_members(clusters, sizes)
    keepers = disk_array(folder, count, np.int64)
    keepers[:] = np.arange(count)
    similarities = disk_array(folder, count, np.float64)
    similarities[:] = 1.0
    keeper_of_set = disk_array(folder, count, np.int64)
    keeper_of_set[:] = -1
    threshold = config.threshold if config.verify else 0.0
    for members in _by_cluster(clusters, sizes, folder, config.range_rows):
        order = nodes.keeper_order(members, clusters[members], config.keeper)
        contained = config.measure == "containment"
        if not elect_keepers(
            order, clusters, sets, *store, threshold, contained, MOST_KEEPERS, keeper_of_set,
            keepers, similarities,
        ):  # fmt: skip
            raise Corrupt("the intermediate file of shingles is damaged: check the disk, run again")
    return _Clustering(
        sets=sets, clusters=clusters, sizes=sizes, keepers=keepers, similarities=similarities
    )


def _by_cluster(
    clusters: Integers, sizes: npt.NDArray[np.int32], folder: Path, range_rows: int
) -> Iterator[Integers]:
    """The nodes that have company, ascending, range by range of whole clusters."""
    scale = np.uint64((1 << 64) // max(len(clusters), 2))
    with BlockFile(folder) as file:
        spill = Spill(file, ranges_for(len(clusters), range_rows), 2)
        for start in range(0, len(clusters), 1 << 18):
            roots = clusters[start : start + (1 << 18)]
            here = np.flatnonzero(sizes[roots] > 1)
            spill.append(roots[here].astype(np.uint64) * scale, here + start)
        for part in range(spill.ranges):
            yield np.sort(spill.read(part)[:, 1].astype(np.int64))


def _write(path: Path, nodes: Nodes, found: _Clustering, documents: Sequence[Path]) -> None:
    schema = clusters_schema(nodes.ids.type)
    labels = pa.array(shard_labels(documents), pa.string())
    with ShardWriter(path, schema) as shard:
        for start in range(0, len(nodes), _ROWS_PER_TABLE):
            part = slice(start, min(start + _ROWS_PER_TABLE, len(nodes)))
            shard.write_table(_rows(part, nodes, found, labels).cast(schema))


def _rows(part: slice, nodes: Nodes, found: _Clustering, labels: pa.Array[Any]) -> pa.Table:
    once = pa.array(nodes.copies[part] == 1)
    elected = nodes.elected[part]
    shards = np.searchsorted(nodes.first_rows, elected, side="right") - 1
    rows = pa.array(elected - nodes.first_rows[shards])
    columns = {
        "id": nodes.ids.part(part.start, part.stop),
        "cluster_id": nodes.ids.take(found.clusters[part]),
        "keeper": nodes.ids.take(found.keepers[part]),
        "similarity": pa.array(found.similarities[part]),
        "exact": pa.array(found.sets[part] == found.sets[found.keepers[part]]),
        "cluster_size": pa.array(found.sizes[found.clusters[part]]),
        "shard": pc.if_else(once, None, labels.take(shards)),
        "row": pc.if_else(once, None, rows),
    }
    return pa.table(columns)
