"""Millions of synthetic signatures clustered in bounded memory: seconds and megabytes.

`python -m benchmarks.dedup.scale [MILLIONS ...]`, 10 and 30 by default; 2 threads. Nine in ten
signatures are of families whose members share each band with the probability that documents of
similarity .85 have; they carry no text, so each shared band ties. *Own* memory is what the process
alone must have (anonymous pages); the rest of the resident set is code and pages of files. The
limit on own memory is enforced (RLIMIT_DATA), not only watched.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from benchmarks.environments import CACHE
from benchmarks.tables import print_table

from kaz_datasets.shards import ShardWriter
from kaz_dedup import DedupConfig
from kaz_dedup.clusters import find_clusters
from kaz_dedup.signatures import signature_schema

LIMIT = 8 << 30
ROWS_PER_SHARD = 1_000_000
SHARED = 0.85**7
CONFIG = DedupConfig(verify=False, threads=2, range_rows=1_000_000)


def main() -> None:
    """Make the signatures, cluster them in a process of its own, print."""
    if sys.argv[1:2] == ["--one"]:
        _cluster(Path(sys.argv[2]), int(sys.argv[3]))
        return
    rows = []
    for millions in [int(word) for word in sys.argv[1:]] or [10, 30]:
        folder = CACHE / f"scale-{millions}"
        shutil.rmtree(folder, ignore_errors=True)
        _make(folder, millions)
        command = [
            sys.executable,
            "-m",
            "benchmarks.dedup.scale",
            "--one",
            str(folder),
            str(millions),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        found = json.loads(done.stdout.splitlines()[-1])
        rows.append([f"{millions} million", *found.values()])
        shutil.rmtree(folder)
    title = f"Clustered on 2 threads, {CONFIG.range_rows:,} documents a range"
    columns = ["signatures", "seconds", "own memory, MB", "with file pages, MB", "clusters"]
    print_table(title, columns, rows)


def _make(folder: Path, millions: int) -> None:
    folder.mkdir(parents=True)
    draw = np.random.default_rng(5)
    bands, _ = CONFIG.bands
    schema = signature_schema(pa.string(), CONFIG)
    families = ROWS_PER_SHARD * millions // 3
    for shard in range(millions):
        rows = ROWS_PER_SHARD
        family = draw.integers(0, families, rows).astype(np.uint64)
        family[draw.random(rows) < 0.1] = np.uint64(families + shard)  # one large bucket a shard
        numbers = np.arange(shard * rows, (shard + 1) * rows, dtype=np.uint64)
        columns = [
            pa.array([f"{number:032x}" for number in _mixed(numbers).tolist()]),
            pa.array(np.arange(rows)),
            pa.nulls(rows, pa.binary(16)),
            pa.array(draw.integers(50, 2_000, rows)),
            *(pa.array(np.zeros(rows, kind)) for kind in (np.uint8, np.uint8, np.float32)),
            pa.nulls(rows, schema.field("retrieved_at").type),
        ]
        for band in range(bands):
            own = draw.random(rows) >= SHARED
            key = np.where(own, numbers + np.uint64(1 << 40), family) * np.uint64(bands)
            columns.append(pa.array(_mixed(key + np.uint64(band))))
        with ShardWriter(folder / f"{shard:04}.parquet", schema) as writer:
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


def _cluster(folder: Path, millions: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
    shards = sorted(folder.glob("*.parquet"))
    assert len(shards) == millions
    watch = _Watch()
    start = time.perf_counter()
    clusters = find_clusters(shards, [], folder / "out" / "clusters.parquet", CONFIG)
    seconds = time.perf_counter() - start
    own, whole = watch.stop()
    found = {"seconds": f"{seconds:.0f}", "own": f"{own:.0f}", "whole": f"{whole:.0f}"}
    print(json.dumps({**found, "clusters": f"{clusters:,}"}))


class _Watch(threading.Thread):
    """Looks at this process's memory four times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._done = threading.Event()
        self._own = self._whole = 0.0
        self.start()

    def run(self) -> None:
        while not self._done.wait(0.25):
            lines = Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii").splitlines()
            found = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith(" kB")}
            self._own = max(self._own, int(found["RssAnon"]) / 1e3)
            self._whole = max(self._whole, int(found["VmHWM"]) / 1e3)

    def stop(self) -> tuple[float, float]:
        """The largest own and whole resident sets, in megabytes."""
        self._done.set()
        self.join()
        return self._own, self._whole


if __name__ == "__main__":
    main()
