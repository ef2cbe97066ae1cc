"""Faults on purpose in dedup: kills, damaged files, full disks, giants and crowds.

`python tests/support/dedup_campaign.py [--short] [FOLDER]` prints a table, and ends with an error
where a fault gave a wrong result in silence. `tests/dedup/test_faults.py` runs the short form.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_dedup import find_duplicates
from kaz_dedup.tool import dedup_files

STAGES = ("start", "files", "bands sorted", "documents", "bands compared", "files kept")


def families(count: int, seed: int) -> list[str]:
    """Texts in families of like ones."""
    draw = random.Random(seed)
    words = [f"сөз{number}" for number in range(3_000)]
    texts = []
    for _ in range(count):
        base = draw.choices(words, k=draw.randint(20, 200))
        for _ in range(draw.randint(1, 4)):
            copy = list(base)
            copy[draw.randrange(len(copy))] = draw.choice(words)
            texts.append(" ".join(copy))
    return texts


def written(path: Path, texts: list[str], first: int = 0) -> Path:
    """Texts as a Parquet file with ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ids = [f"{first + number:09}" for number in range(len(texts))]
    pq.write_table(pa.table({"id": ids, "text": pa.array(texts, pa.large_string())}), path)
    return path


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a result, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(output: Path, inputs: list[Path], kill_at: str | None = None, after: int = 0) -> int:
    """Deduplicate in a child process, which kills itself in a stage; its return code.

    The child is a fork: compiled code and imports are there, and nothing but the files remains.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    told: Counter[str] = Counter()

    def tell(done: int, total: int | None, unit: str) -> None:
        told[unit] += 1
        if unit == kill_at and told[unit] > after:
            os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        tell(0, None, "start")
        pa.set_cpu_count(1)
        dedup_files(inputs, output, progress=tell)
        code = 0
    finally:
        os._exit(code)


def kills(folder: Path, documents: int, rounds: int) -> list[str]:
    """Kill in every stage, run again, compare; what went wrong."""
    draw = random.Random(5)
    texts = families(documents, 3)
    half = len(texts) // 2
    inputs = [
        written(folder / "in" / "a.parquet", texts[:half]),
        written(folder / "in" / "b.parquet", texts[half:], half),
    ]
    dedup_files(inputs, folder / "whole")  # compiles, for all that follow
    expected = digests(folder / "whole")
    wrong = []
    for number in range(rounds):
        for stage in STAGES:
            output = folder / f"killed-{stage.replace(' ', '-')}-{number}"
            code = run(output, inputs, stage, draw.randrange(2) if number else 0)
            if code not in (-signal.SIGKILL, 0):
                wrong.append(f"killed in {stage!r}: exit code {code}")
            if run(output, inputs) or digests(output) != expected:
                wrong.append(f"killed in {stage!r}: another result than undisturbed")
    return wrong


def giants(folder: Path, million: int, megabytes: int) -> list[str]:
    """Empty, huge and monotonous documents, and a bucket of very many like ones."""
    words = [f"сөз{number}" for number in range(40_000)]
    huge = " ".join(random.Random(1).choices(words, k=megabytes * 1_000_000 // 13))
    texts = ["", huge, huge + " соңы", "сөз " * million, "сөз " * (million + 1), "жеке"]
    table = find_duplicates([written(folder / "giants.parquet", texts)])
    keepers = [int(str(name)) for name in table.column("keeper").to_pylist()]
    wrong = [] if keepers == [0, 2, 2, 4, 4, 5] else [f"giants: keepers {keepers}"]
    base = " ".join(words[:60])
    # one word more or less at the end, in as many ways as there are words: all share bands
    like = [f"{base} {words[number % len(words)]}{number}" for number in range(million)]
    table = find_duplicates([written(folder / "like.parquet", like)])
    found = len(table.column("keeper").unique())
    if found != 1:
        wrong.append(f"{million} like documents: {found} keepers")
    same = find_duplicates([written(folder / "same.parquet", ["бір мәтін"] * million)])
    if same.column("keeper").unique().to_pylist() != ["000000000"]:
        wrong.append("equal documents: not one keeper")
    return wrong


def main() -> int:
    """Run all, print a table, return how many things went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    rows: list[tuple[str, int, int, int]] = []
    wrong: list[str] = []

    def tell(what: str, right: int, named: int, found: list[str]) -> None:
        rows.append((what, right, named, len(found)))
        wrong.extend(found)
        print(f"{what:<58} {right:>6} {named:>6} {len(found):>6}", flush=True)

    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        print(f"{'fault':<58} {'right':>6} {'named':>6} {'wrong':>6}")
        _all(Path(name), options.short, tell)
    print(*wrong, sep="\n")
    return len(wrong)


def _all(folder: Path, short: bool, tell: Callable[[str, int, int, list[str]], None]) -> None:
    import dedup_damage as damage

    documents, rounds = (200, 1) if short else (5_000, 4)
    found = kills(folder, documents, rounds)
    tell("kill -9 in a stage, then run again", len(STAGES) * rounds - len(found), 0, found)
    times = 2 if short else 12
    clustering = damage.Clustering(folder / "clustering", 40 if short else 400)
    for kind in (*damage.BLOCK_FILES, *damage.MAPPED_FILES):
        work = damage.flip_mapped if kind in damage.MAPPED_FILES else damage.flip_block
        one = work(clustering, kind, times)
        tell(f"a flipped byte in {kind}", one.right, one.named, one.wrong)
    for kind in damage.INDEX_FILES:
        one = damage.flip_index(folder / "index", kind, times)
        tell(f"a flipped byte in the index: {kind}", one.right, one.named, one.wrong)
    for kilobytes in (256, 2_048) if short else (64, 256, 512, 1_024, 2_048, 4_096, 16_384, 65_536):
        disk = damage.full_disk(folder, kilobytes, documents)
        if disk is not None:
            tell(f"a disk of {kilobytes:,} kB", disk.right, disk.named, disk.wrong)
    million, megabytes = (2_000, 1) if short else (1_000_000, 50)
    found = giants(folder, million, megabytes)
    what = f"0 bytes, {megabytes} MB, a word and a bucket of {million:,} times"
    tell(what, int(not found), 0, found)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.modules["dedup_campaign"] = sys.modules["__main__"]
    sys.exit(main())
