"""Clusters → kept documents: split a shard into the rows that stay and the rows that go, and why.

Rules: `exact-duplicate` (the keeper's text is equal but for case and white space),
`near-duplicate` (the shingle sets are as alike as the threshold) and `same-url`: the row carries
the very id, so the very address and text, of another row (a page crawled twice). Of such rows the
one with more of title and date stays, then the one retrieved first, so that a later crawl never
changes what an earlier release said; two different texts of one address are two documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.errors import WrongUse
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.shards import ShardWriter, iter_batches, open_shard
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.repeated_lines import RepeatedLines
from kaz_dedup.signatures import DEDUP_VERSION
from kaz_dedup.verdicts import VerdictReader

__all__ = ["DEDUP_VERSION", "EXACT_DUPLICATE", "NEAR_DUPLICATE", "SAME_URL", "keep_shard"]

EXACT_DUPLICATE = "exact-duplicate"
NEAR_DUPLICATE = "near-duplicate"
SAME_URL = "same-url"

STAGE = "dedup"
_MARKS = {"keeper": pa.null(), "similarity": pa.float64(), "rule": pa.string()}
UNNAMED_SOURCE = "input"
"""The source, in the account, of rows that name none."""


def keep_shard(
    documents: Path,
    verdicts: Path,
    kept: Path,
    rejected: Path | None,
    config: DedupConfig,
    *,
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    keep_all: bool = False,
    weights: Sequence[tuple[int, float]] = (),
    passages: Path | None = None,
) -> Account:
    """Write the rows that stay, with `cluster_id` and `cluster_size`, and why the others go.

    `verdicts` are those that `find_clusters` wrote beside these documents; both are read in step,
    in bounded memory. Rows keep their order and their columns. `rejected` may be None where no
    reasons are wanted. With `keep_all` every row stays and says in `keeper`, `similarity` and
    `rule` what would become of it; with `weights` a column `weight` follows the size of the
    cluster. Lines that `passages` lists are cut from the rows that stay, or only counted: see
    `RepeatedLines`.
    Raises NotFound, and Corrupt where `verdicts` are of other documents.
    """
    books = Bookkeeper()
    lines = None
    if passages:
        lines = RepeatedLines(passages, documents, config.passages, config.least_words)
    said = VerdictReader(verdicts)
    with ExitStack() as stack:
        keep = stack.enter_context(
            ShardWriter(kept, _kept_schema(documents, said.schema, keep_all, weights))
        )
        drop = stack.enter_context(ShardWriter(rejected, REJECTED_SCHEMA)) if rejected else None
        for batch in iter_batches(documents):
            found = said.of(batch.column(id))
            rules = _rules(found)
            sources = _strings(batch, "source", UNNAMED_SOURCE)
            table = _with_cluster(_filterable(batch), found)
            values: list[str | None] = [None] * len(rules)
            if lines is not None:
                table = lines.cut(table, rules, values)
            if keep_all:
                table, rules = _marked(table, found, rules), [None] * len(rules)
            if weights:
                sizes = found.column("cluster_size").to_numpy()
                table = table.append_column("weight", pa.array(weight_of(sizes, weights)))
            stays = pa.array([rule is None for rule in rules], pa.bool_())
            keep.write_table(table.filter(stays))
            _book(books, sources, rules)
            if drop is not None:
                drop.write(_reasons(batch, found, rules, sources, values))
    return books.account()


def kept_schema(documents: Path, verdicts: pa.Schema) -> pa.Schema:
    """The columns of `documents` with `cluster_id` and `cluster_size`, replaced where they are."""
    with open_shard(documents) as shard:
        schema = shard.schema_arrow
    for name in ("cluster_id", "cluster_size"):
        place = schema.get_field_index(name)
        new = pa.field(name, verdicts.field(name).type)
        if place < 0:
            schema = schema.append(new)
        elif schema.field(place).type != new.type:
            schema = schema.set(place, new)
    return schema


def _kept_schema(
    documents: Path, verdicts: pa.Schema, keep_all: bool, weights: Sequence[tuple[int, float]]
) -> pa.Schema:
    schema = kept_schema(documents, verdicts)
    more = {**(_MARKS if keep_all else {}), **({"weight": pa.float32()} if weights else {})}
    for name, kind in more.items():
        if name in schema.names:
            raise WrongUse(f"{documents} has a column {name!r} already: rename it")
        kind = verdicts.field("id").type if name == "keeper" else kind
        schema = schema.append(pa.field(name, kind))
    return schema


def _marked(table: pa.Table, found: pa.Table, rules: list[str | None]) -> pa.Table:
    table = table.append_column("keeper", found.column("keeper"))
    table = table.append_column("similarity", found.column("similarity"))
    return table.append_column("rule", pa.array(rules, pa.string()))


def weight_of(
    sizes: npt.NDArray[Any], weights: Sequence[tuple[int, float]]
) -> npt.NDArray[np.float32]:
    """The weight of each cluster size: that of the largest listed size not above it, else 1."""
    ordered = sorted(weights)
    steps = np.array([size for size, _ in ordered], np.int64)
    values = np.array([1.0, *(weight for _, weight in ordered)], np.float32)
    return values[np.searchsorted(steps, sizes, "right")]


def _rules(found: pa.Table) -> list[str | None]:
    """Why each row goes, or None where it stays."""
    if "rule" in found.schema.names:
        return list(found.column("rule").to_pylist())
    dropped = pc.not_equal(found.column("id"), found.column("keeper")).to_pylist()
    exact, elected = found.column("exact").to_pylist(), found.column("elected").to_pylist()
    return [
        SAME_URL if not chosen else (EXACT_DUPLICATE if same else NEAR_DUPLICATE) if out else None
        for chosen, same, out in zip(elected, exact, dropped, strict=True)
    ]


def _filterable(batch: pa.RecordBatch) -> pa.Table:
    """The batch without string views, which Arrow cannot filter; the writer turns them back."""
    fields = [
        field.with_type(pa.large_string()) if pa.types.is_string_view(field.type) else field
        for field in batch.schema
    ]
    return pa.table(batch).cast(pa.schema(fields))


def _with_cluster(table: pa.Table, found: pa.Table) -> pa.Table:
    for name in ("cluster_id", "cluster_size"):
        place = table.schema.get_field_index(name)
        if place < 0:
            table = table.append_column(name, found.column(name))
        else:
            table = table.set_column(place, name, found.column(name))
    return table


def _strings(batch: pa.RecordBatch, name: str, default: str) -> list[str]:
    if name not in batch.schema.names:
        return [default] * len(batch)
    return [str(value) if value else default for value in batch.column(name).to_pylist()]


def _book(books: Bookkeeper, sources: list[str], rules: list[str | None]) -> None:
    for source, rule in zip(sources, rules, strict=True):
        books.enter(source)
        if rule is None:
            books.keep(source)
        else:
            books.drop(source, rule)


def _reasons(
    batch: pa.RecordBatch,
    found: pa.Table,
    rules: list[str | None],
    sources: list[str],
    values: list[str | None],
) -> list[dict[str, str | None]]:
    urls: list[Any] = [None] * len(batch)
    if "url" in batch.schema.names:
        urls = batch.column("url").to_pylist()
    reasons = []
    for place in np.flatnonzero([rule is not None for rule in rules]):
        about = found.slice(int(place), 1).to_pylist()[0]
        rule = rules[place]
        keeper, similarity = about["keeper"], about["similarity"]
        if rule == SAME_URL:
            keeper, similarity = about["id"], 1.0
        reasons.append(
            {
                "id": str(about["id"]),
                "url": urls[place],
                "source": sources[place],
                "stage": STAGE,
                "rule": rule,
                "value": values[place] or f"{keeper} {similarity:.4f}",
            }
        )
    return reasons
