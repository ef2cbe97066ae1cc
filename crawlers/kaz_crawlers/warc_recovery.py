"""What a killed writer left behind: cut back to whole records, indexed, and named as finished.

Behind a torn gzip member every later record would be lost to readers.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kaz_crawlers.cdxj import index_path, write_index
from kaz_datasets.errors import Corrupt
from kaz_datasets.files import sync_file

OPEN_SUFFIX: Final = ".open"

_GZIP: Final = 31  # zlib's window bits for "gzip header and trailer"
_CHUNK: Final = 1 << 20


def recover(folder: Path, known: Mapping[str, int] | None = None) -> None:
    """Finish what a killed writer left open in `folder`.

    `known` holds the lengths that a frontier vouches for, by file name: what lies behind them is
    cut off, since its pages will be fetched again. Without it a file is cut to whole gzip members.
    Raises Corrupt for a file shorter than what is vouched for.
    """
    for path in sorted(folder.glob(f"*.warc.gz{OPEN_SUFFIX}")):
        vouched = None if known is None else known.get(path.name, 0)
        whole = whole_length(path, vouched)
        if vouched is not None and whole < vouched:
            raise Corrupt(
                f"{path} has lost {vouched - whole} bytes that were on the device:"
                " check the disk, then crawl into a new folder"
            )
        os.truncate(path, whole)
        if path.stat().st_size == 0:
            path.unlink()
        else:
            finish(path)
    for path in folder.glob("*.warc.gz"):
        if not index_path(path).exists():
            write_index(path)


def finish(path: Path) -> Path:
    """Give a whole file its final name, without `.open`; its index is another matter."""
    sync_file(path)
    final = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
    path.rename(final)
    sync_file(path.parent)
    return final


def whole_length(path: Path, most: int | None = None) -> int:
    """Bytes from the start of a gzip file that are whole members, `most` at the most."""
    whole = position = 0
    limit = path.stat().st_size if most is None else most
    member = zlib.decompressobj(_GZIP)
    with path.open("rb") as stream:
        rest = b""
        while rest or (rest := stream.read(_CHUNK)):
            try:
                member.decompress(rest, _CHUNK)
                while member.unconsumed_tail:
                    member.decompress(member.unconsumed_tail, _CHUNK)
            except zlib.error:
                return whole
            position += len(rest) - len(member.unused_data)
            rest = member.unused_data
            if member.eof:
                if position > limit:
                    return whole
                whole, member = position, zlib.decompressobj(_GZIP)
    return whole
