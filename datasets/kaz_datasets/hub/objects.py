"""Content by digest: small files as git blobs, large ones by SHA-256 as Git LFS has them."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kaz_datasets.files import atomic_path, no_space_named, sync_file
from kaz_datasets.hub.errors import HubError
from kaz_datasets.hub.xet_store import XetStore


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file of a commit: the id of its git blob, its size in bytes, and for LFS the SHA-256.

    An LFS file's git blob is its pointer, so `oid` is the pointer's id there.
    """

    oid: str
    size: int
    sha256: str | None = None

    @property
    def digest(self) -> str:
        """What the Hub calls the file's ETag, and what the client compares before it uploads."""
        return self.sha256 or self.oid

    @property
    def pointer_size(self) -> int:
        """Bytes of the LFS pointer; 0 for a file that has none."""
        return len(lfs_pointer(self.sha256, self.size)) if self.sha256 else 0

    def to_json(self) -> dict[str, Any]:
        """As it is kept in a commit."""
        kept: dict[str, Any] = {"oid": self.oid, "size": self.size}
        return kept | {"sha256": self.sha256} if self.sha256 else kept


def git_blob_id(content: bytes) -> str:
    """The id that git gives a blob of this content."""
    return hashlib.sha1(
        b"blob %d\0" % len(content) + content, usedforsecurity=False
    ).hexdigest()  # git's own function; nothing is trusted for it


def lfs_pointer(sha256: str, size: int) -> bytes:
    """The text that stands for a large file in git (Git LFS specification, version 1)."""
    return (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()
    )


class ObjectStore:
    """Contents under one folder. Nothing is ever changed; the caller serialises writes."""

    def __init__(self, folder: Path, xet: XetStore | None = None) -> None:
        self._folder = folder
        self._xet = xet

    def put_small(self, content: bytes) -> Entry:
        """Keep a file that travels inside a commit."""
        entry = Entry(oid=git_blob_id(content), size=len(content))
        path = self.path(entry)
        if not path.exists():
            with atomic_path(path) as temporary:
                temporary.write_bytes(content)
        return entry

    async def receive_large(self, sha256: str, content: AsyncIterator[bytes]) -> None:
        """Keep an uploaded file. Raises HubError where its content has another digest."""
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with no_space_named(incoming), tempfile.NamedTemporaryFile(dir=incoming) as stream:
            async for chunk in content:
                digest.update(chunk)
                stream.write(chunk)
            stream.flush()
            if digest.hexdigest() != sha256:
                raise HubError(400, "the content is not what its oid says")
            _link(Path(stream.name), self.large(sha256))

    def entry_of_large(self, sha256: str, size: int) -> Entry:
        """The entry of an uploaded file. Raises HubError if it is not here, or of another size."""
        if self._xet is not None and self.size_of_large(sha256) < 0:
            self._xet.extract(sha256, self.large(sha256))
        if self.size_of_large(sha256) != size:
            raise HubError(400, f"LFS pointer pointed to a file that does not exist: {sha256}")
        return Entry(oid=git_blob_id(lfs_pointer(sha256, size)), size=size, sha256=sha256)

    def size_of_large(self, sha256: str) -> int:
        """Bytes of an uploaded file; -1 if it is not here."""
        path = self.large(sha256)
        return path.stat().st_size if path.is_file() else -1

    def delete_large(self, sha256: str) -> None:
        """Remove a large file's content; one that is not here is no error."""
        self.large(sha256).unlink(missing_ok=True)

    def large(self, sha256: str) -> Path:
        """Where a large file's content is, or would be."""
        return self._folder / "lfs" / sha256[:2] / sha256

    def path(self, entry: Entry) -> Path:
        """Where an entry's content is."""
        if entry.sha256:
            return self.large(entry.sha256)
        return self._folder / "git" / entry.oid[:2] / entry.oid


def _link(temporary: Path, path: Path) -> None:
    """Give a written file its final name; an equal file that came first stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sync_file(temporary)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(temporary)
    sync_file(path.parent)
