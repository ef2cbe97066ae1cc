"""Where the files of a workspace lie, as a stage sees it: here, or in a store that others share.

A stage works on local paths always. It asks that its inputs be here, and says which outputs are to
be kept; its record is kept after them, so that what is half-kept has not happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from kaz_datasets.files import sha256_of


class Storage(Protocol):
    """A workspace's files by their local paths; `LocalStorage` is the folder itself."""

    def digest(self, path: Path) -> str:
        """SHA-256 of an input that nothing in this workspace made, such as an archive."""

    def names(self, folder: Path) -> list[str]:
        """The names of the files in a folder of the archive, sorted."""

    def having(self, files: Mapping[Path, str]) -> AbstractContextManager[None]:
        """A block in which files of these digests are here. Raises Corrupt, NotFound."""

    def size(self, path: Path) -> int | None:
        """Bytes of an output that was kept, None where there is none."""

    def keep(self, files: Mapping[Path, str]) -> None:
        """Keep finished outputs, given with their digests."""

    def read_record(self, path: Path) -> str:
        """The text of a stage's record. Raises OSError where there is none."""

    def keep_record(self, path: Path) -> None:
        """Keep a record that was just written: from now on the stage is done."""

    def drop_record(self, path: Path) -> None:
        """The stage is not done any more."""

    def exclusive(self) -> AbstractContextManager[None]:
        """A block in which no other machine writes here. Raises Failed."""


@dataclass(frozen=True)
class LocalStorage:
    """The files lie where the stage works: a disk, or a folder that machines share."""

    def digest(self, path: Path) -> str:
        """Read the file."""
        return sha256_of(path)

    def names(self, folder: Path) -> list[str]:
        """List the folder."""
        return sorted(path.name for path in folder.iterdir())

    def having(self, files: Mapping[Path, str]) -> AbstractContextManager[None]:
        """They are here."""
        return nullcontext()

    def size(self, path: Path) -> int | None:
        """Ask the file system."""
        return path.stat().st_size if path.is_file() else None

    def keep(self, files: Mapping[Path, str]) -> None:
        """They are here."""

    def read_record(self, path: Path) -> str:
        """Read the file."""
        return path.read_text(encoding="utf-8")

    def keep_record(self, path: Path) -> None:
        """It is here."""

    def drop_record(self, path: Path) -> None:
        """Remove the file."""
        path.unlink(missing_ok=True)

    def exclusive(self) -> AbstractContextManager[None]:
        """The lock of the folder is enough (`kaz_flows.lock`)."""
        return nullcontext()


LOCAL: Final = LocalStorage()
