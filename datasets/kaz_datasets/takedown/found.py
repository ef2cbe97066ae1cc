"""Finding what a takedown means: rows of shards by address, host or id, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.release.layout import data_paths
from kaz_datasets.release.predecessor import released
from kaz_datasets.shards import iter_batches
from kaz_datasets.takedown.request import Target

_COLUMNS: Final = ("id", "url", "host", "source", "warc_file", "warc_offset")


@dataclass(frozen=True, kw_only=True)
class Found:
    """One document that a target means, and the archive record that it came from."""

    shard: Path
    id: str
    url: str
    source: str
    warc_file: str
    warc_offset: int


def find_rows(target: Target, shards: Sequence[Path]) -> Iterator[Found]:
    """The documents of `shards` that the target names by address, host or id."""
    return _matching(target.by, [target.value], shards)


def find_ids(ids: Sequence[str], shards: Sequence[Path]) -> Iterator[Found]:
    """The documents of `shards` with these ids."""
    return _matching("id", ids, shards)


def _matching(column: str, values: Sequence[str], shards: Sequence[Path]) -> Iterator[Found]:
    wanted = pa.array(values, pa.string())
    if not len(wanted):
        return
    for path in shards:
        for batch in iter_batches(path, _COLUMNS):
            mine = batch.filter(pc.is_in(batch.column(column), value_set=wanted))
            for row in mine.to_pylist():
                del row["host"]
                yield Found(shard=path, **row)


def releases_holding(ids: Sequence[str], releases: Path) -> dict[str, dict[str, int]]:
    """Which files of which releases here still hold some of these rows, and how many."""
    wanted = pa.array(ids, pa.string())
    holding: dict[str, dict[str, int]] = {}
    for folder in released(releases):
        for path in data_paths(folder):
            rows = sum(
                pc.sum(pc.is_in(batch.column("id"), value_set=wanted)).as_py() or 0
                for batch in iter_batches(path, ["id"])
            )
            if rows:
                name = path.relative_to(folder).as_posix()
                holding.setdefault(folder.name, {})[name] = rows
    return holding
