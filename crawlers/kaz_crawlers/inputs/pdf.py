"""PDF files with a text layer, as documents; scanned, locked and broken ones are counted by name.

Every file is read in a process that can be killed (`workers`), since PDF is an attacker's format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kaz_crawlers.inputs.pdf_reading import Refused, read_pdf
from kaz_crawlers.inputs.stated_facts import address_of, now
from kaz_crawlers.inputs.text_archive import Item, Skipped, TextDocument
from kaz_crawlers.inputs.workers import Broken, Workers
from kaz_datasets.errors import NotFound

LARGEST_FILE: Final = 256 << 20
"""Bytes of one PDF; larger ones are scans."""
TIMEOUT: Final = 60.0
"""Seconds for one file: books of a thousand pages took under ten."""


@dataclass(frozen=True, kw_only=True)
class PdfOptions:
    """How the files are read."""

    workers: int = 1
    timeout: float = TIMEOUT


def find_pdf_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Files as they are named, and every `.pdf` below a folder, by a name for each.

    Raises NotFound.
    """
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            inside = (each for each in path.rglob("*") if each.suffix.lower() == ".pdf")
            found += [(each.relative_to(path).as_posix(), each) for each in sorted(inside)]
        elif path.is_file():
            found.append((path.name, path))
        else:
            raise NotFound(f"no such file or folder: {path}")
    return found


def read_pdf_files(
    files: Sequence[tuple[str, Path]], homepage: str, options: PdfOptions
) -> Iterator[Item]:
    """One item a file. Rules: those of `pdf_reading`, and `too-large`, `no-address`, `unparsable`.

    A PDF without an address of its own is named below `homepage`.
    """
    readers = Workers(function=read_pdf, count=options.workers, timeout=options.timeout)
    moment = now()
    pieces = ((file, _piece(*file)) for file in files)
    for (name, path), outcome in readers.map(pieces):
        yield _item(name, path, homepage, outcome, moment)


def _piece(name: str, path: Path) -> str | None:
    return str(path) if path.stat().st_size <= LARGEST_FILE else None


def _item(name: str, path: Path, homepage: str, outcome: Any, moment: datetime) -> Item:
    url = address_of({}, homepage, name, None)
    if outcome is None:
        return Skipped(rule="too-large", url=url, value=f"{name}: {path.stat().st_size} bytes")
    if isinstance(outcome, Broken):
        return Skipped(rule="unparsable", url=url, value=f"{name}: {outcome.reason}")
    if isinstance(outcome, Refused):
        return Skipped(rule=outcome.rule, url=url, value=f"{name}: {outcome.value}")
    if url is None:
        return Skipped(rule="no-address", value=name)
    return TextDocument(url=url, text=outcome.text, facts=outcome.facts, retrieved_at=moment)
