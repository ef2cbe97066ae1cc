"""The part of a shared workspace that is on this machine, in a folder that may vanish any time.

One mirror a process. Every file that comes in is compared with its digest; files that no unit is
using go, the one used longest ago first, once there is more than the mirror may hold.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import sha256_of
from kaz_flows.storage.bucket import Bucket

WORKER_BYTES: Final = 20_000_000_000
"""What a worker's mirror holds between units: `clusters.parquet` of 30 million documents has some
5 GB, and the documents and signatures of a unit some 200 MB."""


class Mirror:
    """Files of a bucket below a local root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.most: int | None = None
        """Bytes to hold between units; None for a build's own mirror, whose release needs all."""
        self._lock = threading.Lock()
        self._held: Counter[Path] = Counter()
        self._known: OrderedDict[Path, tuple[str, int, int]] = OrderedDict()

    @contextmanager
    def having(self, bucket: Bucket, files: Mapping[Path, str]) -> Iterator[None]:
        """A block in which the files are here. Raises Corrupt."""
        with self._lock:  # threads that want one file fetch it once
            self._held.update(files.keys())
            try:
                for path, digest in files.items():
                    self._bring(bucket, path, digest)
            except BaseException:
                self._let_go(files)
                raise
        try:
            yield
        finally:
            with self._lock:
                self._let_go(files)

    def made(self, path: Path, digest: str) -> None:
        """Note a file that was made here and is kept in the bucket."""
        with self._lock:
            self._note(path, digest)
            self._make_room()

    def key(self, path: Path) -> str:
        """Where a file of the mirror lies in the bucket."""
        return path.relative_to(self.root).as_posix()

    def _bring(self, bucket: Bucket, path: Path, digest: str) -> None:
        if self._is_here(path, digest):
            return
        key = self.key(path)
        try:
            bucket.fetch(key, path)
        except FileNotFoundError as error:
            raise Corrupt(
                f"{bucket.url}/{key} is gone: give the same command again, it is made anew;"
                " a file of the archive must be pushed again"
            ) from error
        if sha256_of(path) != digest:
            path.unlink()
            raise Corrupt(
                f"{bucket.url}/{key} is not what its record says: remove it and give the same"
                " command again; a file of the archive must be pushed again"
            )
        self._note(path, digest)

    def _is_here(self, path: Path, digest: str) -> bool:
        if not path.is_file():
            return False
        stat = path.stat()
        if self._known.get(path) == (digest, stat.st_size, stat.st_mtime_ns):
            self._known.move_to_end(path)
            return True
        if sha256_of(path) != digest:
            return False
        self._note(path, digest)
        return True

    def _note(self, path: Path, digest: str) -> None:
        stat = path.stat()
        self._known[path] = (digest, stat.st_size, stat.st_mtime_ns)
        self._known.move_to_end(path)

    def _let_go(self, files: Mapping[Path, str]) -> None:
        self._held.subtract(files.keys())
        self._make_room()

    def _make_room(self) -> None:
        if self.most is None:
            return
        held = sum(size for _, size, _ in self._known.values())
        for path in [path for path in self._known if self._held[path] <= 0]:
            if held <= self.most:
                return
            held -= self._known.pop(path)[1]
            path.unlink(missing_ok=True)


@cache
def mirror_at(root: Path) -> Mirror:
    """The one mirror of this process at `root`."""
    return Mirror(root)
