"""Archives that others made: their WARC and ARC files become an archive folder like a crawl's."""

from __future__ import annotations

import os
import shutil
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_crawlers.archive import archive_facts, write_facts
from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.files import atomic_path, remove_temporaries, sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Damage, read_pages

__all__ = ["IngestReport", "archive_facts", "ingest_warc"]

_MAGICS: Final = (b"WARC/", b"filedesc://")  # ARC files begin with their own description
_SUFFIXES: Final = (".warc.gz", ".warc", ".arc.gz", ".arc")


@dataclass(frozen=True, kw_only=True)
class Pageless:
    """A file that is whole and from which no document can come."""

    file: str
    reason: str
    """Which records it holds instead, such as `1 revisit`."""


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """What was taken in."""

    files: tuple[Path, ...]
    """Where each of the given files lies now, in the order given."""
    pages: int
    damages: tuple[Damage, ...]
    """Places that could not be read; what lies around them was."""
    pageless: tuple[Pageless, ...] = ()
    """Files without a page and without damage."""


def ingest_warc(
    files: Sequence[Path], folder: Path, facts: SourceFacts, progress: Progress = silent
) -> IngestReport:
    """Take `files` into the archive `folder`; they stay where they are.

    A file whose bytes are there already is not taken in twice. Raises NotFound for a missing
    file and Corrupt for one that is neither WARC nor ARC, before anything is written.
    """
    for path in files:
        _check(path)
    folder.mkdir(parents=True, exist_ok=True)
    remove_temporaries(folder)
    write_facts(folder, facts)
    taken: list[Path] = []
    pages = 0
    damages: list[Damage] = []
    pageless: list[Pageless] = []
    for path in files:
        taken.append(_take(path, folder))
        others: Counter[str] = Counter()
        items = list(_kinds(taken[-1], others))
        found = [item for item in items if item is not None]
        pages += len(items) - len(found)
        damages += found
        if not items:
            pageless.append(Pageless(file=taken[-1].name, reason=_counted(others)))
        progress(len(taken), len(files), "files")
    return IngestReport(
        files=tuple(taken), pages=pages, damages=tuple(damages), pageless=tuple(pageless)
    )


def _kinds(path: Path, others: Counter[str]) -> Iterator[Damage | None]:
    """None for a page; pages themselves are not kept."""
    for item in read_pages(path, others):
        yield item if isinstance(item, Damage) else None


def _counted(others: Counter[str]) -> str:
    named = [f"{count} {kind}" for kind, count in sorted(others.items()) if kind != "warcinfo"]
    return ", ".join(named) or "no records but its own description"


def _check(path: Path) -> None:
    if not path.is_file():
        raise NotFound(f"no such file: {path}")
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(b"\x1f\x8b"):
        start = _unpacked(start)
    if not start.startswith(_MAGICS):
        raise Corrupt(f"{path} is neither a WARC nor an ARC file: leave it out")


def _unpacked(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(start, 64)
    except zlib.error:
        return b""


def _take(path: Path, folder: Path) -> Path:
    digest = sha256_of(path)
    present = _same_bytes(path, digest, folder)
    if present is not None:
        return present
    target = folder / _name(path)
    if target.exists():
        suffix = next(each for each in _SUFFIXES if target.name.endswith(each))
        target = folder / f"{target.name.removesuffix(suffix)}-{digest[:12]}{suffix}"
    with atomic_path(target) as temporary:
        _link_or_copy(path, temporary)
    return target


def _same_bytes(path: Path, digest: str, folder: Path) -> Path | None:
    size = path.stat().st_size
    alike = (
        present
        for present in sorted(folder.iterdir())
        if present.name.endswith(_SUFFIXES) and present.stat().st_size == size
    )
    return next((present for present in alike if sha256_of(present) == digest), None)


def _name(path: Path) -> str:
    """The file's name, with a suffix that later stages look for."""
    if path.name.endswith(_SUFFIXES):
        return path.name
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return path.name + (".warc.gz" if packed else ".warc")


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        os.link(path.resolve(), target)
    except OSError:  # another device, or a file system without links
        shutil.copyfile(path, target)
