"""How the files of a release are written: the options that a reader, and the Hub, profit from."""

from __future__ import annotations

from typing import Any, Final

ROWS_PER_GROUP: Final = 8_192
"""Rows of one row group: some 25 MB of text, what a reader who streams holds at once."""

_REPEATED: Final = (
    "host",
    "source",
    "kind",
    "licence",
    "rights.basis",
    "rights.signals.list.element",
    "script",
    "quality.list.element.rule",
    "masked.list.element.type",
    "repaired.list.element.type",
    "warc_file",
    "extractor",
    "added_in",
    "stage",
    "rule",
    "reason",
    "removed_in",
)
"""Columns whose values repeat: only for these a dictionary is worth building."""


def writer_options() -> dict[str, Any]:
    """Arguments of `pyarrow.parquet.ParquetWriter` for a file of a release.

    Content-defined chunking lets the Hub's storage find unchanged pages of a file that was
    written anew; page index and checksums let readers skip and trust single pages. Level 9 of
    zstd: level 15 takes seven times as long for one per cent.
    """
    return {
        "compression": "zstd",
        "compression_level": 9,
        "use_dictionary": list(_REPEATED),
        "use_content_defined_chunking": True,
        "write_page_index": True,
        "write_page_checksum": True,
    }
