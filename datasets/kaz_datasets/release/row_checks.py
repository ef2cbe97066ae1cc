"""The rows of a release, each recomputed: identifier, counts, order, place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.identity import document_id, host_of
from kaz_datasets.record import KINDS, RIGHTS_BASES, SCRIPTS
from kaz_datasets.release.checks import Check, compare, failure
from kaz_datasets.release.data_files import ROW_ORDER, first_repeated
from kaz_datasets.release.licences import is_licence
from kaz_datasets.release.rejected_files import REJECTED_ORDER
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
)


class DocumentChecks:
    """Looks at every row of the data files and remembers the first fault of each sort."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, str], Check] = {}
        self._seen: list[str] = []
        self._last: dict[str, tuple[Any, ...]] = {}
        self._ids: list[pa.Array[Any]] = []

    def look(self, name: str, batch: pa.RecordBatch) -> None:
        """Check rows of the file `name`, which is `data/<kind>/train/…`."""
        if name not in self._seen:
            self._seen.append(name)
        kind = Path(name).parts[1]
        self._ids.append(batch.column("id"))
        columns = [_values(batch, column) for column in _READ]
        for values in zip(*columns, strict=True):
            row = dict(zip(_READ, values, strict=True))
            self._look_at_row(name, kind, row)

    def _look_at_row(self, name: str, kind: str, row: dict[str, Any]) -> None:
        text = row["text"]
        self._expect(name, "id", row, document_id(row["url"], text), row["id"])
        self._expect(name, "host", row, host_of(row["url"]), row["host"])
        self._expect(name, "kind", row, kind, row["kind"])
        self._expect(name, "words", row, count_words(text), row["words"])
        self._expect(name, "characters", row, len(text), row["characters"])
        for column, value, known in (
            ("kind", kind, kind in KINDS),
            ("script", row["script"], row["script"] in SCRIPTS),
            ("basis", row["rights"]["basis"], row["rights"]["basis"] in RIGHTS_BASES),
            ("licence", row["licence"], is_licence(row["licence"])),
        ):
            if not known:
                self._expect(name, column, row, "a known one", value)
        key = tuple(row[column] for column in ROW_ORDER)
        if key <= self._last.get(kind, ()):
            self._expect(name, "row order", row, f"after {self._last[kind]}", key)
        self._last[kind] = key

    def _expect(
        self, name: str, column: str, row: dict[str, Any], expected: object, found: object
    ) -> None:
        if expected != found and (name, column) not in self._faults:
            where = f"{column} of {row['id']} in {name}"
            self._faults[name, column] = failure(where, expected, found)

    def checks(self) -> Iterator[Check]:
        """One check for each file and property, and one that no identifier repeats."""
        for name in self._seen:
            for column in _PROPERTIES:
                fault = self._faults.get((name, column))
                yield fault or compare(f"{column} in {name}", "every row", "every row")
        ids = pa.chunked_array(self._ids, type=pa.string())
        yield compare("repeated id in data", None, first_repeated(ids))


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
