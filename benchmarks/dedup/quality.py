"""Recall and precision of the default parameters against exact all-pairs similarity.

`python -m benchmarks.dedup.quality [DOCUMENTS]`. Also: the clusters of 1, 7 and 64 shards of the
shuffled input are the same.
"""

from __future__ import annotations

import random
import sys
import tempfile
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.dedup.corpus import SCHEMA, documents
from benchmarks.dedup.exact_pairs import similar_pairs
from benchmarks.tables import print_table

from kaz_dedup import DedupConfig
from kaz_dedup.tool import dedup_files

SHARDS = (1, 7, 64)


def main() -> None:
    """Deduplicate, compare with the truth, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rows = list(islice(documents(1 << 62, random.Random(20)), count))
    threshold = DedupConfig().threshold
    left, right, similarity = similar_pairs([row["text"] for row in rows], 0.5)
    results = [_clusters(rows, shards, seed) for seed, shards in enumerate(SHARDS)]
    found = results[0]
    place = {row["id"]: i for i, row in enumerate(rows)}
    cluster = np.array([place[found[row["id"]][0]] for row in rows])
    together = cluster[left] == cluster[right]
    table = []
    for low, high in ((0.5, 0.7), (0.7, 0.8), (0.8, 0.85), (0.85, 0.9), (0.9, 0.95), (0.95, 1.01)):
        band = (similarity >= low) & (similarity < high)
        share = f"{together[band].mean():.4f}" if band.any() else "-"
        table.append([f"{low:.2f} to {min(high, 1):.2f}", int(band.sum()), share])
    above = similarity >= threshold
    table.append([f"at least {threshold}", int(above.sum()), f"{together[above].mean():.4f}"])
    print_table(f"Pairs found, of {count} documents", ["Jaccard", "pairs", "in one cluster"], table)
    dropped = {row["id"]: found[row["id"]][1] for row in rows if found[row["id"]][1] != row["id"]}
    true = {
        (int(a), int(b)) for a, b, enough in zip(left, right, above, strict=True) if bool(enough)
    }
    pairs = [tuple(sorted((place[one], place[other]))) for one, other in dropped.items()]
    right_ones = sum(pair in true for pair in pairs)
    print(f"\ndropped: {len(pairs)}, as similar to their keeper as promised: {right_ones}")
    same = all(result == found for result in results)
    print(f"clusters of {', '.join(map(str, SHARDS))} shards of shuffled input equal: {same}")
    if not same or right_ones < len(pairs):
        sys.exit(1)


def _clusters(rows: list[dict[str, str]], shards: int, seed: int) -> dict[str, tuple[str, str]]:
    """Cluster and keeper of every document, from so many shards of the shuffled rows."""
    shuffled = random.Random(seed).sample(rows, len(rows))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for number in range(shards):
            paths.append(folder / f"in-{number:03}.parquet")
            pq.write_table(pa.Table.from_pylist(shuffled[number::shards], SCHEMA), paths[-1])
        dedup_files(paths, folder / "out")
        table = pq.read_table(folder / "out" / "clusters.parquet").to_pylist()
    return {row["id"]: (row["cluster_id"], row["keeper"]) for row in table}


if __name__ == "__main__":
    main()
