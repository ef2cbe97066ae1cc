"""Rows of Python values to columns of Arrow, by the buffers of the format itself.

`pyarrow.Table.from_pylist` looks at every value's type and loads pandas for it, a second of every
process; here the schema says the types (Arrow columnar format 1.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
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
    """The table of `rows`, dictionaries by field name; what a row lacks is null.

    A list of structs of two fields may be given as a mapping.
    """
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
    filled = [0 if value is None else value for value in values] if None in values else values
    content = _buffer(np.array(filled, dtype))
    return pa.Array.from_buffers(kind, len(values), [_validity(values), content])


def _strings(values: Sequence[str | None], kind: pa.DataType) -> pa.Array[Any]:
    filled = ["" if value is None else value for value in values] if None in values else values
    encoded = [value.encode() for value in filled if value is not None]
    buffers = [_validity(values), _buffer(_offsets(encoded)), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(kind, len(values), buffers)


def _lists(values: Sequence[Any], kind: Any) -> pa.Array[Any]:
    if pa.types.is_struct(kind.value_type) and all(isinstance(one, Mapping) for one in values):
        return _pairs(values, kind)
    filled = [value or () for value in values]
    items = array_of(list(chain.from_iterable(filled)), kind.value_type)
    buffers = [_validity(values), _buffer(_offsets(filled))]
    return pa.Array.from_buffers(kind, len(values), buffers, children=[items])


def _pairs(values: Sequence[Mapping[Any, Any]], kind: Any) -> pa.Array[Any]:
    """A list of structs of two fields, given as mappings: name to value, in the names' order."""
    names, each = kind.value_type.field(0), kind.value_type.field(1)
    keys = sorted(values[0]) if values else []
    if keys and all(value.keys() == values[0].keys() for value in values):
        width = len(keys)
        rows = [list(map(value.__getitem__, keys)) for value in values]
        first, second = _repeated(tuple(keys), len(values), names.type), list(chain(*rows))
        ends = np.arange(0, width * len(values) + 1, width, dtype=np.int32)
    else:
        items = [sorted(value.items()) for value in values]
        flat = list(chain.from_iterable(items))
        first, second = array_of([key for key, _ in flat], names.type), [item for _, item in flat]
        ends = _offsets(items)
    children = [first, array_of(second, each.type)]
    pairs = pa.Array.from_buffers(kind.value_type, len(second), [None], children=children)
    return pa.Array.from_buffers(kind, len(values), [None, _buffer(ends)], children=[pairs])


@lru_cache(maxsize=64)
def _repeated(names: tuple[str, ...], times: int, kind: pa.DataType) -> pa.Array[Any]:
    """The same names for each of some rows: a batch of documents has the same measures."""
    return array_of(names * times, kind)


def _structs(values: Sequence[Mapping[str, Any] | None], kind: Any) -> pa.Array[Any]:
    filled = [value or {} for value in values]
    fields = [kind.field(number) for number in range(kind.num_fields)]
    children = [array_of([value.get(one.name) for value in filled], one.type) for one in fields]
    return pa.Array.from_buffers(kind, len(values), [_validity(values)], children=children)


def _validity(values: Sequence[Any]) -> pa.Buffer | None:
    """One bit a value, the first lowest; None where no value is null."""
    if None not in values:
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
