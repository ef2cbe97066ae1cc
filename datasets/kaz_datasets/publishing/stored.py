"""Data files that a target still serves, in whatever revision: what a takedown has to reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

SUFFIX = ".parquet"


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One content under one path, and every revision that serves it."""

    path: str
    sha256: str
    size: int
    revisions: tuple[str, ...]
    """Tags and branches, then commits that only their ids lead to."""
    current: bool
    """Whether the newest release holds it: it cannot be deleted without breaking that one."""


def is_data(path: str) -> bool:
    """Whether a file may hold rows with texts."""
    return path.endswith(SUFFIX) and PurePosixPath(path).parts[0] not in ("rejected", "changes")


def gathered(found: Iterable[tuple[str, str, str, int, bool]]) -> list[StoredFile]:
    """Files from (revision, path, sha256, size, current), each content and path once."""
    files: dict[tuple[str, str], StoredFile] = {}
    for revision, path, sha256, size, current in found:
        known = files.get((path, sha256))
        files[path, sha256] = StoredFile(
            path=path,
            sha256=sha256,
            size=size,
            revisions=(*(known.revisions if known else ()), revision),
            current=current or (known is not None and known.current),
        )
    return [files[key] for key in sorted(files)]
