"""The whole job, Parquet in to deduplicated Parquet out, beside text-dedup, datatrove and pyarrow.

`python -m benchmarks.dedup.whole_job [MEGABYTES]`. One process each, CPU time; peers get a stated
part of the same corpus. kazcorpus verifies every pair; the peers do not. pyarrow only reads,
decompresses, compresses and writes the same files. Rounds are interleaved.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from benchmarks.dedup.corpus import composed_corpus
from benchmarks.dedup.signatures import DATATROVE, run_for_seconds
from benchmarks.environments import CACHE, peer_python
from benchmarks.tables import print_table

ROUNDS = 3
PEERS = {
    "text-dedup": (["text-dedup==0.4.0", "setuptools<81"], 8.0),
    "datatrove": (DATATROVE, 2.0),
}
HERE = Path(__file__).parent


def main() -> None:
    """Run every job in turn, print the medians and ratios."""
    shards = composed_corpus(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    columns = [pq.read_table(shard, columns=["text"]).column("text") for shard in shards]
    size = sum(len(str(text).encode()) for column in columns for text in column.to_pylist()) / 1e6
    documents = sum(len(column) for column in columns)
    samples = {name: _sample(name, shards[0], amount) for name, (_, amount) in PEERS.items()}
    speeds: dict[str, list[float]] = {name: [] for name in ("kazcorpus", "pyarrow", *PEERS)}
    for _ in range(ROUNDS):
        for name in ("kazcorpus", "pyarrow"):
            seconds = _run(Path(sys.executable), HERE / "whole_ours.py", name, shards)
            speeds[name].append(size / seconds)
        for name, (requirements, _) in PEERS.items():
            path, amount = samples[name]
            python = peer_python(name, requirements)
            speeds[name].append(amount / _run(python, HERE / "whole_peer.py", name, [path]))
    rows = []
    for name, found in speeds.items():
        ratios = [ours / theirs for ours, theirs in zip(speeds["kazcorpus"], found, strict=True)]
        part = samples[name][1] if name in samples else size
        ratio = f"{statistics.median(ratios):.2f}"
        rows.append([name, f"{part:.1f}", f"{statistics.median(found):.2f}", ratio])
    title = f"Whole job, {documents} documents, {size:.0f} MB of text, {ROUNDS} rounds"
    print_table(
        title, ["", "MB of it", "MB a CPU second (median)", "times slower than kazcorpus"], rows
    )


def _run(python: Path, script: Path, name: str, shards: list[Path]) -> float:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        return run_for_seconds([python, script, name, folder, *shards])


def _sample(name: str, shard: Path, megabytes: float) -> tuple[Path, float]:
    table = pq.read_table(shard)
    sizes = [len(str(text).encode()) for text in table.column("text").to_pylist()]
    rows, size = 0, 0
    while rows < len(sizes) and size < megabytes * 1e6:
        size += sizes[rows]
        rows += 1
    folder = CACHE / f"whole-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.slice(0, rows), folder / "part.parquet")
    return folder / "part.parquet", size / 1e6


if __name__ == "__main__":
    main()
