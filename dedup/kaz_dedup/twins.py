"""Documents that a cut has made equal: the same page crawled under two menus is one page.

Clusters are found before passages are cut. Two retrievals of a short page may be unlike then, and
equal, with one id, once their menus are gone. Of such documents the one that the keeper's rule
prefers stays, and the verdicts say of the others that they are exact duplicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.shards import ShardWriter, iter_batches, open_shard
from kaz_datasets.words import count_words
from kaz_dedup.blocks import BlockFile, range_of, ranges_for, work_folder
from kaz_dedup.keepers import keeper_order
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.passages import cut_text, repeated_keys
from kaz_dedup.ranks import NEVER, rank_columns, ranks
from kaz_dedup.repeated_lines import hosts_of
from kaz_dedup.signatures import column_types
from kaz_dedup.tables import InOrder, TableSpill
from kaz_dedup.text_hashes import text_hashes
from kaz_dedup.texts import text_buffers
from kaz_dedup.verdicts import VerdictReader
from kaz_dedup.words import Integers

_ROWS_PER_BATCH = 4_096


def settle_twins(
    documents: Sequence[Path],
    verdicts: Sequence[Path],
    passages: Path,
    settled: Sequence[Path],
    config: DedupConfig,
) -> int:
    """Write the verdicts again, with keepers for twins; return how many documents these drop.

    `settled[i]` takes the verdicts of `documents[i]`, records of this project, whose lines that
    `passages` lists will be cut. Equal are texts that differ in case and white space at most.
    `keeper` names, as in all verdicts, the id from before the cut. Memory is that of one range of
    `config.range_rows` documents. Raises NotFound, Corrupt and DiskFull.
    """
    first_rows = np.cumsum([0, *map(_row_count, documents)], dtype=np.int64)
    total = int(first_rows[-1])
    ranges = ranges_for(total, config.range_rows)
    width = -(-total // ranges) or 1
    dropped = 0
    with (
        work_folder(settled[0]) as folder,
        BlockFile(folder / "texts") as texts,
        BlockFile(folder / "twins") as file,
    ):
        spill, twins = TableSpill(texts, ranges), TableSpill(file, ranges)
        for path, said, row in zip(documents, verdicts, first_rows.tolist(), strict=False):
            for table in _final_texts(path, said, row, passages, config):
                spill.append(range_of(table.column("high").to_numpy(), ranges), table)
        for part in range(ranges):
            found = spill.read(part)
            if found is not None:
                chosen = _twins_of(found, config)
                twins.append(chosen.column("row").to_numpy() // width, chosen)
                dropped += len(chosen)
        rows = InOrder(twins, ranges, "row")
        for said, path, (first, end) in zip(
            verdicts, settled, pairwise(first_rows.tolist()), strict=True
        ):
            _write_settled(said, path, rows, first, end)
    return dropped


def _row_count(path: Path) -> int:
    with open_shard(path) as shard:
        return int(shard.metadata.num_rows)


def _final_texts(
    documents: Path, verdicts: Path, first_row: int, passages: Path, config: DedupConfig
) -> Iterator[pa.Table]:
    """What the rows that stay will be: hash, id and what decides between them."""
    keys = repeated_keys(passages, hosts_of(documents))
    ranked = rank_columns(column_types(documents), config)
    columns = list(dict.fromkeys(["id", "host", "text", *ranked]))
    said = VerdictReader(verdicts)
    row = first_row
    for batch in iter_batches(documents, columns, rows=_ROWS_PER_BATCH):
        found = said.of(batch.column("id"))
        kept = pc.and_(
            pc.equal(found.column("id"), found.column("keeper")), found.column("elected")
        )
        stays: Any = np.flatnonzero(kept.to_numpy())
        yield _described(batch.take(stays), stays + row, keys, ranked, config)
        row += len(batch)


def _described(
    batch: pa.RecordBatch,
    rows: Integers,
    keys: frozenset[bytes],
    ranked: list[str],
    config: DedupConfig,
) -> pa.Table:
    hosts, old = (batch.column(name).to_pylist() for name in ("host", "text"))
    texts = [
        cut_text(host or "", text or "", keys).text for host, text in zip(hosts, old, strict=True)
    ]
    words = np.array([count_words(text) for text in texts], np.int64)
    pairs: Any = text_hashes(text_buffers(pa.array(texts, pa.large_string())))
    hashes = np.frombuffer(b"".join(found or bytes(16) for found in pairs), np.uint64)
    licence, completeness, quality, times = ranks(batch, ranked, config)
    seconds: Any = times.cast(pa.int64())
    columns: dict[str, Any] = {
        "high": hashes[::2],
        "low": hashes[1::2],
        "row": rows,
        "id": batch.column("id"),
        "licence_rank": licence,
        "completeness": completeness,
        "quality": quality,
        "words": words,
        "retrieved_at": pc.fill_null(seconds, int(NEVER)),
    }
    # Those that the cut leaves too short go by a rule of their own.
    long_enough: Any = pa.array(words >= config.least_words)
    return pa.table(columns).filter(long_enough)


def _twins_of(table: pa.Table, config: DedupConfig) -> pa.Table:
    """`row` of each document to drop, and `keeper`, the id of the one that stays for it."""
    texts = np.column_stack([table.column(name).to_numpy() for name in ("high", "low")])
    _, roots = np.unique(texts, axis=0, return_inverse=True)
    places = np.argsort(pc.sort_indices(table, [("id", "ascending"), ("row", "ascending")]))
    ranked = table.append_column("root", pa.array(roots.ravel().astype(np.int64)))
    order = keeper_order(ranked.append_column("node", pa.array(places)), config.keeper)
    ordered = roots.ravel()[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    keepers = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    columns: dict[str, Any] = {
        "row": table.column("row").take(order[~first]),
        "keeper": table.column("id").take(keepers[~first]),
    }
    return pa.table(columns)


def _write_settled(verdicts: Path, path: Path, rows: InOrder, first: int, end: int) -> None:
    with open_shard(verdicts) as shard:
        schema = shard.schema_arrow
    with ShardWriter(path, schema) as writer:
        row = first
        for batch in iter_batches(verdicts):
            table = pa.Table.from_batches([batch])
            for twins in rows.until(row + len(batch)):
                table = _settled(table, twins.column("row").to_numpy() - row, twins)
            writer.write_table(table.cast(schema))
            row += len(batch)
    assert row == end


def _settled(table: pa.Table, here: Integers, twins: pa.Table) -> pa.Table:
    drops = np.zeros(len(table), np.bool_)
    drops[here] = True
    new: dict[str, Any] = {
        "keeper": twins.column("keeper").cast(table.column("keeper").type).combine_chunks(),
        "similarity": pa.array(np.ones(len(here))),
        "exact": pa.array(np.ones(len(here), np.bool_)),
    }
    for name, values in new.items():
        column = pc.replace_with_mask(table.column(name), pa.array(drops), values)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table
