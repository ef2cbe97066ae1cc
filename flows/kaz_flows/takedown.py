"""A takedown through every floor: the register, the archive, documents, and what is published.

The register is written first: a takedown that was killed is finished by `apply_takedowns`, which
every build begins with, and no release that is built after it holds the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kaz_crawlers.cdxj import Entry, index_path, read_cdxj, write_index
from kaz_datasets.errors import BadConfiguration, NotFound
from kaz_datasets.identity import canonical_url, host_of
from kaz_datasets.release.layout import data_paths
from kaz_datasets.release.predecessor import released
from kaz_datasets.shards import iter_batches
from kaz_datasets.takedown.archive import erase_record
from kaz_datasets.takedown.found import Found, find_ids, find_rows, releases_holding
from kaz_datasets.takedown.register import Register
from kaz_datasets.takedown.request import By, Takedown, Target
from kaz_datasets.words import count_words
from kaz_datasets.workspace import Workspace
from kaz_dedup import DedupConfig, shingle_hashes
from kaz_flows.lock import exclusive

SIMILAR: Final = 0.8
"""Share of an excerpt's word shingles that a document must hold: the threshold of duplicates."""
FEWEST_WORDS: Final = 8
"""Words of an excerpt: fewer are a common phrase."""


@dataclass(frozen=True, kw_only=True)
class TakedownReport:
    """What a takedown met."""

    takedown: Takedown
    documents: int
    erased: int
    """Records of the archive whose payload is gone."""
    holding: Mapping[str, Mapping[str, int]]
    """Rows in the files of releases that were made before, by release and file."""


def take_down(
    workspace: Workspace, by: By, value: str, *, reason: str, requester: str, date: str
) -> TakedownReport:
    """Enter a takedown and let it reach everything in the workspace.

    Raises BadConfiguration for a target that is none, NotFound where nothing is meant by it.
    """
    target = Target.of(by, value)
    with exclusive(workspace, "taking texts down"):
        register = Register.of(workspace.root)
        found = _find(workspace, target, value)
        entries = list(_archived(workspace, target))
        if not found and not entries and target.by in ("id", "text"):
            raise NotFound(f"no document here is meant by this {by}: look it up in the release")
        takedown = Takedown(
            number=register.next_number,
            date=date,
            requester=requester,
            reason=reason,
            target=target,
            ids=tuple(sorted({row.id for row in found})),
        )
        register.add(takedown)
        erased = apply_takedowns(workspace, [takedown])
        holding = releases_holding(takedown.ids, workspace.releases)
    return TakedownReport(
        takedown=takedown, documents=len(takedown.ids), erased=erased, holding=holding
    )


def apply_takedowns(workspace: Workspace, takedowns: Sequence[Takedown]) -> int:
    """Erase from archive and working files what these takedowns mean; twice does no harm.

    Shards of documents that held a row are removed: the next build makes them again without it,
    and of its cluster another document is chosen. Returns the records that were erased.
    """
    erased = 0
    working = _working_shards(workspace)
    # releases know where in the archive a row came from when working files are gone
    shards = [*working, *_released_shards(workspace)] if takedowns else []
    for takedown in takedowns:
        rows = [*find_ids(takedown.ids, shards)]
        if takedown.target.value:
            rows += find_rows(takedown.target, shards)
        places = {place for row in rows for place in _records_of(workspace, row)}
        places |= set(_archived(workspace, takedown.target))
        erased += sum(erase_record(path, offset) for path, offset in sorted(places))
        for path in {path for path, _ in places}:
            if index_path(path).exists():
                write_index(path)
        for shard in {row.shard for row in rows}.intersection(working):
            _remove_shard(shard)
    return erased


def _find(workspace: Workspace, target: Target, value: str) -> list[Found]:
    """The documents that are meant, among working files and releases."""
    shards = [*_working_shards(workspace), *_released_shards(workspace)]
    if target.by == "text":
        return list(find_ids(sorted(_similar(value, shards)), shards))
    return list(find_rows(target, shards))


def _similar(excerpt: str, shards: Sequence[Path]) -> Iterator[str]:
    """Ids of the documents that hold most of the excerpt, compared by its word shingles."""
    if count_words(excerpt) < FEWEST_WORDS:
        raise BadConfiguration(f"an excerpt has at least {FEWEST_WORDS} words: give more of it")
    config = DedupConfig()
    (wanted,) = shingle_hashes([excerpt], config)
    seen: set[str] = set()
    for path in shards:
        for batch in iter_batches(path, ["id", "text"]):
            hashes = shingle_hashes(batch.column("text").to_pylist(), config)
            for name, shingles in zip(batch.column("id").to_pylist(), hashes, strict=True):
                held = np.isin(wanted, shingles, assume_unique=True).mean()
                if held >= SIMILAR and name not in seen:
                    seen.add(str(name))
                    yield str(name)


def _working_shards(workspace: Workspace) -> list[Path]:
    """Documents and kept rows; not the rejected, which hold no text."""
    paths = [*workspace.documents.rglob("*.parquet"), *(workspace.dedup / "kept").glob("*.parquet")]
    return sorted(path for path in paths if path.parent.name != "rejected")


def _released_shards(workspace: Workspace) -> list[Path]:
    return [path for folder in released(workspace.releases) for path in data_paths(folder)]


def _records_of(workspace: Workspace, row: Found) -> Iterator[tuple[Path, int]]:
    """Where in the archive a document came from."""
    for path in sorted((workspace.archive / row.source).rglob(row.warc_file)):
        yield path, row.warc_offset


def _archived(workspace: Workspace, target: Target) -> Iterator[tuple[Path, int]]:
    """The archive's records of an address or host, also of pages that never became documents."""
    if target.by not in ("url", "host"):
        return
    for index in sorted(workspace.archive.rglob("*.cdxj")):
        for entry in read_cdxj(index):
            if _means(target, entry):
                yield index.with_name(entry.file), entry.offset


def _means(target: Target, entry: Entry) -> bool:
    if target.by == "host":
        return host_of(entry.url) == target.value
    try:
        return canonical_url(entry.url) == target.value
    except ValueError:
        return False


def _remove_shard(shard: Path) -> None:
    """Remove a working file and the record that says it is done."""
    record = shard.with_name(f"{shard.name.removesuffix('.parquet')}.stage.json")
    record.unlink(missing_ok=True)
    shard.unlink(missing_ok=True)
