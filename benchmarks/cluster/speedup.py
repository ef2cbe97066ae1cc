"""A build on Dask with 1, 2 and 4 worker processes, and here: the same bytes, in what time.

`python -m benchmarks.cluster.speedup [MEGABYTES] [WORKERS,…]`, 1,000 MB and 1,2,4 by default. The
corpus is composed of real Kazakh sentences and lies in WARC files as text records, so what is
measured is cleaning, dedup and the release, not extraction. All processes share this machine: a
speed-up past its cores cannot show, and what more workers than cores cost does.
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.cluster.corpus import archived, workspace_of
from benchmarks.environments import CACHE
from benchmarks.tables import print_table

from dask_cluster import DaskCluster
from kaz_datasets.release.row_index import index_rows
from kaz_datasets.workspace import Workspace
from kaz_flows.build import BuildResult, build
from kaz_flows.cluster.engine import runner_on
from kaz_flows.configuration import Configuration

STAGES = ("clean", "sign", "cluster", "keep")


class Clock:
    """When each stage began and ended, by what a build tells of its progress."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[float, float]] = {}
        self._ended: dict[str, tuple[float, float]] = {}

    def __call__(self, done: int, total: int | None, unit: str) -> None:
        """Note the time."""
        self._began.setdefault(unit, _now())
        self._ended[unit] = _now()

    def seconds(self, end: tuple[float, float], kind: int) -> dict[str, float]:
        """By stage, of the wall clock (0) or of processors (1); after the last is the release."""
        found = {stage: self._ended[stage][kind] - self._began[stage][kind] for stage in STAGES}
        return {**found, "release": end[kind] - self._ended[STAGES[-1]][kind]}


def _now() -> tuple[float, float]:
    """The wall clock, and what this process and those that it has seen end have computed."""
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter(), time.process_time() + others.ru_utime + others.ru_stime


def main() -> None:
    """Build once locally and once for each number of workers; print times and digests."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    words = sys.argv[2] if len(sys.argv) > 2 else "1,2,4"
    numbers = [int(word) for word in words.split(",") if word != "0"]
    archive = archived(megabytes)
    _measured(archived(1), 0)  # machine code is compiled once, not in the first run's time
    rows, digests, first = [], set(), None
    for workers in [*numbers, 0]:
        seconds, cpu, total, digest, result = _measured(archive, workers)
        first = first or total
        digests.add(digest)
        rows.append(
            [
                f"Dask, {workers}" if workers else f"local, {os.cpu_count()} cores",
                *(f"{spent:.0f}" for spent in seconds.values()),
                f"{total:.0f}",
                f"{first / total:.2f}",
                digest[:12],
            ]
        )
        print(f"# {rows[-1]}", flush=True)
    documents = result.funnel[0][1].entered
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    columns = ["workers", *STAGES, "release", "all s", "speed-up", "bytes"]
    print_table(
        f"{megabytes} MB of text, {documents:,} documents, {result.funnel[-1][1].kept:,} kept,"
        f" {os.cpu_count()} cores; client's peak {peak:.0f} MB",
        columns,
        rows,
    )
    print_table("What planning takes from it", ["figure", "value"], _figures(cpu, result, peak))
    if len(digests) != 1:
        sys.exit("the releases differ")
    print("every release has the same bytes")


def _measured(
    archive: Path, workers: int
) -> tuple[dict[str, float], dict[str, float], float, str, BuildResult]:
    workspace = workspace_of(archive, CACHE / "cluster-workspace")
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        engine = "local"
        if workers:
            cluster = running.enter_context(DaskCluster(Path(folder), workers=workers))
            cluster.wait_for_workers()
            engine = cluster.engine
        start = _now()
        with runner_on(engine, workspace, clock) as runner:
            result = build(workspace, Configuration.of(workspace), runner)
        end = _now()
    spent, cpu = clock.seconds(end, 0), clock.seconds(end, 1)
    return spent, cpu, end[0] - start[0], _digest(workspace), result


def _figures(seconds: dict[str, float], result: BuildResult, peak: float) -> list[tuple[str, str]]:
    """Processor seconds of the local run and bytes on disk, a document each."""
    root = result.release.parents[1]
    entered, kept = result.funnel[0][1].entered, result.funnel[-1][1].kept
    cleaned = result.funnel[0][1].kept
    shares = {"clean": entered, "sign": cleaned, "cluster": cleaned, "keep": cleaned}
    folders = {
        "archive": (root / "archive", entered),
        "documents": (root / "documents", cleaned),
        "signatures": (root / "dedup" / "signatures", cleaned),
        "clusters": (root / "dedup" / "clusters.parquet", cleaned),
        "kept": (root / "dedup" / "kept", cleaned),
        "release": (result.release, kept),
    }
    return [
        *(
            (f"{stage}_seconds", f"{seconds[stage] / shares.get(stage, kept):.6f}")
            for stage in seconds
        ),
        *((f"{name}_bytes", f"{_size(path) / rows:.0f}") for name, (path, rows) in folders.items()),
        ("release_row_bytes", f"{_index_bytes(root / 'dedup' / 'kept'):.0f}"),
        ("unit_seconds", f"{_start():.2f}"),
        ("client_peak_mb", f"{peak:.0f}"),
        ("largest_process_mb", f"{_largest():.0f}"),
        ("documents", f"{entered} in, {cleaned} cleaned, {kept} kept"),
    ]


def _index_bytes(kept: Path) -> float:
    """Memory of a release's index of its rows, a row."""
    index = index_rows(sorted(kept.glob("*.parquet")), lambda schema, path: None)
    return float(index.nbytes / index.num_rows)


def _start() -> float:
    """Processor seconds until a process of the extractor has its model and its machine code."""
    code = "from kaz_cleaning.killable import packaged_model; packaged_model()"
    before = _now()[1]
    subprocess.run([sys.executable, "-c", code], check=True)
    return _now()[1] - before


def _largest() -> float:
    """Of workers and the processes that extract for them: the resident set of the largest."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(file.stat().st_size for file in files)


def _digest(workspace: Workspace) -> str:
    digest = hashlib.sha256()
    for folder in (workspace.documents, workspace.dedup, workspace.releases):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith((".stage.json", ".lock")):
                digest.update(path.relative_to(workspace.root).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
