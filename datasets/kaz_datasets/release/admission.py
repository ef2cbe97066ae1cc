"""Who is let into a release: the last stage before publication, with its account like every other.

A row comes in or is rejected by a named rule: the licence gate's, or a removal that was asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.arrow import compute as pc
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.release.gate import Gate
from kaz_datasets.release.removed_rows import TAKEDOWN
from kaz_datasets.shards import iter_batches

STAGE: Final = "release"

Refusal = tuple[str, str]
"""A rule and what it saw."""


@dataclass(frozen=True, kw_only=True)
class Barred:
    """Rows that must not be in a release, whatever they state: by id, with rule and value."""

    ids: Mapping[str, Refusal] = field(default_factory=dict)

    @classmethod
    def takedowns(cls, ids: Collection[str]) -> Barred:
        """Rows whose removal was asked for."""
        return cls(ids=dict.fromkeys(ids, (TAKEDOWN, "")))

    @property
    def erased(self) -> frozenset[str]:
        """The rows that leave the published files as well."""
        return frozenset(name for name, (rule, _) in self.ids.items() if rule == TAKEDOWN)


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Rows that are let in (their index), rows that are not, and the account of both."""

    admitted: pa.Table
    rejected: pa.Table
    account: Account


def admit(index: pa.Table, shards: Sequence[Path], gate: Gate, barred: Barred) -> Admission:
    """Judge every row of the index. The account adds up: in = kept + dropped, source by source."""
    refusals = _refused_by_gate(index, gate)
    mask = pc.is_in(index["id"], value_set=pa.array(barred.ids, pa.string()))
    for number in pc.indices_nonzero(mask).to_pylist():
        refusals[number] = barred.ids[index["id"][number].as_py()]
    kept = [number not in refusals for number in range(index.num_rows)] if refusals else None
    admitted = index if kept is None else index.filter(pa.array(kept, pa.bool_()))
    return Admission(
        admitted=admitted,
        rejected=_rejected_rows(index, shards, refusals),
        account=_account(index, refusals),
    )


def _refused_by_gate(index: pa.Table, gate: Gate) -> dict[int, Refusal]:
    """What the gate says of each pair of basis and licence, spread over the rows that have it."""
    refusals: dict[int, Refusal] = {}
    pairs = index.group_by(["basis", "licence"]).aggregate([]).to_pylist()
    for pair in pairs:
        refusal = gate.refusal(pair["basis"], pair["licence"])
        if refusal is None:
            continue
        mask = pc.and_(
            pc.equal(index["basis"], pa.scalar(pair["basis"])),
            pc.is_null(index["licence"])
            if pair["licence"] is None
            else pc.fill_null(pc.equal(index["licence"], pa.scalar(pair["licence"])), False),
        )
        refusals.update(dict.fromkeys(pc.indices_nonzero(mask).to_pylist(), refusal))
    return refusals


def _account(index: pa.Table, refusals: Mapping[int, Refusal]) -> Account:
    book = Bookkeeper()
    counts = index.group_by("source").aggregate([([], "count_all")]).to_pylist()
    for count in counts:
        book.enter(count["source"], count["count_all"])
    sources = index["source"]
    dropped: dict[str, int] = {}
    for number, (rule, _) in refusals.items():
        source = sources[number].as_py()
        book.drop(source, rule)
        dropped[source] = dropped.get(source, 0) + 1
    for count in counts:
        book.keep(count["source"], count["count_all"] - dropped.get(count["source"], 0))
    return book.account()


def _rejected_rows(
    index: pa.Table, shards: Sequence[Path], refusals: Mapping[int, Refusal]
) -> pa.Table:
    numbers = sorted(refusals)
    chosen = index.take(pa.array(numbers, pa.int64())).select(["id", "source", "shard", "row"])
    urls = _urls(chosen, shards)
    rows = [
        {
            "id": row["id"],
            "url": urls[row["shard"], row["row"]],
            "source": row["source"],
            "stage": STAGE,
            "rule": refusals[number][0],
            "value": refusals[number][1] or None,
        }
        for number, row in zip(numbers, chosen.to_pylist(), strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=REJECTED_SCHEMA)


def _urls(rows: pa.Table, shards: Sequence[Path]) -> dict[tuple[int, int], str]:
    """The addresses of some rows, read from their shards."""
    wanted: dict[int, set[int]] = {}
    for row in rows.to_pylist():
        wanted.setdefault(row["shard"], set()).add(row["row"])
    found: dict[tuple[int, int], str] = {}
    for shard, numbers in wanted.items():
        for number, url in enumerate(_column(shards[shard], "url")):
            if number in numbers:
                found[shard, number] = url
    return found


def _column(path: Path, name: str) -> Iterator[Any]:
    for batch in iter_batches(path, [name]):
        yield from batch.column(name).to_pylist()
