"""Inputs of the tool: Parquet as it is, JSON lines (plain, gzip or zstd) brought to Parquet."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import json as arrow_json

from kaz_datasets.errors import Corrupt, NotFound, WrongUse
from kaz_datasets.files import no_space_named
from kaz_datasets.shards import open_shard

JSON_LINES: Final = (".jsonl", ".json", ".ndjson")
_COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}
_BLOCK = 1 << 24


def result_name(path: Path) -> str:
    """The name of an input's result: always Parquet."""
    name = path.name
    for ending in (*_COMPRESSIONS, *JSON_LINES):
        name = name.removesuffix(ending)
    return name if name == path.name else f"{name}.parquet"


def check_inputs(inputs: Sequence[Path], output: Path) -> None:
    """Raises WrongUse for no input, two of one name, or one that its result would overwrite."""
    if not inputs:
        raise WrongUse("no input files: name at least one Parquet or JSON lines file")
    name, times = Counter(result_name(path) for path in inputs).most_common(1)[0]
    if times > 1:
        raise WrongUse(f"{times} inputs are called {name}: results are named so, rename them")
    written = {(output / "kept" / result_name(path)).resolve() for path in inputs}
    written |= {(output / name).resolve() for name in ("clusters.parquet", "pairs.parquet")}
    for path in inputs:
        if path.resolve() in written:
            raise WrongUse(f"{path} would be overwritten by its own result: choose another output")


@contextmanager
def parquet_of(paths: Sequence[str | Path]) -> Iterator[list[Path]]:
    """The files as Parquet, for as long as the block lasts. Raises as `as_parquet`."""
    with tempfile.TemporaryDirectory(prefix="kazcorpus-") as name:
        yield [
            as_parquet(path, Path(name) / str(number))
            for number, path in enumerate(paths_of(paths))
        ]


def paths_of(paths: Sequence[str | Path]) -> list[Path]:
    """The paths of files that were named. Raises WrongUse for one name instead of several."""
    if isinstance(paths, str | Path):
        raise WrongUse(f"one path, {paths}, where a list of them is wanted: write [path]")
    return [Path(path) for path in paths]


def check_columns(inputs: Sequence[Path], documents: Sequence[Path], names: Sequence[str]) -> None:
    """Raises WrongUse, with the name of the input, where a column is missing."""
    for path, shard in zip(inputs, documents, strict=True):
        with open_shard(shard) as opened:
            there = opened.schema_arrow.names
        for name in names:
            if name not in there:
                others = ", ".join(there) or "none"
                raise WrongUse(
                    f"{path} has no column {name!r}: name one of {others}, or add one"
                    " (every row needs a text, and an id that no other row has)"
                )


def as_parquet(path: Path, folder: Path) -> Path:
    """The file itself, or a Parquet copy of its JSON lines in `folder`.

    Raises NotFound, Corrupt where a line is no JSON object like the first ones, DiskFull.
    """
    if not path.is_file():
        raise NotFound(f"no such file: {path}")
    if result_name(path) == path.name:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / result_name(path)
    compression: Any = _COMPRESSIONS.get(path.suffix)
    options = arrow_json.ReadOptions(block_size=_BLOCK)
    try:
        with (
            no_space_named(copy),
            pa.input_stream(str(path), compression=compression) as stream,
            arrow_json.open_json(cast(Any, stream), options) as reader,
            pq.ParquetWriter(
                copy, reader.schema, compression="zstd", write_page_checksum=True
            ) as writer,
        ):
            for batch in reader:
                writer.write_batch(batch)
    except (pa.ArrowException, OSError) as error:
        raise Corrupt(f"{path} is no file of JSON lines of one kind ({error}): mend it") from error
    return copy
