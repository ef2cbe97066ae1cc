"""What decides, beyond the text, which document of a cluster stays."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_dedup.parameters import DedupConfig

TIME_TYPE: Final = pa.timestamp("ms", tz="UTC")
NEVER: Final = np.iinfo(np.int64).max

_COMPLETENESS_COLUMNS = ("title", "published_at")
_LICENCE_COLUMN = "licence"
_TIME_COLUMN = "retrieved_at"
_WORST_LICENCE = 255


def rank_columns(columns: dict[str, pa.DataType], config: DedupConfig) -> list[str]:
    """Which of a shard's columns the ranks are made from."""
    named = [name for name in _COMPLETENESS_COLUMNS if name in columns]
    if pa.types.is_timestamp(columns.get(_TIME_COLUMN, pa.null())):
        named.append(_TIME_COLUMN)
    if pa.types.is_string(columns.get(_LICENCE_COLUMN, pa.null())):
        named.append(_LICENCE_COLUMN)
    kind = columns.get(config.quality_column, pa.null())
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        named.append(config.quality_column)
    return named


def ranks(batch: pa.RecordBatch, columns: list[str], config: DedupConfig) -> list[pa.Array[Any]]:
    """Licence rank (0 is best), completeness, quality and retrieval time of each row."""
    rows = len(batch)
    return [
        pa.array(_licences(batch, config))
        if _LICENCE_COLUMN in columns
        else pa.array(np.zeros(rows, np.uint8)),
        pa.array(_completeness(batch, columns)),
        _quality(batch.column(config.quality_column))
        if config.quality_column in columns
        else pa.array(np.zeros(rows, np.float32)),
        batch.column(_TIME_COLUMN).cast(TIME_TYPE, safe=False)
        if _TIME_COLUMN in columns
        else pa.nulls(rows, TIME_TYPE),
    ]


def _licences(batch: pa.RecordBatch, config: DedupConfig) -> npt.NDArray[np.uint8]:
    places = {name: place for place, name in enumerate(config.licences[: _WORST_LICENCE - 1])}
    stated = len(places)
    values = batch.column(_LICENCE_COLUMN).to_pylist()
    return np.array(
        [places.get(value, stated) if value else _WORST_LICENCE for value in values], np.uint8
    )


def _completeness(batch: pa.RecordBatch, columns: list[str]) -> npt.NDArray[np.uint8]:
    """How many of title and date each document has."""
    total = np.zeros(len(batch), np.uint8)
    for name in set(columns) & set(_COMPLETENESS_COLUMNS):
        total += np.array([value not in (None, "") for value in batch.column(name).to_pylist()])
    return total


def _quality(column: pa.Array[Any]) -> pa.Array[Any]:
    values = column.cast(pa.float32(), safe=False).to_numpy(zero_copy_only=False)
    return pa.array(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), pa.float32())
