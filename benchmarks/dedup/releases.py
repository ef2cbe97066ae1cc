"""A release with 5 % new documents against the index, beside a full run over everything.

`python -m benchmarks.dedup.releases [MEGABYTES]`. Both in one process, CPU time, compiled before.
The incremental run opens the index with every checksum, compares and adds. Clusters must be those
of the full run. Ends with an error where they are not, or where it costs more than the floor.
"""

from __future__ import annotations

import shutil
import sys
import time
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.dedup.corpus import composed_corpus
from benchmarks.dedup.quality import FLOORS
from benchmarks.environments import CACHE
from benchmarks.tables import print_table

from kaz_dedup import Index
from kaz_dedup.tool import dedup_files

NEW = 20  # every twentieth document
ROUNDS = 3


def main() -> None:
    """Index the old, add the new, run over all; compare clusters and seconds."""
    floor = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["releases"]["cost"]
    shards = composed_corpus(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    folder = CACHE / "releases"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pa.set_cpu_count(1)
    table = pa.concat_tables([pq.read_table(shard) for shard in shards])
    is_new = [row % NEW == 0 for row in range(len(table))]
    old = _written(table.filter(pa.array([not new for new in is_new])), folder / "old.parquet")
    new = _written(table.filter(pa.array(is_new)), folder / "new.parquet")
    start = time.process_time()
    Index.create(folder / "index").add("1.0.0", [old])
    first = time.process_time() - start
    full, added = [], []
    for number in range(ROUNDS):
        full.append(_timed(lambda: dedup_files([old, new], folder / "out")))
        copy = folder / f"index-{number}"
        shutil.copytree(folder / "index", copy)
        added.append(_timed(lambda copy=copy: Index.open(copy).add("1.1.0", [new])))
    costs = sorted(one / whole for one, whole in zip(added, full, strict=True))
    cost = costs[len(costs) // 2]
    index = Index.open(folder / f"index-{ROUNDS - 1}")
    same = _partition(index.clusters()) == _partition(
        pq.read_table(folder / "out" / "clusters.parquet", columns=["id", "cluster_id"])
    )
    size = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
    rows = [
        ["full run over old and new", f"{sorted(full)[ROUNDS // 2]:.2f}", "1"],
        ["first release into the index", f"{first:.2f}", ""],
        ["index opened, new release added", f"{sorted(added)[ROUNDS // 2]:.2f}", f"{cost:.3f}"],
    ]
    title = f"{len(table)} documents, {sum(is_new)} of them new, index of {size / 1e6:.0f} MB"
    print_table(title, ["", "CPU seconds (median)", "of a full run"], rows)
    print(f"\nclusters are those of the full run: {same}")
    shutil.rmtree(folder)
    if not same or cost > floor:
        sys.exit(f"floor missed: cost {cost:.3f}, at most {floor}; same clusters: {same}")


def _written(table: pa.Table, path: Path) -> Path:
    pq.write_table(table, path, compression="zstd")
    return path


def _timed(work: object) -> float:
    assert callable(work)
    start = time.process_time()
    work()
    return time.process_time() - start


def _partition(table: pa.Table) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in table.to_pylist():
        found.setdefault(row["cluster_id"], set()).add(row["id"])
    return {frozenset(members) for members in found.values()}


if __name__ == "__main__":
    main()
