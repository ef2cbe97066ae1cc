from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from datasets import Features

from kaz_datasets.record import (
    FIELDS,
    REJECTED_FIELDS,
    REJECTED_SCHEMA,
    SCHEMA,
    SCHEMA_VERSION,
    Field,
)
from kaz_datasets.shards import read_shard, write_shard

BOTH = [(FIELDS, SCHEMA), (REJECTED_FIELDS, REJECTED_SCHEMA)]


def test_names_of_the_published_columns_are_pinned() -> None:
    assert SCHEMA_VERSION == "1"
    assert " ".join(SCHEMA.names) == (
        "id text title author url host source kind licence rights published_at retrieved_at script"
        " language_score words characters quality cluster_id cluster_size masked repaired"
        " warc_file warc_offset extractor charset added_in"
    )
    assert REJECTED_SCHEMA.names == ["id", "url", "source", "stage", "rule", "value"]


@pytest.mark.parametrize(("fields", "schema"), BOTH)
def test_schema_is_made_from_the_fields(fields: tuple[Field, ...], schema: pa.Schema) -> None:
    assert [field.name for field in fields] == schema.names
    for field in fields:
        column = schema.field(field.name)
        assert (column.type, column.nullable) == (field.type, field.nullable)
        assert (column.metadata or {})[b"doc"].decode() == field.doc


@pytest.mark.parametrize(("fields", "schema"), BOTH)
def test_every_doc_is_a_short_sentence(fields: tuple[Field, ...], schema: pa.Schema) -> None:
    for field in fields:
        assert 10 < len(field.doc) < 250
        assert "\n" not in field.doc
        assert "|" not in field.doc  # it becomes a cell of the card


@pytest.mark.parametrize(("fields", "schema"), BOTH)
def test_the_hubs_loader_keeps_every_type(fields: tuple[Field, ...], schema: pa.Schema) -> None:
    loaded = Features.from_arrow_schema(schema).arrow_schema
    for field in fields:
        if not pa.types.is_nested(field.type):
            assert loaded.field(field.name).type == field.type


def test_schema_and_version_travel_in_the_file(tmp_path: Path) -> None:
    write_shard(tmp_path / "empty.parquet", [])
    schema = read_shard(tmp_path / "empty.parquet").schema
    assert schema.equals(SCHEMA)
    assert (schema.metadata or {})[b"kazcorpus.schema"] == b"1"
    assert (schema.field("id").metadata or {})[b"doc"].startswith(b"Stable identifier")
