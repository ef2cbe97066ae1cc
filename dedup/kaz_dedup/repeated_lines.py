"""Repeated passages in the rows of a shard: cut from the text, or only told among its signals."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.identity import document_id
from kaz_datasets.shards import iter_batches
from kaz_datasets.words import count_words
from kaz_dedup.passages import REPEATED_PASSAGES, CutText, cut_text, repeated_keys

SIGNAL = "repeated_lines"
"""The name, among a row's `quality` values, of the share of its lines that are repeated."""


class RepeatedLines:
    """Works on the tables of one shard of records; `action` is `cut` or `flag`.

    `cut` takes the lines out and counts words and characters again; the id follows the text, as
    everywhere. A row with fewer than `least_words` left goes by the rule `repeated-passages`.
    Both add the share of repeated lines to `quality`. Raises NotFound and Corrupt.
    """

    def __init__(self, passages: Path, documents: Path, action: str, least_words: int) -> None:
        self._keys = repeated_keys(passages, hosts_of(documents))
        self._cuts = action == "cut"
        self._least = least_words

    def cut(self, table: pa.Table, rules: list[str | None], values: list[str | None]) -> pa.Table:
        """The table after the change; rules and values of rows that go are set."""
        texts, hosts = table.column("text").to_pylist(), table.column("host").to_pylist()
        found: dict[int, CutText] = {}
        for row, (text, host) in enumerate(zip(texts, hosts, strict=True)):
            if rules[row] is None and text:
                cut = cut_text(host or "", text, self._keys)
                if cut.repeated:
                    found[row] = cut
        for row, cut in found.items():
            words = count_words(cut.text)
            if self._cuts and words < self._least:
                rules[row] = REPEATED_PASSAGES
                values[row] = f"{len(cut.repeated)} of {cut.lines} lines, {words} words left"
        return self._changed(table, texts, found) if found else table

    def _changed(
        self, table: pa.Table, texts: list[str | None], found: dict[int, CutText]
    ) -> pa.Table:
        changes: dict[str, dict[int, Any]] = {"quality": {}}
        if self._cuts:
            changes["text"] = {row: cut.text for row, cut in found.items()}
            changes["words"] = {row: count_words(cut.text) for row, cut in found.items()}
            changes["characters"] = {row: len(cut.text) for row, cut in found.items()}
            urls: list[Any] = table.column("url").to_pylist()
            changes["id"] = {row: document_id(urls[row], cut.text) for row, cut in found.items()}
        quality = table.column("quality").to_pylist()
        for row, cut in found.items():
            share = {"rule": SIGNAL, "value": len(cut.repeated) / cut.lines}
            changes["quality"][row] = [*(quality[row] or []), share]
        for name, new in changes.items():
            place = table.schema.get_field_index(name)
            values = table.column(name).to_pylist()
            for row, value in new.items():
                values[row] = value
            table = table.set_column(
                place, table.schema.field(place), pa.array(values, table.schema.field(place).type)
            )
        return table


def hosts_of(documents: Path) -> pa.Array[Any]:
    """The hosts of a shard of records."""
    names: Any = pa.array([], pa.string())
    for batch in iter_batches(documents, ["host"]):
        column: Any = batch.column(0)
        names = pc.unique(pa.concat_arrays([names, column.cast(pa.string())]))
    return cast("pa.Array[Any]", pc.fill_null(names, ""))
