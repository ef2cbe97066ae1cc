"""Arrow tables in blocks with checksums: for rows that have strings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from kaz_datasets.errors import Corrupt
from kaz_dedup.blocks import Block, BlockFile, RangedBlocks, read_block, spread
from kaz_dedup.words import Integers


def write_table(file: BlockFile, table: pa.Table) -> Block:
    """Write a table as a block. Raises DiskFull."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return file.append(np.frombuffer(memoryview(sink.getvalue()), np.uint8))


def read_table(block: Block) -> pa.Table:
    """The table of a block. Raises Corrupt."""
    raw: Any = read_block(block, np.uint8)
    try:
        return pa.ipc.open_stream(pa.py_buffer(raw)).read_all()
    except pa.ArrowException as error:
        raise Corrupt(
            f"the intermediate file {block.path} is damaged ({error}): check the disk"
        ) from error


def read_tables(blocks: Iterable[Block]) -> pa.Table | None:
    """The tables of some blocks as one; None where there are none. Raises Corrupt."""
    tables = [read_table(block) for block in blocks]
    return pa.concat_tables(tables) if tables else None


class TableSpill(RangedBlocks):
    """Rows of tables by ranges."""

    def append(self, parts: Integers, table: pa.Table) -> None:
        """Add rows, each to its range. Raises DiskFull."""
        for part, places in spread(parts, self.ranges):
            chosen = table if len(places) == len(table) else table.take(places)
            self._blocks[part].append(write_table(self._file, chosen))

    def read(self, part: int) -> pa.Table | None:
        """All rows of one range; None where there are none. Raises Corrupt."""
        return read_tables(self._blocks[part])


class InOrder:
    """The rows of a spill in the order of a column that its ranges follow, taken step by step."""

    def __init__(self, spill: TableSpill, ranges: int, column: str) -> None:
        self._parts = iter(self._sorted(spill, ranges, column))
        self._column = column
        self._rest: pa.Table | None = None

    @staticmethod
    def _sorted(spill: TableSpill, ranges: int, column: str) -> Iterator[pa.Table]:
        for part in range(ranges):
            table = spill.read(part)
            if table is not None:
                yield table.sort_by(column)

    def until(self, end: int) -> list[pa.Table]:
        """The next rows whose column is below `end`; none of them comes again."""
        found: list[pa.Table] = []
        while True:
            if self._rest is None:
                self._rest = next(self._parts, None)
                if self._rest is None:
                    return found
            values = self._rest.column(self._column).to_numpy()
            count = int(np.searchsorted(values, end))
            if count:
                found.append(self._rest.slice(0, count))
            if count < len(values):
                self._rest = self._rest.slice(count)
                return found
            self._rest = None
