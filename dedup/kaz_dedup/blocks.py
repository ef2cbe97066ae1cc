"""Arrays that would not fit into memory, on disk: blocks with a checksum each, spread over ranges.

A block is named by where it lies, so that another process, or another machine that sees the same
folder, can read it. All lies in one work folder, which is removed at the end; that of a run that
was killed is removed by the next.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import TEMPORARY_SUFFIX, no_space_named
from kaz_dedup.compiled import compiled
from kaz_dedup.words import GOLDEN, U64, Hashes, Integers, mixed

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


class Block(NamedTuple):
    """Where an array lies, and what its bytes must sum up to."""

    path: str
    offset: int
    size: int
    checksum: int


@contextmanager
def work_folder(result: Path) -> Iterator[Path]:
    """A folder beside a result for what is needed on the way to it; that of a killed run goes."""
    folder = result.with_name(f".{result.name}.work{TEMPORARY_SUFFIX}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class BlockFile:
    """A file of blocks, written by one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream = path.open("w+b", buffering=0)
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()

    def close(self) -> None:
        """Close the file; its blocks can still be read."""
        self._stream.close()

    def append(self, data: npt.NDArray[Any]) -> Block:
        """Write an array at the end. Raises DiskFull."""
        block = self._write(self._end, data)
        self._end += block.size
        return block

    def rewrite(self, block: Block, data: npt.NDArray[Any]) -> Block:
        """Write an array of the same size in place of another."""
        assert data.nbytes == block.size
        return self._write(block.offset, data)

    def _write(self, offset: int, data: npt.NDArray[Any]) -> Block:
        raw = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        view, end = memoryview(raw), offset  # type: ignore[arg-type]
        with no_space_named(self.path.parent):
            while len(view):
                written = os.pwrite(self._stream.fileno(), view, end)
                view, end = view[written:], end + written
        return Block(str(self.path), offset, len(raw), checksum(raw))


def read_block(block: Block, dtype: Any) -> npt.NDArray[Any]:
    """The array of a block. Raises Corrupt where it is not what was written."""
    raw = np.empty(block.size, np.uint8)
    try:
        with Path(block.path).open("rb", buffering=0) as stream:
            stream.seek(block.offset)
            done = 0
            while done < block.size:
                count = stream.readinto(memoryview(raw)[done:])  # type: ignore[arg-type]
                if not count:
                    break
                done += count
    except FileNotFoundError:
        done = -1
    if done < block.size or checksum(raw) != block.checksum:
        raise Corrupt(
            f"the intermediate file {block.path} is damaged: check the disk and give the same"
            " command again"
        )
    return raw.view(dtype)


class RangedBlocks:
    """The blocks of rows that are spread over ranges, each of which fits into memory."""

    def __init__(self, file: BlockFile, ranges: int) -> None:
        self.ranges = ranges
        self._file = file
        self._blocks: list[list[Block]] = [[] for _ in range(ranges)]

    def adopt(self, blocks: Iterable[Iterable[Block]]) -> None:
        """Add what another process has written for each range."""
        for part, found in enumerate(blocks):
            self._blocks[part] += found

    def blocks(self, part: int) -> list[Block]:
        """Where the rows of a range lie."""
        return self._blocks[part]

    def all_blocks(self) -> list[list[Block]]:
        """Where the rows of every range lie."""
        return self._blocks


class Spill(RangedBlocks):
    """Rows of 64-bit columns by ranges."""

    def __init__(self, file: BlockFile, ranges: int, columns: int) -> None:
        super().__init__(file, ranges)
        self.columns = columns

    def append(self, parts: Integers, *columns: npt.NDArray[Any]) -> None:
        """Add rows, each to its range. Raises DiskFull."""
        assert len(columns) == self.columns
        rows = np.column_stack([column.astype(np.uint64) for column in columns])
        for part, places in spread(parts, self.ranges):
            chosen = rows if len(places) == len(rows) else rows[places]
            self._blocks[part].append(self._file.append(chosen))

    def each(self, part: int) -> Iterator[npt.NDArray[np.uint64]]:
        """The rows of one range, block by block. Raises Corrupt."""
        for block in self._blocks[part]:
            yield read_rows([block], self.columns)

    def read(self, part: int) -> npt.NDArray[np.uint64]:
        """All rows of one range, of shape (rows, columns). Raises Corrupt."""
        return read_rows(self._blocks[part], self.columns)


def read_rows(blocks: Iterable[Block], columns: int) -> npt.NDArray[np.uint64]:
    """The rows of some blocks, of shape (rows, columns). Raises Corrupt."""
    found = [read_block(block, np.uint64) for block in blocks]
    if len(found) == 1:
        return found[0].reshape(-1, columns)
    return np.concatenate([np.empty(0, np.uint64), *found]).reshape(-1, columns)


def spread(parts: Integers, ranges: int) -> Iterator[tuple[int, Integers]]:
    """The ranges that have rows, and which rows those are, in their order."""
    if not len(parts):
        return
    if ranges == 1:
        yield 0, np.arange(len(parts))
        return
    order = np.argsort(parts, kind="stable")
    ends = np.cumsum(np.bincount(parts, minlength=ranges))
    for part in np.flatnonzero(np.diff(ends, prepend=0)).tolist():
        yield part, order[ends[part - 1] if part else 0 : ends[part]]


def range_of(keys: Hashes, ranges: int) -> Integers:
    """Which of equal ranges of all 64-bit numbers each key lies in."""
    return ((keys >> U64(32)) * U64(ranges) >> U64(32)).astype(np.int64)


def ranges_for(rows: int, range_rows: int) -> int:
    """How many ranges hold so many rows, with room for ranges that are fuller than others."""
    return 1 if rows <= range_rows else -(-rows * 5 // (range_rows * 4))
