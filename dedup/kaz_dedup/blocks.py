"""Arrays that would not fit into memory, on disk: blocks with a checksum each, and ranges of keys.

All of it lies in files without a name: nothing stays behind however the process ends.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import no_space_named
from kaz_dedup.compiled import compiled
from kaz_dedup.words import GOLDEN, U64, Hashes, Integers, mixed

IN_MEMORY: Final = 1 << 23
"""Arrays of more bytes lie in a file, whose pages the system may take back at any time."""

_WHOLE_WORDS = 8


def checksum(data: npt.NDArray[Any]) -> int:
    """A 64-bit checksum of an array's bytes: no single changed byte, nor two swapped words, pass.

    It guards against disks, not against enemies, at the speed of memory.
    """
    raw = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
    words = len(raw) // _WHOLE_WORDS * _WHOLE_WORDS
    tail = np.zeros(_WHOLE_WORDS, np.uint8)
    tail[: len(raw) - words] = raw[words:]
    return int(_sum(raw[:words].view(np.uint64), tail.view(np.uint64), len(raw)))


@compiled
def _sum(words: Hashes, tail: Hashes, size: int) -> U64:
    plain = U64(size) + tail[0]
    placed = tail[0] * GOLDEN
    for i in range(len(words)):
        plain += words[i]
        placed += words[i] * U64(2 * i + 3)
    return mixed(plain ^ mixed(placed))


def disk_array(folder: Path, shape: int | tuple[int, ...], dtype: Any) -> npt.NDArray[Any]:
    """Zeros: in memory where they are few, in a nameless file in `folder` where they are many.

    Raises DiskFull where the file cannot have its whole size.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size <= IN_MEMORY:
        return np.zeros(shape, dtype)
    with no_space_named(folder), tempfile.TemporaryFile(dir=folder) as stream:
        os.posix_fallocate(stream.fileno(), 0, size)
        return np.asarray(np.memmap(stream, dtype, mode="r+", shape=shape))


class BlockFile:
    """Blocks of bytes in a nameless file, each with its checksum."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.stream = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed below
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.close()

    def append(self, data: npt.NDArray[Any]) -> tuple[int, int, int]:
        """Write an array; return its place: offset, length, checksum. Raises DiskFull."""
        raw = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        view, place = memoryview(raw), self._end  # type: ignore[arg-type]
        with no_space_named(self.folder):
            while len(view):
                written = os.pwrite(self.stream.fileno(), view, self._end)
                view, self._end = view[written:], self._end + written
        return place, len(raw), checksum(raw)

    def read(self, place: tuple[int, int, int], dtype: Any) -> npt.NDArray[Any]:
        """The array at a place. Raises Corrupt where it is not what was written."""
        offset, size, wanted = place
        raw = np.empty(size, np.uint8)
        view, done = memoryview(raw), 0  # type: ignore[arg-type]
        while done < size:
            count = os.preadv(self.stream.fileno(), [view[done:]], offset + done)
            if count == 0:
                break
            done += count
        if done < size or checksum(raw) != wanted:
            raise Corrupt(
                f"an intermediate file in {self.folder} is damaged: check the disk and give the"
                " same command again"
            )
        return raw.view(dtype)


class Spill:
    """Rows of 64-bit columns, spread over ranges of their key, each of which fits into memory."""

    def __init__(self, file: BlockFile, ranges: int, columns: int, bits: int = 64) -> None:
        self.ranges = ranges
        self._file = file
        self._columns = columns
        self._shift = U64(bits)
        self._blocks: list[list[tuple[int, int, int]]] = [[] for _ in range(ranges)]

    def append(self, keys: Hashes, *columns: npt.NDArray[Any]) -> None:
        """Add rows: the key first, then the other columns. Raises DiskFull."""
        rows = np.column_stack([keys, *(column.astype(np.uint64) for column in columns)])
        if self.ranges == 1:
            self._write(0, rows)
            return
        parts = range_of(keys, self.ranges, int(self._shift))
        order = np.argsort(parts, kind="stable")
        ends = np.cumsum(np.bincount(parts, minlength=self.ranges))
        rows = rows[order]
        for part, end in enumerate(ends):
            start = ends[part - 1] if part else 0
            if end > start:
                self._write(part, rows[start:end])

    def _write(self, part: int, rows: npt.NDArray[np.uint64]) -> None:
        if len(rows):
            self._blocks[part].append(self._file.append(rows))

    def read(self, part: int) -> npt.NDArray[np.uint64]:
        """All rows of one range, of shape (rows, columns). Raises Corrupt."""
        blocks = [self._file.read(place, np.uint64) for place in self._blocks[part]]
        if not blocks:
            return np.empty((0, self._columns), np.uint64)
        return np.concatenate(blocks).reshape(-1, self._columns)


def range_of(keys: Hashes, ranges: int, bits: int = 64) -> Integers:
    """Which of equal ranges of all numbers of so many bits each key lies in."""
    upper = (keys >> U64(bits - 32)) if bits >= 32 else keys << U64(32 - bits)
    return (upper * U64(ranges) >> U64(32)).astype(np.int64)


def ranges_for(rows: int, range_rows: int) -> int:
    """How many ranges hold so many rows, with room for ranges that are fuller than others."""
    return 1 if rows <= range_rows else -(-rows * 5 // (range_rows * 4))
