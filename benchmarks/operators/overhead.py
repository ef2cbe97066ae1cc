"""A build in Prefect's sight beside the bare one: seconds and memory, on at least 64 shards.

`python -m benchmarks.operators.overhead [MEGABYTES [RUNS]]`. The same command, `kazcorpus build`,
over the same archive of 64 WARC files, in turn without and with the workspace's Prefect server up.
Memory is proportional (PSS, proc(5)), so pages that processes share count once: of the build with
its children, and of the server, which a bare build does not need.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
from benchmarks.dedup.corpus import composed_corpus
from benchmarks.tables import print_table

from kaz_crawlers.inputs.provenance import Provenance
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace
from kaz_flows.ingesting import ingest_jsonl
from kaz_flows.server import Server, started_server

SHARDS: Final = 64
INTERVAL: Final = 0.5
"""Seconds between two looks at the memory."""
COMMAND: Final = [sys.executable, "-c", "from kaz_flows.cli import main; main()", "build"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One build."""

    seconds: float
    tree: float
    """Megabytes of the build and its children, at their most."""
    server: float
    """Megabytes of Prefect's server, at its most; 0 without one."""


def main() -> None:
    """Compose, build in turn, print the table."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        archive = _archive(Path(folder) / "source", megabytes)
        results: dict[str, list[Run]] = {"bare": [], "Prefect": []}
        for number in range(runs):
            for name, kept in results.items():
                kept.append(_built(archive, Path(folder) / f"{name}-{number}", name == "Prefect"))
        _print(results, megabytes, runs)


def _archive(root: Path, megabytes: int) -> Path:
    """A workspace whose archive holds the corpus as 64 WARC files."""
    workspace = make_workspace(root)
    rows = [row for path in composed_corpus(megabytes) for row in pq.read_table(path).to_pylist()]
    stated = Provenance(source="bench", rights="public-domain", homepage="https://bench.example/")
    for shard in range(SHARDS):
        file = root / f"{shard:02}.jsonl"
        lines = (
            json.dumps({"text": row["text"], "url": f"https://bench.example/{row['id']}"})
            for row in rows[shard::SHARDS]
        )
        file.write_text("\n".join(lines), encoding="utf-8")
        ingest_jsonl(workspace, [file], stated)
        file.unlink()
    return workspace.archive


def _built(archive: Path, root: Path, shown: bool) -> Run:
    workspace = make_workspace(root)
    shutil.copytree(archive, workspace.archive, copy_function=os.link, dirs_exist_ok=True)
    try:
        with _server(workspace, shown) as server:
            return _measured(workspace, server)
    finally:
        shutil.rmtree(root)


@contextmanager
def _server(workspace: Workspace, shown: bool) -> Iterator[Server | None]:
    if not shown:
        yield None
        return
    with started_server(workspace) as server:
        yield server


def _measured(workspace: Workspace, server: Server | None) -> Run:
    started = time.perf_counter()
    with subprocess.Popen(
        [*COMMAND, "--workspace", str(workspace.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as build:
        tree, kept = _watched(build.pid), _watched(server.pid if server else None)
        _, complaint = build.communicate()
        seconds = time.perf_counter() - started
    if build.returncode:
        sys.exit(f"the build failed: {complaint[-2000:]}")
    return Run(seconds=seconds, tree=tree.end(), server=kept.end())


class _Watch(threading.Thread):
    """The most memory that a process and its children have had at once."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, 0.0, threading.Event()

    def run(self) -> None:
        while self.pid is not None and not self.over.wait(INTERVAL):
            self.most = max(self.most, _megabytes(self.pid))

    def end(self) -> float:
        self.over.set()
        self.join()
        return self.most


def _watched(pid: int | None) -> _Watch:
    watch = _Watch(pid)
    watch.start()
    return watch


def _megabytes(pid: int) -> float:
    """Of a process and all below it; one that ends while it is looked at counts as nothing."""
    folder = Path("/proc") / str(pid)
    try:
        lines = (folder / "smaps_rollup").read_text("ascii").splitlines()
        own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        children = [
            child
            for thread in (folder / "task").iterdir()
            for child in (thread / "children").read_text("ascii").split()
        ]
    except OSError:
        return 0.0
    return own * 1024 / 1e6 + sum(_megabytes(int(child)) for child in children)


def _print(results: dict[str, list[Run]], megabytes: int, runs: int) -> None:
    medians = {
        name: Run(
            seconds=statistics.median(run.seconds for run in kept),
            tree=statistics.median(run.tree for run in kept),
            server=statistics.median(run.server for run in kept),
        )
        for name, kept in results.items()
    }
    bare = medians["bare"]
    rows = [
        [
            name,
            f"{run.seconds:.1f}",
            f"{100 * (run.seconds / bare.seconds - 1):+.1f} %",
            f"{run.tree:.0f}",
            f"{run.tree - bare.tree:+.0f}",
            f"{run.server:.0f}",
        ]
        for name, run in medians.items()
    ]
    columns = ["build", "seconds", "against bare", "MB, build", "against bare", "MB, server"]
    title = f"{SHARDS} shards, {megabytes} MB of text, medians of {runs} runs each, in turn"
    print_table(title, columns, rows)


if __name__ == "__main__":
    main()
