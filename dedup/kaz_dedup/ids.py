"""The ids of all nodes, in their order: strings or integers, in memory or in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_dedup.blocks import disk_array
from kaz_dedup.compiled import compiled
from kaz_dedup.words import Bytes, Integers


@dataclass(frozen=True)
class Ids:
    """Id i of strings is `data[ends[i - 1]:ends[i]]`; of integers `data[i]`, and no ends."""

    type: pa.DataType
    data: npt.NDArray[Any]
    ends: Integers | None

    def __len__(self) -> int:
        return len(self.data if self.ends is None else self.ends) - (self.ends is not None)

    def take(self, nodes: Integers) -> pa.Array[Any]:
        """The ids of some nodes."""
        if self.ends is None:
            return pa.array(self.data[nodes], self.type)
        offsets = np.zeros(len(nodes) + 1, np.int64)
        np.cumsum(self.ends[nodes + 1] - self.ends[nodes], out=offsets[1:])
        gathered = np.empty(int(offsets[-1]), np.uint8)
        _gather(self.data, self.ends, nodes, offsets, gathered)
        made: Any = pa.LargeStringArray.from_buffers(
            len(nodes),
            pa.py_buffer(memoryview(offsets)),  # type: ignore[arg-type]
            pa.py_buffer(memoryview(gathered)),  # type: ignore[arg-type]
        )
        return cast("pa.Array[Any]", made.cast(self.type))

    def part(self, start: int, stop: int) -> pa.Array[Any]:
        """The ids of a run of nodes."""
        return self.take(np.arange(start, stop))


class IdsWriter:
    """Takes ids in ascending order, part by part; the whole room is known before."""

    def __init__(self, folder: Path, kind: pa.DataType, rows: int, room: int) -> None:
        self._type = kind
        self._rows = self._used = 0
        self._strings = pa.types.is_string(kind)
        self._data = disk_array(
            folder, room if self._strings else rows, np.uint8 if self._strings else _dtype(kind)
        )
        self._ends = disk_array(folder, rows + 1, np.int64) if self._strings else None

    def append(self, ids: pa.Array[Any]) -> None:
        """Add the next ids."""
        if self._ends is None:
            self._data[self._rows : self._rows + len(ids)] = ids.to_numpy(zero_copy_only=False)
        else:
            large: Any = pc.cast(ids, pa.large_string())
            offsets = np.frombuffer(large.buffers()[1], np.int64)
            offsets = offsets[large.offset : large.offset + len(ids) + 1]
            data = np.frombuffer(large.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
            self._data[self._used : self._used + len(data)] = data
            ends = offsets[1:] - offsets[0] + self._used
            self._ends[self._rows + 1 : self._rows + 1 + len(ids)] = ends
            self._used += len(data)
        self._rows += len(ids)

    def finish(self) -> Ids:
        """All ids that were added."""
        if self._ends is None:
            return Ids(self._type, self._data[: self._rows], None)
        return Ids(self._type, self._data[: self._used], self._ends[: self._rows + 1])


def _dtype(kind: pa.DataType) -> Any:
    return kind.to_pandas_dtype()


@compiled
def _gather(data: Bytes, ends: Integers, nodes: Integers, offsets: Integers, out: Bytes) -> None:
    for i in range(len(nodes)):
        start = ends[nodes[i]]
        for k in range(offsets[i + 1] - offsets[i]):
            out[offsets[i] + k] = data[start + k]
