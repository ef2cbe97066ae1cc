"""Whole files from elsewhere, in stretches: what is there already is not fetched again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from kaz_crawlers.inputs.ranges import Ranges
from kaz_datasets.errors import BadConfiguration, Failed
from kaz_datasets.files import no_space_named, sync_file
from kaz_datasets.progress import Progress, silent

STRETCH: Final = 8 << 20
"""Bytes of one request: 60 seconds are enough for it at 140 kB a second."""
PART: Final = ".part"

_NAME: Final = re.compile(r"[\w.-]{1,200}")


def download(
    address: str, folder: Path, ranges: Ranges, progress: Progress = silent, stretch: int = STRETCH
) -> Path:
    """The file at `address`, in `folder` under its own name.

    A download that was cut off goes on where it stopped; the file has its name only when it is
    whole. Raises NotFound, Failed, DiskFull.
    """
    target = folder / name_of(address)
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    size = ranges.size(address)
    part = folder / f"{target.name}{PART}"
    if part.is_file() and part.stat().st_size > size:
        part.unlink()  # another file was here before
    with no_space_named(part), part.open("ab") as stream:
        while (done := stream.tell()) < size:
            piece = ranges.read(address, done, min(stretch, size - done))
            if not piece or len(piece) > size - done:
                raise Failed(f"{address} broke off at byte {done} of {size}: try again")
            stream.write(piece)
            progress(stream.tell(), size, "bytes")
    sync_file(part)
    part.rename(target)
    sync_file(folder)
    return target


def name_of(address: str) -> str:
    """The last part of an address's path. Raises BadConfiguration where that is no file name."""
    name = unquote(urlsplit(address).path).rpartition("/")[2]
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise BadConfiguration(f"{address!r} names no file: give the address of an archive file")
    return name
