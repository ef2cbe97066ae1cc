"""Signatures a second of one core (CPU time), beside datasketch, rensa and datatrove, in one run.

`python -m benchmarks.dedup.signatures [MEGABYTES]`. Each peer signs as much of the same corpus as
it manages in some seconds; rounds are interleaved so that a busy machine slows all alike.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
from benchmarks.dedup.corpus import composed_corpus
from benchmarks.environments import CACHE, peer_python
from benchmarks.tables import print_table

ROUNDS = 5
DATATROVE = [
    *("datatrove==0.10.1", "tokenizers", "spacy", "regex", "nltk", "xxhash<4", "numpy"),
    *("pyarrow", "orjson", "dill", "multiprocess"),
]
PEERS = {
    "datasketch": (["datasketch==2.0.0", "xxhash==4.1.0"], 8.0),
    "rensa": (["rensa==0.5.0"], 16.0),
    "datatrove": (DATATROVE, 1.0),
}
"""Packages, and megabytes of text to sign in one round."""
HERE = Path(__file__).parent


def main() -> None:
    """Sign, print the table."""
    shards = composed_corpus(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    columns = (pq.read_table(shard).column("text").to_pylist() for shard in shards)
    texts = [str(text) for column in columns for text in column]
    size = sum(len(text.encode()) for text in texts) / 1e6
    samples = {name: _sample(name, texts, amount) for name, (_, amount) in PEERS.items()}
    speeds: dict[str, list[float]] = {name: [] for name in ("kazcorpus", *PEERS)}
    for _ in range(ROUNDS):
        ours = run_for_seconds([sys.executable, HERE / "sign_ours.py", *shards])
        speeds["kazcorpus"].append(size / ours)
        for name, (requirements, _) in PEERS.items():
            path, amount = samples[name]
            python = peer_python(name, requirements)
            speeds[name].append(
                amount / run_for_seconds([python, HERE / "sign_peer.py", name, path])
            )
    rows = [
        [
            name,
            f"{statistics.median(found):.1f}",
            f"{statistics.median(ours / theirs for ours, theirs in pairs):.1f}",
        ]
        for name, found in speeds.items()
        for pairs in [list(zip(speeds["kazcorpus"], found, strict=True))]
    ]
    title = f"MinHash signatures, {len(texts)} documents, {size:.0f} MB, {ROUNDS} rounds"
    print_table(title, ["", "MB a CPU second (median)", "times slower than kazcorpus"], rows)


def _sample(name: str, texts: list[str], megabytes: float) -> tuple[Path, float]:
    chosen: list[str] = []
    size = 0
    for text in texts:
        chosen.append(text)
        size += len(text.encode())
        if size >= megabytes * 1e6:
            break
    path = CACHE / f"sample-{name}.jsonl"
    path.write_text("\n".join(json.dumps(text) for text in chosen), encoding="utf-8")
    return path, size / 1e6


def run_for_seconds(command: list[str | Path]) -> float:
    """What a script that prints {"seconds": …} measured, on one core."""
    environment = {**os.environ, "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.exit(f"{command[1]}: {done.stderr[-2000:]}")
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


if __name__ == "__main__":
    main()
