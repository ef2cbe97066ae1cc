"""Ways to falsify a release so that its checksums fit again: what a forger would do."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA
from kaz_datasets.release.removed_rows import REMOVED_SCHEMA
from kaz_datasets.shards import write_shard

NEWS = "data/news/train/base-1-cyrl-00000.parquet"

Row = dict[str, Any]
Mutation = Callable[[Path], None]


def reseal(folder: Path) -> None:
    """What a forger would do: have the list of files and all checksums fit again."""
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("release.json", "SHA256SUMS")
    }
    entries = []
    for name, path in paths.items():
        entry: Row = {"path": name, "bytes": path.stat().st_size, "sha256": digest(path)}
        try:
            entry["rows"] = pq.read_metadata(path).num_rows
        except pa.ArrowException:
            entry["rows"] = None
        entries.append(entry)
    manifest = json.loads((folder / "release.json").read_text("utf-8"))
    write_manifest(folder, {**manifest, "files": entries})
    paths["release.json"] = folder / "release.json"
    sums = "".join(f"{digest(paths[name])}  {name}\n" for name in sorted(paths))
    (folder / "SHA256SUMS").write_text(sums, "utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(folder: Path, manifest: Row) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / "release.json").write_text(text, "utf-8")


def rows(change: Callable[[list[Row]], Iterable[Row]], name: str = NEWS) -> Mutation:
    """A mutation that gives a Parquet file other rows."""

    def mutate(folder: Path) -> None:
        path = folder / name
        folders = {"rejected": REJECTED_SCHEMA, "changes": REMOVED_SCHEMA}
        schema = folders.get(Path(name).parts[0], SCHEMA)
        write_shard(path, list(change(pq.read_table(path).to_pylist())), schema)

    return mutate


def column(values: Row, number: int = 3) -> Mutation:
    """A mutation that changes some columns of one row."""

    def change(table: list[Row]) -> list[Row]:
        return [*table[:number], {**table[number], **values}, *table[number + 1 :]]

    return rows(change)


def text(name: str, pattern: str, other: str) -> Mutation:
    """A mutation that changes the first match of a pattern in a text file."""

    def mutate(folder: Path) -> None:
        before = (folder / name).read_text("utf-8")
        after = re.sub(pattern, other, before, count=1)
        assert after != before
        (folder / name).write_text(after, "utf-8")

    return mutate


def manifest(change: Callable[[Row], object]) -> Mutation:
    """A mutation that changes `release.json`."""

    def mutate(folder: Path) -> None:
        value = json.loads((folder / "release.json").read_text("utf-8"))
        change(value)
        write_manifest(folder, value)

    return mutate
