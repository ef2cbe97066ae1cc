"""Damage on purpose to the files of dedup: a flipped byte in each kind, a disk that fills up.

Each function returns an `Outcome`: how often the result was right, how often an error was named,
and what went wrong. A byte is flipped between this process and the disk: in `os.pwrite`, by which
all blocks of intermediate files are written, after their checksum was made.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from dedup_campaign import digests, families, written
from kaz_datasets.errors import Corrupt, WrongUse
from kaz_dedup import DedupConfig, Index
from kaz_dedup.clusters import find_clusters
from kaz_dedup.signatures import sign_shard

BLOCK_FILES = (
    "ids", "nodes", "texts", "roots", "edges", "questions", "answers", "sets", "keys", "band",
    "wanted", "buckets", "compared", "members", "keepers", "pairs", "verdicts",
)  # fmt: skip
MAPPED_FILES = ("shingles", "places")
INDEX_FILES = (
    "index.json", "documents.parquet", "keys.npy", "places.npy", "hashes.npy", "shingles.npy",
    "ends.npy", "clusters.npy", "merges.npy",
)  # fmt: skip


@dataclass
class Outcome:
    """What came of the same fault, given several times."""

    right: int = 0
    named: int = 0
    wrong: list[str] = field(default_factory=list)


class Clustering:
    """Signed shards, and the digests of what an undisturbed run makes of them."""

    def __init__(self, folder: Path, documents: int) -> None:
        texts = families(documents, 6)
        self.folder, self.config = (
            folder,
            DedupConfig(permutations=32, range_rows=max(8, len(texts) // 3)),
        )
        self.documents, self.signatures = [], []
        for number in range(2):
            rows = texts[number::2]
            path = written(folder / "in" / f"{number}.parquet", rows, number * 1_000_000)
            self.documents.append(path)
            self.signatures.append(folder / "signed" / path.name)
            sign_shard(path, self.signatures[-1], self.config)
        self.expected = self.run("undisturbed")

    def run(self, name: str, engine: Any = None) -> dict[str, str]:
        """Cluster into a folder of its own; the digests of the results. Raises Corrupt."""
        output = self.folder / name
        shutil.rmtree(output, ignore_errors=True)
        find_clusters(
            self.signatures, self.documents, output / "clusters.parquet", self.config, run=engine,
            pairs=output / "pairs.parquet",
            verdicts=[output / "verdicts" / path.name for path in self.documents],
        )  # fmt: skip
        return digests(output)


@contextmanager
def flipped_write(kind: str, number: int) -> Iterator[list[int]]:
    """Flip a byte of the so-many-th block of a kind of file; yields how many were written."""
    honest, count = os.pwrite, [0]

    def pwrite(descriptor: int, data: Any, offset: int) -> int:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if name.split("-")[0] == kind and len(data):
            count[0] += 1
            if count[0] == number:
                data = bytearray(data)
                data[len(data) // 2] ^= 0x10
        return honest(descriptor, data, offset)

    os.pwrite = pwrite
    try:
        yield count
    finally:
        os.pwrite = honest


def flip_block(clustering: Clustering, kind: str, times: int, seed: int = 1) -> Outcome:
    """Flip a byte in blocks of one kind of intermediate file."""
    outcome, draw = Outcome(), random.Random(seed)
    with flipped_write(kind, 0) as count:
        clustering.run("counted")
    for number in sorted(draw.sample(range(1, count[0] + 1), min(times, count[0]))):
        with flipped_write(kind, number):
            _judge(outcome, f"{kind}, block {number}", clustering.run, clustering.expected)
    if not count[0]:
        outcome.wrong.append(f"no file of kind {kind!r} was written")
    return outcome


def flip_mapped(
    clustering: Clustering,
    kind: str,
    times: int,
    seed: int = 1,
    within: tuple[float, float] = (0.0, 1.0),
) -> Outcome:
    """Flip a byte in a file that is read where it lies, after it was written; in a part of it."""
    outcome, draw = Outcome(), random.Random(seed)
    for _ in range(times):
        engine = _Flipping(kind, draw.uniform(*within))
        what = f"{kind} at {engine.share:.3f}"
        _judge(outcome, what, partial(clustering.run, engine=engine), clustering.expected)
    return outcome


@dataclass
class _Flipping:
    """Runs tasks here; before the first that has shingles to read, flips a bit of their file."""

    kind: str
    share: float
    done: bool = False

    def __call__(self, function: Callable[[Any], Any], tasks: Iterable[Any], /) -> Iterator[Any]:
        for task in tasks:
            if not self.done and hasattr(task, "store"):
                store, self.done = task.store, True
                flip({"shingles": store.values, "places": store.places}[self.kind], self.share)
            yield function(task)


def flip(path: Path, share: float) -> None:
    """Flip one bit of a file, so far into it."""
    raw = bytearray(path.read_bytes())
    raw[int(share * len(raw))] ^= 0x10
    path.write_bytes(raw)


def flip_index(folder: Path, kind: str, times: int, seed: int = 1) -> Outcome:
    """Flip a byte in a file of an index; it must be found when the index is opened."""
    outcome, draw = Outcome(), random.Random(seed)
    whole = folder / "whole"
    if not whole.exists():
        texts = families(30, 8)
        index = Index.create(whole)
        index.add("1.0.0", [written(folder / "1.parquet", texts[::2])])
        index.add("1.1.0", [written(folder / "2.parquet", texts[1::2], 1_000)])
    expected = Index.open(whole).clusters()
    for number in range(times):
        copy = folder / f"{kind}-{number}"
        shutil.copytree(whole, copy)
        flip(draw.choice(sorted(copy.rglob(kind))), draw.random())
        _judge(outcome, f"index: {kind}", partial(_clusters, copy), expected)
        shutil.rmtree(copy)
    return outcome


def _clusters(index: Path, name: str) -> Any:
    return Index.open(index).clusters()


def _judge(outcome: Outcome, what: str, run: Callable[[str], Any], expected: Any) -> None:
    try:
        same = run("disturbed") == expected
    except Corrupt:
        outcome.named += 1
    except WrongUse as error:
        if what.startswith("index"):  # its parameters or format were hit
            outcome.named += 1
        else:
            outcome.wrong.append(f"{what}: {type(error).__name__}: {error}")
    except Exception as error:
        outcome.wrong.append(f"{what}: {type(error).__name__}: {error}")
    else:
        if same:
            outcome.right += 1
        else:
            outcome.wrong.append(f"{what}: another result, and nobody said so")


_FULL = """
import sys
from pathlib import Path
from kaz_datasets.errors import DiskFull
from kaz_dedup.tool import dedup_files
folder = Path(sys.argv[1])
try:
    dedup_files([Path(sys.argv[2])], folder / "out")
    print("done")
except DiskFull:
    print("named", [path.name for path in folder.rglob("*") if path.is_file()])
"""


def full_disk(folder: Path, kilobytes: int, documents: int) -> Outcome | None:
    """Deduplicate onto a disk of so many kilobytes; None where none can be mounted."""
    shard = written(folder / "in.parquet", families(documents, 2))
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    script = f'mount -t tmpfs -o size={kilobytes}k kazcorpus "$1" && exec "$2" -c "$3" "$1" "$4"'
    command = ["unshare", "--mount", "sh", "-c", script, "sh", disk, sys.executable, _FULL, shard]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount" in done.stderr:
        return None
    said = done.stdout.strip()
    outcome = Outcome(right=int(said == "done"), named=int(said == "named []"))
    if said not in ("done", "named []"):
        outcome.wrong.append(f"disk of {kilobytes} kB: {said or done.stderr[-300:]}")
    return outcome
