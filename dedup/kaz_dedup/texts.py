"""Texts as the kernel reads them: one block of UTF-8 bytes and the offsets of each text in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import WrongUse
from kaz_dedup.errors import InvalidText

Texts: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any] | Sequence[str | None]"


class TextBuffers(NamedTuple):
    """Text i is `data[offsets[i]:offsets[i + 1]]`, in UTF-8; a null is an empty text.

    The offsets are checked; the bytes are the kernel's to check, as it reads each of them anyway.
    """

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def text_buffers(texts: Texts) -> TextBuffers:
    """The bytes of any kind of Arrow strings, sliced or not, or of a sequence of `str`.

    Raises InvalidText where the column is damaged, WrongUse where it is not of strings.
    """
    return _buffers(text_array(texts))


def text_chunks(texts: Texts) -> Iterator[TextBuffers]:
    """As `text_buffers`, chunk by chunk: no text is copied where Arrow holds strings."""
    column = _checked(texts)
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        yield _buffers(_plain(chunk))


def _buffers(array: pa.LargeStringArray) -> TextBuffers:
    offsets_buffer, data_buffer = array.buffers()[1:3]
    if offsets_buffer is None or len(array) == 0:
        return TextBuffers(np.empty(0, np.uint8), np.zeros(len(array) + 1, np.int64))
    offsets = np.frombuffer(memoryview(offsets_buffer), np.int64)
    data = np.frombuffer(memoryview(data_buffer or b""), np.uint8)
    offsets = offsets[array.offset : array.offset + len(array) + 1]
    if offsets[0] < 0 or offsets[-1] > len(data) or (offsets[1:] < offsets[:-1]).any():
        raise InvalidText("the offsets of a column lie outside its data: write it again")
    return TextBuffers(data, offsets)


def text_array(texts: Texts) -> pa.LargeStringArray:
    """`texts` as one Arrow array, nulls as empty texts. Raises as `text_buffers`."""
    column = _checked(texts)
    whole: Any = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return _plain(whole)


def _plain(array: pa.Array[Any]) -> pa.LargeStringArray:
    large: Any = array.cast(pa.large_string())
    return cast(pa.LargeStringArray, pc.fill_null(large, "") if large.null_count else large)


def _checked(texts: Texts) -> pa.Array[Any] | pa.ChunkedArray[Any]:
    column = _as_arrow(texts)
    if not _holds_strings(column.type):
        raise WrongUse(f"texts must be a column of strings, not of {column.type}")
    try:
        # Views and dictionaries are copied by Arrow, which must be able to trust their indices.
        column.validate(full=not _is_plain(column.type))
    except pa.ArrowInvalid as error:
        raise InvalidText(f"a column of texts is damaged ({error}): write it again") from error
    return column


def _as_arrow(texts: Texts) -> pa.Array[Any] | pa.ChunkedArray[Any]:
    if isinstance(texts, pa.Array | pa.ChunkedArray):
        return texts
    try:
        return pa.array(list(texts), pa.large_string())
    except UnicodeEncodeError as error:
        raise InvalidText(f"a text holds a lone surrogate ({error}): decode it again") from error
    except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
        raise WrongUse(f"texts must be strings: {error}") from error


def _is_plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _holds_strings(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    )
