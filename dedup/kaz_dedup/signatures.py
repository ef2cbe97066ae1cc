"""Documents → signatures: what clustering needs to know of each document, without its text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from kaz_datasets.errors import WrongUse
from kaz_datasets.shards import ShardWriter, iter_batches, open_shard
from kaz_dedup.errors import InvalidText
from kaz_dedup.folding import UNICODE_VERSION
from kaz_dedup.kernel import band_keys, signatures_of
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.ranks import TIME_TYPE, rank_columns, ranks
from kaz_dedup.text_hashes import text_hashes
from kaz_dedup.texts import text_array, text_buffers

DEDUP_VERSION: Final = 6
"""Raised when the same documents would now give other signatures or clusters."""

METADATA_KEY: Final = b"kazcorpus.signatures"
TEXT_HASH_TYPE: Final = pa.binary(16)

_ROWS_PER_BATCH = 4_096


def sign_shard(
    documents: Path,
    signatures: Path,
    config: DedupConfig,
    text: str = "text",
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    *,
    rank_by_record: bool = True,
) -> int:
    """Write the signatures of a shard, one row a document in the same order; return how many.

    Columns: `id` · `row` · `text_hash` (BLAKE2b-128 of the text in lower case with single
    spaces; null where there is no text) · `words` · `completeness` and `retrieved_at` (of the
    record's columns where they exist and `rank_by_record` is true) · one key a band.
    Raises NotFound, Corrupt, InvalidText, and WrongUse where a column is missing or of a wrong
    type.
    """
    columns = column_types(documents)
    id_type = _checked_id_type(documents, columns, id, text)
    read = [name for name in rank_columns(columns, config) if rank_by_record]
    with ShardWriter(signatures, signature_schema(id_type, config)) as shard:
        wanted = list(dict.fromkeys([id, text, *read]))
        for batch in iter_batches(documents, wanted, rows=_ROWS_PER_BATCH):
            try:
                shard.write_table(_signed(batch, id, text, read, config, shard.rows, id_type))
            except (InvalidText, WrongUse) as error:
                raise type(error)(f"{documents}: {error}") from error
    return shard.rows


def band_name(band: int) -> str:
    """The column that holds the keys of a band."""
    return f"band_{band:03}"


def signature_schema(id_type: pa.DataType, config: DedupConfig) -> pa.Schema:
    """The schema of a signature shard; its metadata says what its numbers mean."""
    bands, _ = config.bands
    return pa.schema(
        [
            pa.field("id", id_type, nullable=False),
            pa.field("row", pa.int64(), nullable=False),
            pa.field("text_hash", TEXT_HASH_TYPE),
            pa.field("words", pa.int64(), nullable=False),
            pa.field("licence_rank", pa.uint8(), nullable=False),
            pa.field("completeness", pa.uint8(), nullable=False),
            pa.field("quality", pa.float32(), nullable=False),
            pa.field("retrieved_at", TIME_TYPE),
            *(pa.field(band_name(band), pa.uint64(), nullable=False) for band in range(bands)),
        ],
        metadata={METADATA_KEY: definition(config)},
    )


def definition(config: DedupConfig) -> bytes:
    """All that decides signatures, as canonical JSON: shards where it differs cannot be mixed."""
    bands, rows = config.bands
    parts = {
        "version": DEDUP_VERSION,
        "unicode": UNICODE_VERSION,
        "shingle_words": config.shingle_words,
        "permutations": config.permutations,
        "seed": config.seed,
        "licences": config.licences,
        "quality_column": config.quality_column,
        "bands": bands,
        "rows": rows,
    }
    return json.dumps(parts, sort_keys=True).encode()


def column_types(documents: Path) -> dict[str, pa.DataType]:
    """The columns of a Parquet file. Raises NotFound and Corrupt."""
    with open_shard(documents) as shard:
        return {field.name: field.type for field in shard.schema_arrow}


def _checked_id_type(
    documents: Path, columns: dict[str, pa.DataType], id_column: str, text: str
) -> pa.DataType:
    for name in (id_column, text):
        if name not in columns:
            raise WrongUse(
                f"{documents} has no column {name!r}: name one of {', '.join(columns) or 'none'}"
            )
    kind = columns[id_column]
    if pa.types.is_integer(kind):
        return kind
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    raise WrongUse(f"{documents}: column {id_column!r} is of {kind}, not of strings or integers")


def _signed(
    batch: pa.RecordBatch,
    id_column: str,
    text: str,
    rank: list[str],
    config: DedupConfig,
    first_row: int,
    id_type: pa.DataType,
) -> pa.Table:
    texts = text_array(batch.column(text))
    buffers = text_buffers(texts)
    minima, words = signatures_of(buffers, config.permutations, config.shingle_words, config.seed)
    bands, rows = config.bands
    ids = batch.column(id_column).cast(id_type)
    if ids.null_count:
        raise WrongUse(f"column {id_column!r} has rows without an id: give each row one")
    arrays: list[Any] = [
        ids,
        pa.array(np.arange(first_row, first_row + len(batch))),
        pa.array(text_hashes(buffers), TEXT_HASH_TYPE),
        pa.array(words),
        *ranks(batch, rank, config),
        *(pa.array(keys) for keys in band_keys(minima, bands, rows).T),
    ]
    return pa.Table.from_arrays(arrays, schema=signature_schema(id_type, config))
