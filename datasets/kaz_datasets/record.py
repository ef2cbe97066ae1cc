"""The record: what one row of the corpus says.

A published row answers: what is it, where is it from, may I use it, how sure are we, what did
we do to it. The schema, the dataset card and the documentation are all made from `FIELDS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from kaz_datasets.vocabulary import KINDS as KINDS
from kaz_datasets.vocabulary import RIGHTS_BASES as RIGHTS_BASES
from kaz_datasets.vocabulary import SCRIPTS as SCRIPTS

SCHEMA_VERSION: Final = "1"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column: its Arrow type, whether it may be null, and what it means to a reader."""

    name: str
    type: pa.DataType
    doc: str
    nullable: bool = False

    def arrow(self) -> pa.Field[pa.DataType]:
        """The Arrow field, with the doc as metadata so that it travels in every Parquet file."""
        return pa.field(self.name, self.type, self.nullable, metadata={"doc": self.doc})


_TIMESTAMP = pa.timestamp("ms", tz="UTC")  # the Hub's loaders turn seconds into milliseconds


def _pairs(name: str, value: str, value_type: pa.DataType) -> pa.DataType:
    """A list of (name, value): Arrow's map type is one that the Hub's loaders cannot read."""
    item = pa.struct(
        [pa.field(name, pa.string(), nullable=False), pa.field(value, value_type, nullable=False)]
    )
    return pa.list_(pa.field("item", item, nullable=False))


_COUNTS = _pairs("type", "count", pa.int32())

FIELDS: Final = (
    Field(
        name="id",
        type=pa.string(),
        doc="Stable identifier: 32 hexadecimal digits, BLAKE2b-128 of `url`, a line feed and"
        " `text`; anyone can recompute it.",
    ),
    Field(name="text", type=pa.string(), doc="The main text, one paragraph a line, NFC, masked."),
    Field(name="title", type=pa.string(), nullable=True, doc="The page's title."),
    Field(
        name="author",
        type=pa.string(),
        nullable=True,
        doc="Whom to credit, where the licence asks for it (CC BY 4.0, section 3(a)(1)(A)).",
    ),
    Field(name="url", type=pa.string(), doc="Canonical address without tracking parameters."),
    Field(name="host", type=pa.string(), doc="The host name of `url`."),
    Field(name="source", type=pa.string(), doc="Identifier of the source file that was crawled."),
    Field(name="kind", type=pa.string(), doc="What the source publishes: " + ", ".join(KINDS)),
    Field(
        name="licence",
        type=pa.string(),
        nullable=True,
        doc="SPDX identifier or address of the licence, where one is stated.",
    ),
    Field(
        name="rights",
        type=pa.struct(
            [
                pa.field("basis", pa.string(), nullable=False),
                pa.field("signals", pa.list_(pa.string()), nullable=False),
            ]
        ),
        doc="`basis`: why the text may be used (" + ", ".join(RIGHTS_BASES) + "); `signals`:"
        " machine-readable statements seen with the page, as name=value.",
    ),
    Field(name="published_at", type=pa.date32(), nullable=True, doc="The page's own date."),
    Field(name="retrieved_at", type=_TIMESTAMP, doc="When the page was fetched (UTC)."),
    Field(name="script", type=pa.string(), doc="ISO 15924 script of the text: Cyrl, Latn, Arab."),
    Field(
        name="language_score",
        type=pa.float32(),
        doc="Share of the text, by characters, whose sentences were identified as Kazakh.",
    ),
    Field(name="words", type=pa.int32(), doc="Number of words (runs of letters and digits)."),
    Field(name="characters", type=pa.int32(), doc="Number of Unicode code points in `text`."),
    Field(
        name="quality",
        type=_pairs("rule", "value", pa.float32()),
        doc="Every value that a quality rule looked at, by name, so that a reader can be stricter.",
    ),
    Field(
        name="cluster_id",
        type=pa.string(),
        nullable=True,
        doc="The `id` of the smallest member of the near-duplicate cluster.",
    ),
    Field(
        name="cluster_size",
        type=pa.int32(),
        nullable=True,
        doc="How many documents the cluster held before duplicates were removed.",
    ),
    Field(name="masked", type=_COUNTS, doc="Personal data replaced in `text`, counted by type."),
    Field(name="repaired", type=_COUNTS, doc="Characters changed by normalisation, by step."),
    Field(name="warc_file", type=pa.string(), doc="Archive file that holds the fetched page."),
    Field(name="warc_offset", type=pa.int64(), doc="Byte offset of its record in that file."),
    Field(name="extractor", type=pa.string(), doc="Extractor and version, e.g. trafilatura 2.3.1."),
    Field(
        name="charset",
        type=pa.string(),
        nullable=True,
        doc="Character set that the page was read in, and why, e.g. `kz1048: letters`.",
    ),
    Field(name="added_in", type=pa.string(), nullable=True, doc="Release that first held the row."),
)

SCHEMA: Final = pa.schema(
    [field.arrow() for field in FIELDS], metadata={"kazcorpus.schema": SCHEMA_VERSION}
)

REJECTED_FIELDS: Final = (
    Field(name="id", type=pa.string(), nullable=True, doc="The document's id, once it had one."),
    Field(name="url", type=pa.string(), nullable=True, doc="Address of the page."),
    Field(name="source", type=pa.string(), doc="Identifier of the source."),
    Field(name="stage", type=pa.string(), doc="Stage that dropped it: crawl, clean, dedup."),
    Field(name="rule", type=pa.string(), doc="Rule that dropped it."),
    Field(name="value", type=pa.string(), nullable=True, doc="What the rule measured."),
)

REJECTED_SCHEMA: Final = pa.schema(
    [field.arrow() for field in REJECTED_FIELDS],
    metadata={"kazcorpus.rejected": SCHEMA_VERSION},
)
