"""What three releases cost: bytes that are new to the Hub, and the time to write them.

1.0.0, then 1.1.0 with 5 % added and 1 % removed here and there, then 2.0.0 of the same rows.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.environments import CACHE
from benchmarks.releases.corpus import SOURCES, Row, documents, lines, shards_of
from benchmarks.releases.xet import LocalXet
from benchmarks.tables import print_table

from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.arrow import compute as pc
from kaz_datasets.release import ReleaseConfig, verify_release, write_release
from kaz_datasets.release.parquet_style import ROWS_PER_GROUP, writer_options
from kaz_datasets.shards import read_shard

FOLDER = CACHE / "releases"
ADDED, REMOVED = 0.05, 0.01


@dataclass(frozen=True)
class Version:
    """One release to write: its number, its kept shards and the accounts they follow from."""

    number: str
    shards: list[Path]
    funnel: list[tuple[str, Account]]


def versions(megabytes: int) -> tuple[list[Version], list[Row]]:
    """The three versions, and the rows that the second adds."""
    pool = lines()
    rows: list[Row] = []
    size = 0
    for row in documents(10**9, pool, seed=1):
        rows.append(row)
        size += len(row["text"].encode())
        if size >= megabytes * 10**6:
            break
    added = list(documents(round(ADDED * len(rows)), pool, seed=2))
    gone = set(random.Random(3).sample(range(len(rows)), round(REMOVED * len(rows))))
    later = [row for place, row in enumerate(rows) if place not in gone] + added
    made = []
    for number, kept in (("1.0.0", rows), ("1.1.0", later)):
        made.append(Version(number, shards_of(kept, f"kept-{number}"), _funnel(kept)))
    return [*made, Version("2.0.0", made[1].shards, made[1].funnel)], added


def _funnel(rows: Sequence[Row]) -> list[tuple[str, Account]]:
    book = Bookkeeper()
    for row in rows:
        book.enter(row["source"])
        book.keep(row["source"])
    return [("clean", book.account())]


def write(version: Version, previous: Path | None) -> Path:
    """Write one release anew."""
    output: Path = FOLDER / "releases" / version.number
    shutil.rmtree(output, ignore_errors=True)
    write_release(
        kept=version.shards,
        rejected=[],
        funnel=version.funnel,
        sources=SOURCES,
        config=ReleaseConfig(version=version.number, repo="bench/corpus"),
        output=output,
        previous=previous,
    )
    return output


def write_plainly(table: pa.Table) -> Path:
    """The same rows by pyarrow alone, with the same options, in one file."""
    path: Path = FOLDER / "plain.parquet"
    pq.write_table(table, path, row_group_size=ROWS_PER_GROUP, **writer_options())
    return path


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Median time of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=int, default=320, help="of text in 1.0.0")
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    made, added = versions(chosen.megabytes)
    _bytes_table(made, added)
    _speed_table(made[0], chosen.repeats)
    shutil.rmtree(FOLDER)


def _bytes_table(made: Sequence[Version], added: Sequence[Row]) -> None:
    store = LocalXet(FOLDER / "xet")
    rows = []
    previous: Path | None = None
    for version in made:
        output = write(version, previous)
        if verify_release(output, previous=previous).failed:
            raise SystemExit(f"{version.number} does not verify")
        files = sorted(path for path in output.rglob("*") if path.is_file())
        total = sum(path.stat().st_size for path in files)
        new = store.new_bytes(files)
        ideal = _ideal(version.number, total, added)
        ratio = f"{new / ideal:.2f}" if ideal else "-"
        documents_in = sum(account.kept for _, account in version.funnel)
        row = (version.number, documents_in, len(files), f"{total / 1e6:.1f}")
        rows.append((*row, f"{new / 1e6:.1f}", f"{ideal / 1e6:.1f}", ratio))
        previous = output
    heads = ("release", "documents", "files", "MB", "MB new to the Hub", "ideal MB", "new : ideal")
    print_table(f"Bytes by hf_xet's chunker; {ADDED:.0%} added, {REMOVED:.0%} removed", heads, rows)


def _ideal(number: str, total: int, added: Sequence[Row]) -> int:
    """What a release must cost: everything at first, then the added rows and nothing else."""
    if number != "1.1.0":
        return total if number == "1.0.0" else 0
    path = shards_of(added, "added")
    table = pa.concat_tables([read_shard(part) for part in path]).sort_by("source")
    return write_plainly(table).stat().st_size


def _speed_table(version: Version, repeats: int) -> None:
    table = pa.concat_tables([read_shard(path) for path in version.shards]).combine_chunks()
    size = pc.sum(pc.binary_length(table["text"])).as_py() / 1e6
    plain = seconds(lambda: write_plainly(table), repeats)
    ours = seconds(lambda: write(version, None), repeats)
    rows = [
        ("pyarrow, one table in memory", f"{plain:.1f}", f"{size / plain:.1f}", "1.00"),
        ("release: read, sorted, written, counted", f"{ours:.1f}", f"{size / ours:.1f}"),
    ]
    rows[1] = (*rows[1], f"{plain / ours:.2f}")
    print_table(
        f"Writing {size:.0f} MB of text, {table.num_rows:,} documents (median of {repeats})",
        ("what", "s", "MB/s", "speed against pyarrow"),
        rows,
    )


if __name__ == "__main__":
    main()
