"""Files that may be compressed, read as a stream in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from kaz_datasets.errors import Corrupt, NotFound

LONGEST_LINE: Final = 32 << 20
"""Bytes of one line of JSON: the largest article of a dump has about 10 million."""
_BLOCK: Final = 1 << 16


@contextmanager
def open_packed(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked from gzip, bzip2 or Zstandard by what it begins with.

    Raises NotFound, and Corrupt where the packing is torn or damaged.
    """
    if not path.is_file():
        raise NotFound(f"no such file: {path}")
    with damage_named(path), _opened(path) as stream:
        yield stream


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn what decompressors raise into one sentence that names the file."""
    try:
        yield
    except (EOFError, OSError, zlib.error, tarfile.TarError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Corrupt(f"{path} is torn or damaged ({error}): get the file again") from error


def read_lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """The lines of a stream; None stands for one that is too long to be read."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(_BLOCK)) and not rest.endswith(b"\n"):
            pass
        yield None


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if magic.startswith(b"BZh"):
        return bz2.open(path, "rb")
    if magic == b"\x28\xb5\x2f\xfd":
        import io

        import pyarrow as pa

        packed = pa.input_stream(str(path), compression="zstd")
        return io.BufferedReader(cast("io.RawIOBase", packed), _BLOCK)
    return path.open("rb")
