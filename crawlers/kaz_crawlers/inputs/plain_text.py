"""Plain text files, each with a small header that says where it comes from.

---
source: auyl-kitapkhana
rights: permission
title: Абай жолы туралы
url: https://kitap.example/abai
---
The text, a paragraph a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_crawlers.inputs.provenance import SOURCE_KEYS, Provenance
from kaz_crawlers.inputs.stated_facts import address_of, now, record_facts
from kaz_crawlers.inputs.text_archive import LARGEST_TEXT, Item, Skipped, TextDocument
from kaz_datasets.errors import BadConfiguration, NotFound

_FENCE: Final = "---"
_LONGEST_HEADER: Final = 16_384
KEYS: Final = frozenset({*SOURCE_KEYS, "title", "url", "date", "author", "language"})


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """A file's header and where its text begins."""

    values: dict[str, str]
    text: str


def find_text_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Files as they are named, and every `.txt` below a folder, by a name for each.

    Raises NotFound.
    """
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*.txt") if each.is_file())
            found += [(each.relative_to(path).as_posix(), each) for each in inside]
        elif path.is_file():
            found.append((path.name, path))
        else:
            raise NotFound(f"no such file or folder: {path}")
    return found


def provenance_of(path: Path) -> Provenance:
    """What a file's header says of its collection; nothing where it cannot be read as text."""
    with path.open("rb") as stream:
        start = stream.read(_LONGEST_HEADER).decode("utf-8-sig", "ignore")
    return Provenance.of(split_header(start, str(path)).values)


def read_text_files(files: Sequence[tuple[str, Path]], homepage: str) -> Iterator[Item]:
    """A document a file, or the rule that skipped it.

    Rules: `not-utf8`, `too-large`, `no-address`, `empty`. Raises BadConfiguration for a header
    with a key that does not exist.
    """
    for name, path in files:
        yield _read(name, path, homepage)


def split_header(content: str, name: str) -> TextFile:
    """Header and text. Raises BadConfiguration, naming file, line and key."""
    lines = content.split("\n")
    if lines[0].rstrip() != _FENCE:
        return TextFile(values={}, text=content)
    values: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == _FENCE:
            return TextFile(values=values, text="\n".join(lines[number:]))
        key, colon, value = line.partition(":")
        key = key.strip()
        if line.strip() and (not colon or key not in KEYS):
            raise BadConfiguration(
                f"{name}, line {number}: a header's line is `key: value` with one of"
                f" {', '.join(sorted(KEYS))}"
            )
        if line.strip():
            values[key] = value.strip().strip("\"'")
    raise BadConfiguration(f"{name}: the header has no end: close it with a line {_FENCE}")


def _read(name: str, path: Path, homepage: str) -> Item:
    size = path.stat().st_size
    if size > LARGEST_TEXT:
        return Skipped(rule="too-large", value=f"{name}: {size} bytes")
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Skipped(rule="not-utf8", value=f"{name}: byte {error.start}")
    file = split_header(content.replace("\r\n", "\n").replace("\r", "\n"), str(path))
    url = address_of(file.values, file.values.get("homepage") or homepage, name, None)
    if url is None:
        return Skipped(rule="no-address", value=name)
    return TextDocument(
        url=url, text=file.text, facts=record_facts(file.values), retrieved_at=now()
    )
