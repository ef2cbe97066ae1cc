"""Rows of Python values to columns of Arrow, by the buffers of the format itself.

`pyarrow.Table.from_pylist` looks at every value's type and loads pandas for it, a second of every
process; here the schema says the types (Arrow columnar format 1.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_NUMBERS: Final[Mapping[Any, Any]] = {
    pa.int32(): np.int32,
    pa.int64(): np.int64,
    pa.float32(): np.float32,
    pa.float64(): np.float64,
}
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_LARGEST: Final = 2**31 - 1


def table_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """The table of `rows`, dictionaries by field name; what a row lacks is null."""
    columns = [array_of([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def array_of(values: Sequence[Any], kind: pa.DataType) -> pa.Array[Any]:
    """The array of `values`, None being null. Raises what a value of another type raises."""
    if pa.types.is_string(kind):
        return _strings(values, kind)
    if pa.types.is_struct(kind):
        return _structs(values, kind)
    if pa.types.is_list(kind):
        return _lists(values, kind)
    if kind in _NUMBERS:
        return _numbers(values, kind, _NUMBERS[kind])
    if pa.types.is_date32(kind):
        days = [None if value is None else value.toordinal() - _FIRST_DAY for value in values]
        return _numbers(days, kind, np.int32)
    if kind == pa.timestamp("ms", tz="UTC"):
        return _numbers([_milliseconds(value) for value in values], kind, np.int64)
    return pa.array(values, kind)


def _milliseconds(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MILLISECOND


def _numbers(values: Sequence[Any], kind: pa.DataType, dtype: Any) -> pa.Array[Any]:
    filled = [0 if value is None else value for value in values]
    content = _buffer(np.array(filled, dtype))
    return pa.Array.from_buffers(kind, len(values), [_validity(values), content])


def _strings(values: Sequence[str | None], kind: pa.DataType) -> pa.Array[Any]:
    encoded = [b"" if value is None else value.encode() for value in values]
    buffers = [_validity(values), _buffer(_offsets(encoded)), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(kind, len(values), buffers)


def _lists(values: Sequence[Sequence[Any] | None], kind: Any) -> pa.Array[Any]:
    filled = [value or () for value in values]
    items = array_of(list(chain.from_iterable(filled)), kind.value_type)
    buffers = [_validity(values), _buffer(_offsets(filled))]
    return pa.Array.from_buffers(kind, len(values), buffers, children=[items])


def _structs(values: Sequence[Mapping[str, Any] | None], kind: Any) -> pa.Array[Any]:
    filled = [value or {} for value in values]
    fields = [kind.field(number) for number in range(kind.num_fields)]
    children = [array_of([value.get(one.name) for value in filled], one.type) for one in fields]
    return pa.Array.from_buffers(kind, len(values), [_validity(values)], children=children)


def _validity(values: Sequence[Any]) -> pa.Buffer | None:
    """One bit a value, the first lowest; None where no value is null."""
    if not any(value is None for value in values):
        return None
    bits = np.fromiter((value is not None for value in values), np.bool_, len(values))
    return _buffer(np.packbits(bits, bitorder="little"))


def _offsets(values: Sequence[Any]) -> npt.NDArray[np.int32]:
    """Where each value begins, and the last one ends. Raises OverflowError past 2 GiB."""
    ends = np.zeros(len(values) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, values), np.int64, len(values)), out=ends[1:])
    if ends[-1] > _LARGEST:
        raise OverflowError(f"{ends[-1]} bytes or items do not fit into one Arrow array")
    return ends.astype(np.int32)


def _buffer(array: npt.NDArray[Any]) -> pa.Buffer:
    return pa.py_buffer(array.data)
