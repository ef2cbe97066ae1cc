"""Recall and precision of the default parameters against exact all-pairs similarity.

`python -m benchmarks.dedup.quality [DOCUMENTS]`. Also: the clusters of 1, 7 and 64 shards of the
shuffled input are the same.
"""

from __future__ import annotations

import random
import sys
import tempfile
import tomllib
from dataclasses import dataclass
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
FLOORS = Path(__file__).parent / "floors.toml"


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What was found of the pairs that exact comparison of all pairs finds."""

    recall: float
    """Of pairs at the threshold and above, the share in one cluster."""
    precision: float
    """Of dropped documents, the share that is as alike to its keeper as promised."""
    dropped: int
    same_clusters: bool
    """Whether all numbers of shards gave the same clusters and keepers."""
    table: list[list[object]]


def main() -> None:
    """Deduplicate, compare with the truth, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["quality"]
    found = measure(count)
    columns = ["Jaccard", "pairs", "in one cluster"]
    print_table(f"Pairs found, of {count} documents", columns, found.table)
    print(f"\nrecall {found.recall:.4f}, dropped {found.dropped}, precision {found.precision:.4f}")
    shards = ", ".join(map(str, SHARDS))
    print(f"clusters of {shards} shards of shuffled input equal: {found.same_clusters}")
    missed = found.recall < floors["recall"] or found.precision < floors["precision"]
    if missed or not found.same_clusters:
        sys.exit(f"floors missed: {floors}")


def measure(count: int) -> Quality:
    """Compare the default parameters with all pairs of so many composed documents."""
    rows = list(islice(documents(1 << 62, random.Random(20)), count))
    threshold = DedupConfig().threshold
    left, right, similarity = similar_pairs([row["text"] for row in rows], 0.5)
    results = [_clusters(rows, shards, seed) for seed, shards in enumerate(SHARDS)]
    found = results[0]
    place = {row["id"]: i for i, row in enumerate(rows)}
    cluster = np.array([place[found[row["id"]][0]] for row in rows])
    together = cluster[left] == cluster[right]
    table: list[list[object]] = []
    for low, high in ((0.5, 0.7), (0.7, 0.8), (0.8, 0.85), (0.85, 0.9), (0.9, 0.95), (0.95, 1.01)):
        band = (similarity >= low) & (similarity < high)
        share = f"{together[band].mean():.4f}" if band.any() else "-"
        table.append([f"{low:.2f} to {min(high, 1):.2f}", int(band.sum()), share])
    above = similarity >= threshold
    true = {
        (int(a), int(b)) for a, b, enough in zip(left, right, above, strict=True) if bool(enough)
    }
    dropped = {row["id"]: found[row["id"]][1] for row in rows if found[row["id"]][1] != row["id"]}
    pairs = [tuple(sorted((place[one], place[other]))) for one, other in dropped.items()]
    return Quality(
        recall=float(together[above].mean()),
        precision=sum(pair in true for pair in pairs) / len(pairs),
        dropped=len(pairs),
        same_clusters=all(result == found for result in results),
        table=table,
    )


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
