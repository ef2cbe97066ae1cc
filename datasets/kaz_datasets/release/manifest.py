"""The two files that say what a release consists of: `release.json` and `SHA256SUMS`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from pydantic import TypeAdapter

from kaz_datasets.account import Account
from kaz_datasets.errors import Corrupt, KazcorpusError
from kaz_datasets.files import sha256_of, write_json, write_text
from kaz_datasets.record import SCHEMA_VERSION
from kaz_datasets.release.card import CARD_VERSION, CardFacts
from kaz_datasets.release.figures import Figures

MANIFEST: Final = "release.json"
CHECKSUMS: Final = "SHA256SUMS"
# What JSON of any shape makes the reading of it raise.
_NONSENSE: Final = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
    KazcorpusError,
)
# What git and the Hub's client put beside the files of a repository.
_NOT_OURS: Final = (".cache", ".git", ".gitattributes")


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """A file of a release; `rows` is None unless it is Parquet."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


_FILES: Final = TypeAdapter(tuple[FileEntry, ...])


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What `release.json` says; `figures` as JSON, since they are to be compared, not believed."""

    facts: CardFacts
    stages: tuple[str, ...]
    figures: Mapping[str, Any]
    files: tuple[FileEntry, ...]
    card_version: int
    schema_version: str

    @property
    def funnel(self) -> tuple[tuple[str, Account], ...]:
        """The accounts of the stages. Raises Corrupt where they do not add up."""
        try:
            return tuple(
                (stage["stage"], Account.from_json(stage)) for stage in self.figures["funnel"]
            )
        except _NONSENSE as error:
            raise Corrupt(f"the funnel in {MANIFEST} cannot be read: build it again") from error


def write_manifest(
    folder: Path, facts: CardFacts, stages: Sequence[str], figures: Figures
) -> tuple[FileEntry, ...]:
    """Write `release.json` and then `SHA256SUMS` over all files of `folder`; return those files."""
    entries = tuple(entry_of(folder, path) for path in files_of(folder))
    config = facts.config
    write_json(
        folder / MANIFEST,
        {
            "schema": SCHEMA_VERSION,
            "card": CARD_VERSION,
            "version": config.version,
            "previous": asdict(config.previous) if config.previous is not None else None,
            "stages": list(stages),
            **facts.to_json(),
            "figures": figures.to_json(),
            "files": [asdict(entry) for entry in entries],
        },
    )
    entries = (*entries, entry_of(folder, folder / MANIFEST))
    write_text(folder / CHECKSUMS, render_checksums({file.path: file.sha256 for file in entries}))
    return entries


def read_manifest(folder: Path) -> Manifest:
    """What `release.json` says. Raises Corrupt where it cannot be read or lacks something."""
    path = folder / MANIFEST
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        facts = CardFacts.from_json(value)
        previous = asdict(facts.config.previous) if facts.config.previous else None
        if (value["version"], value["previous"]) != (facts.config.version, previous):
            raise ValueError("its version or previous release is not that of its configuration")
        return Manifest(
            facts=facts,
            stages=tuple(str(stage) for stage in value["stages"]),
            figures=dict(value["figures"]),
            files=_FILES.validate_python(value["files"]),
            card_version=value["card"],
            schema_version=value["schema"],
        )
    except _NONSENSE as error:
        raise Corrupt(f"{path} cannot be read ({error!r}): fetch or build it again") from error


def files_of(folder: Path) -> Iterator[Path]:
    """Every file of a release but its manifest and checksums, in the order of their names."""
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder)
        if path.is_dir() or name.parts[0] in _NOT_OURS:
            continue
        if name.as_posix() not in (MANIFEST, CHECKSUMS):
            yield path


def entry_of(folder: Path, path: Path) -> FileEntry:
    """A file as the manifest lists it. Raises OSError, or ArrowException for a torn Parquet."""
    return FileEntry(
        path=path.relative_to(folder).as_posix(),
        bytes=path.stat().st_size,
        sha256=sha256_of(path),
        rows=pq.read_metadata(path).num_rows if path.suffix == ".parquet" else None,
    )


def render_checksums(digests: Mapping[str, str]) -> str:
    """The lines that `sha256sum --check` reads."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
