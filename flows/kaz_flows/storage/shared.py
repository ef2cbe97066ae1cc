"""A workspace in a bucket, as its stages see it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from kaz_datasets.errors import Corrupt
from kaz_flows.storage.bucket import Bucket
from kaz_flows.storage.contents import Entry, read_contents
from kaz_flows.storage.lease import held
from kaz_flows.storage.mirror import Mirror, mirror_at


@dataclass(frozen=True, kw_only=True)
class SharedStorage:
    """Files are fetched by key and digest, outputs sent, and a stage's record sent last."""

    bucket: Bucket
    root: Path

    def digest(self, path: Path) -> str:
        """As it was pushed: nothing is fetched to see that nothing is to be done."""
        folder = path.parent.relative_to(self.root).as_posix()
        return self._entry(folder, path.name).sha256

    def names(self, folder: Path) -> list[str]:
        """As they were pushed."""
        return sorted(read_contents(self.bucket, folder.relative_to(self.root).as_posix()))

    def having(self, files: Mapping[Path, str]) -> AbstractContextManager[None]:
        """Fetch what is not here."""
        return self._mirror.having(self.bucket, files)

    def size(self, path: Path) -> int | None:
        """Ask the store."""
        return self.bucket.size(self._key(path))

    def keep(self, files: Mapping[Path, str]) -> None:
        """Send them: an object appears whole or not at all."""
        for path, digest in files.items():
            self.bucket.send(path, self._key(path))
            self._mirror.made(path, digest)

    def read_record(self, path: Path) -> str:
        """Of the store, never of the mirror."""
        return self.bucket.read(self._key(path)).decode()

    def keep_record(self, path: Path) -> None:
        """Send it."""
        self.bucket.send(path, self._key(path))

    def drop_record(self, path: Path) -> None:
        """Remove it there and here."""
        self.bucket.remove(self._key(path))
        path.unlink(missing_ok=True)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the lease of the bucket."""
        return held(self.bucket)

    @property
    def _mirror(self) -> Mirror:
        return mirror_at(self.root)

    def _key(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _entry(self, folder: str, name: str) -> Entry:
        entry = read_contents(self.bucket, folder).get(name)
        if entry is None:
            raise Corrupt(f"{self.bucket.url}/{folder} does not list {name}: push it again")
        return entry
