"""Repeated passages: lines that recur over the pages of one host, found, then cut or flagged.

Menus, disclaimers and pleas to subscribe survive extraction and are in no two documents' shingles
often enough to make them duplicates. A line counts once for each document that is kept, so that
copies of one article do not make its own lines look repeated. A paragraph that recurs needs no
count of its own: each of its lines recurs at least as often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.progress import Progress, silent
from kaz_datasets.shards import ShardWriter, iter_batches
from kaz_dedup.blocks import BlockFile, Spill, range_of, ranges_for, work_folder
from kaz_dedup.verdicts import VerdictReader

REPEATED_PASSAGES: Final = "repeated-passages"

_LINES_AT_ONCE = 1 << 17
_KEY = 16

_FIELDS: Final[dict[str, pa.DataType]] = {
    "host": pa.string(),
    "line": pa.binary(_KEY),  # see line_key
    "pages": pa.int64(),  # of how many kept documents of the host
    "host_pages": pa.int64(),  # that there are
}
SCHEMA: Final = pa.schema([pa.field(name, kind, False) for name, kind in _FIELDS.items()])


@dataclass(frozen=True, kw_only=True)
class PassageConfig:
    """From when on a line is a repeated passage. Raises BadConfiguration."""

    pages: int = 5
    """On at least so many pages of its host: refrains and quotations rarely reach it."""
    share: float = 0.02
    """And on at least this share of its host's pages: large hosts repeat more by chance."""
    range_rows: int = 4_000_000
    """How many lines one task sorts at once: it bounds memory and changes no result."""

    def __post_init__(self) -> None:
        if self.pages < 2 or not 0 <= self.share <= 1 or self.range_rows < 1:
            raise BadConfiguration(
                "a repeated passage needs pages of at least 2, a share from 0 to 1 and"
                f" range_rows of at least 1, not {self}"
            )

    def least(self, host_pages: int) -> int:
        """On how many pages of such a host a line must be."""
        return max(self.pages, ceil(self.share * host_pages))


def line_key(host: str, line: str) -> bytes | None:
    """BLAKE2b-128 of host and line in lower case with single spaces; None for a line without words.

    A key alone cuts text, so nobody must be able to make an equal one on purpose.
    """
    normal = " ".join(line.lower().split())
    if not any(character.isalnum() for character in normal):
        return None
    return blake2b(f"{host}\n{normal}".encode(), digest_size=_KEY).digest()


def find_passages(
    documents: Sequence[Path],
    passages: Path,
    config: PassageConfig,
    *,
    verdicts: Sequence[Path] = (),
    text: str = "text",
    host: str = "host",
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    progress: Progress = silent,
) -> int:
    """Write the repeated lines of every host; return how many there are.

    `verdicts[i]` are those of `documents[i]`: then only rows that are kept count. Memory is that of
    one range of lines and of the names of hosts. Raises NotFound, Corrupt and DiskFull.
    """
    hosts: dict[str, int] = {}
    pages: Counter[int] = Counter()
    lines = sum(_line_count(path, text) for path in documents)
    with work_folder(passages) as folder, BlockFile(folder / "lines") as file:
        spill = Spill(file, ranges_for(lines, config.range_rows), 3)
        done = 0
        for batch in _kept_batches(documents, verdicts, text, host, id):
            rows: list[tuple[int, int, int]] = []
            for name, value in batch:
                number = hosts.setdefault(name, len(hosts))
                pages[number] += 1
                keys = {line_key(name, line) for line in value.split("\n")} - {None}
                for key in keys:
                    assert key is not None
                    high, low = int.from_bytes(key[:8]), int.from_bytes(key[8:])
                    rows.append((high, low, number))
                done += 1
            if rows:
                columns = np.array(rows, np.uint64)
                spill.append(range_of(columns[:, 0], spill.ranges), *columns.T)
            progress(done, None, "documents")
        names = list(hosts)
        return _write(passages, spill, names, pages, config)


def repeated_keys(passages: Path, hosts: pa.Array[Any] | None = None) -> frozenset[bytes]:
    """The keys of the repeated lines of some hosts, or of all. Raises NotFound and Corrupt."""
    keys: set[bytes] = set()
    for batch in iter_batches(passages, ["host", "line"]):
        lines: Any = batch.column("line")
        if hosts is not None:
            lines = lines.filter(pc.is_in(batch.column("host"), value_set=hosts))
        keys.update(lines.to_pylist())
    return frozenset(keys)


@dataclass(frozen=True, kw_only=True)
class CutText:
    """A text and what was repeated in it."""

    text: str
    lines: int
    """How many lines with words it had."""
    repeated: tuple[int, ...]
    """Which lines were repeated passages, counted from 0 and from the text as it was."""


def cut_text(host: str, text: str, keys: frozenset[bytes]) -> CutText:
    """The text without repeated lines, and without the empty lines that would be left double."""
    kept: list[str] = []
    repeated: list[int] = []
    worded = 0
    for number, line in enumerate(text.split("\n")):
        key = line_key(host, line)
        worded += key is not None
        if key is not None and key in keys:
            repeated.append(number)
        elif line.strip() or (kept and kept[-1].strip()):
            kept.append(line)
    whole = "\n".join(kept).strip("\n") if repeated else text
    return CutText(text=whole, lines=worded, repeated=tuple(repeated))


def _kept_batches(
    documents: Sequence[Path], verdicts: Sequence[Path], text: str, host: str, id_column: str
) -> Iterator[list[tuple[str, str]]]:
    for number, path in enumerate(documents):
        said = VerdictReader(verdicts[number]) if verdicts else None
        for batch in iter_batches(path, list(dict.fromkeys([id_column, text, host])), rows=4_096):
            table = pa.table(batch)
            if said is not None:
                found = said.of(batch.column(id_column))
                kept = pc.equal(found.column("id"), found.column("keeper"))
                table = table.filter(pc.and_(kept, found.column("elected")))
            names = table.column(host).to_pylist()
            texts = table.column(text).to_pylist()
            yield [(name or "", value or "") for name, value in zip(names, texts, strict=True)]


def _line_count(path: Path, text: str) -> int:
    total = 0
    for batch in iter_batches(path, [text]):
        texts: Any = batch.column(0)
        total += int(pc.sum(pc.count_substring(texts, "\n")).as_py() or 0) + len(batch)
    return total


def _write(
    path: Path, spill: Spill, hosts: Sequence[str], pages: Counter[int], config: PassageConfig
) -> int:
    names = pa.array(list(hosts), pa.string())
    host_pages = np.array([pages[number] for number in range(len(hosts))], np.int64)
    least = np.array([config.least(int(count)) for count in host_pages], np.int64)
    with ShardWriter(path, SCHEMA) as shard:
        for part in range(spill.ranges):
            rows = spill.read(part)
            rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
            new = np.ones(len(rows), np.bool_)
            new[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)
            starts = np.flatnonzero(new)
            counts = np.diff(np.append(starts, len(rows)))
            numbers = rows[starts, 2].astype(np.int64)
            found = counts >= least[numbers] if len(starts) else np.zeros(0, np.bool_)
            keys = np.ascontiguousarray(rows[starts[found], :2].astype(">u8")).view(f"V{_KEY}")
            columns: list[Any] = [
                names.take(numbers[found]),
                pa.array([key.tobytes() for key in keys.ravel()], pa.binary(_KEY)),
                pa.array(counts[found]),
                pa.array(host_pages[numbers[found]] if len(starts) else counts[found]),
            ]
            shard.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))
    return shard.rows
