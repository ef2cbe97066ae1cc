"""The rows of a release, each recomputed: identifier, counts, order, place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_datasets.identity import document_id, host_of
from kaz_datasets.record import KINDS, RIGHTS_BASES, SCRIPTS
from kaz_datasets.release.checks import Check, compare, failure
from kaz_datasets.release.gate import Gate
from kaz_datasets.release.layout import DataName, parse_data_path
from kaz_datasets.release.licences import is_licence
from kaz_datasets.release.rejected_files import REJECTED_ORDER
from kaz_datasets.release.row_index import ROW_ORDER, first_repeated
from kaz_datasets.release.version import Version
from kaz_datasets.words import count_words

_READ: Final = (
    "id",
    "text",
    "url",
    "host",
    "source",
    "kind",
    "licence",
    "rights",
    "script",
    "words",
    "characters",
    "retrieved_at",
    "added_in",
)
_PROPERTIES: Final = (
    "id",
    "host",
    "kind",
    "licence",
    "basis",
    "script",
    "words",
    "characters",
    "row order",
    "release",
    "right",
    "personal data",
)

PersonalData = Callable[[str], Mapping[str, int]]
"""Counts what of a text is personal data, by type; the patterns are those of the cleaning."""


class DocumentChecks:
    """Looks at every row of the data files and remembers the first fault of each sort."""

    def __init__(self, gate: Gate, removed: pa.Table, personal: PersonalData | None = None) -> None:
        self._gate = gate
        self._personal = personal
        self._removed = frozenset(map(str, removed["id"].to_pylist()))
        self._faults: dict[tuple[str, str], Check] = {}
        self._seen: list[str] = []
        self._last: dict[tuple[str, ...], tuple[Any, ...]] = {}
        self._ids: list[pa.Array[Any]] = []

    def look(self, name: str, batch: pa.RecordBatch) -> None:
        """Check rows of the file `name`, which is `data/<kind>/train/…`."""
        if name not in self._seen:
            self._seen.append(name)
        parsed = parse_data_path(name)
        if parsed is None:
            raise Corrupt(f"{name} is not the name of a data file")
        self._ids.append(batch.column("id"))
        columns = [_values(batch, column) for column in _READ]
        for values in zip(*columns, strict=True):
            row = dict(zip(_READ, values, strict=True))
            self._look_at_row(name, row)
            self._look_at_place(name, parsed, row)
            if row["id"] not in self._removed:
                refusal = self._gate.refusal(row["rights"]["basis"], row["licence"])
                self._expect(name, "right", row, None, refusal)
            if self._personal is not None:
                found = {kind: n for kind, n in self._personal(row["text"]).items() if n}
                self._expect(name, "personal data", row, {}, found)

    def _look_at_row(self, name: str, row: dict[str, Any]) -> None:
        text = row["text"]
        self._expect(name, "id", row, document_id(row["url"], text), row["id"])
        self._expect(name, "host", row, host_of(row["url"]), row["host"])
        self._expect(name, "words", row, count_words(text), row["words"])
        self._expect(name, "characters", row, len(text), row["characters"])
        for column, value, known in (
            ("kind", row["kind"], row["kind"] in KINDS),
            ("script", row["script"], row["script"] in SCRIPTS),
            ("basis", row["rights"]["basis"], row["rights"]["basis"] in RIGHTS_BASES),
            ("licence", row["licence"], is_licence(row["licence"])),
        ):
            if not known:
                self._expect(name, column, row, "a known one", value)

    def _look_at_place(self, name: str, parsed: DataName, row: dict[str, Any]) -> None:
        """Check that the row belongs into this file, at this place."""
        self._expect(name, "kind", row, parsed.kind, row["kind"])
        self._expect(name, "script", row, parsed.script, row["script"])
        added_in = Version.parse(row["added_in"] or "")
        if parsed.series.base:  # a major holds rows of earlier ones too
            fits = added_in <= parsed.series.version
        else:
            fits = added_in == parsed.series.version
        if not fits:
            self._expect(name, "release", row, str(parsed.series), row["added_in"])
        group = (parsed.kind, str(parsed.series), parsed.script)
        key = tuple(row[column] for column in ROW_ORDER)
        if key <= self._last.get(group, ()):
            self._expect(name, "row order", row, f"after {self._last[group]}", key)
        self._last[group] = key

    def _expect(
        self, name: str, column: str, row: dict[str, Any], expected: object, found: object
    ) -> None:
        if expected != found and (name, column) not in self._faults:
            where = f"{column} of {row['id']} in {name}"
            self._faults[name, column] = failure(where, expected, found)

    @property
    def ids(self) -> pa.ChunkedArray[Any]:
        """The identifier of every row seen."""
        return pa.chunked_array(self._ids, type=pa.string())

    def checks(self) -> Iterator[Check]:
        """One check for each file and property, and one that no identifier repeats."""
        for name in self._seen:
            for column in _PROPERTIES:
                fault = self._faults.get((name, column))
                yield fault or compare(f"{column} in {name}", "every row", "every row")
        yield compare("repeated id in data", None, first_repeated(self.ids))


class RejectedOrder:
    """Looks at the order of rejected rows, across files."""

    def __init__(self) -> None:
        self._last: tuple[Any, ...] | None = None
        self._fault: Check | None = None

    def look(self, name: str, batch: pa.RecordBatch) -> None:
        """Check rows of the file `name`."""
        columns = [batch.column(column).to_pylist() for column in REJECTED_ORDER]
        for values in zip(*columns, strict=True):
            key = tuple((value is None, value or "") for value in values)  # nulls come last
            if self._last is not None and key < self._last and self._fault is None:
                self._fault = failure(f"row order in {name}", "sorted", values)
            self._last = key

    def checks(self) -> Iterator[Check]:
        """One check over all files of rejected rows."""
        yield self._fault or compare("row order in rejected", "sorted", "sorted")


def _values(batch: pa.RecordBatch, column: str) -> list[Any]:
    values = batch.column(column)
    if column == "retrieved_at":
        values = values.cast(pa.int64())
    return values.to_pylist()
