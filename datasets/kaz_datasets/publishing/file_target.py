"""Releases on a file system: a folder here, or any address that fsspec knows (s3://…).

Each version is a folder, whose `release.json` is written last: a reader who finds it finds all
that it names. `ledger.json` beside them lists the versions that are whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import fsspec

from kaz_datasets.errors import Conflict, KazcorpusError, NotFound, PublishFailed, Unavailable
from kaz_datasets.files import sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing.publish import Published
from kaz_datasets.publishing.stored import StoredFile, gathered, is_data
from kaz_datasets.release.version import Version

_LAST: Final = "release.json"
LEDGER: Final = "ledger.json"
_CHUNK: Final = 1 << 20
_PARTIAL: Final = ".partial"
_BUCKETS: Final = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "az", "oci", "r2"})
"""Storage without folders, where to make one would make the bucket itself."""


@dataclass(frozen=True, kw_only=True)
class FileTarget:
    """A folder of any file system, in which each version is a folder `v1.2.0`."""

    url: str
    """A path, or an address such as `s3://bucket/corpus`."""
    options: dict[str, Any] = field(default_factory=dict, repr=False)
    """Of the file system, such as its keys."""
    prefix: str = "v"
    """Stands before the version in a folder's name; a workspace's own releases have none."""

    @property
    def name(self) -> str:
        """What people call this place."""
        return self.url

    def publish(self, release: Path, version: str, progress: Progress = silent) -> Published:
        """Copy the files, `release.json` last; files that are there already are not sent again.

        What was sent is read back and compared. Raises Conflict, NotFound, Unavailable or
        PublishFailed.
        """
        if not (release / _LAST).is_file():
            raise NotFound(f"{release} is not a release (it has no {_LAST}): build one first")
        with self._reached() as (files, root):
            return self._publish(files, root, release, version, progress)

    def _publish(
        self, files: Any, root: str, release: Path, version: str, progress: Progress
    ) -> Published:
        folder = f"{root}/{self.prefix}{version}"
        digest = sha256_of(release / _LAST)
        there = _digest(files, f"{folder}/{_LAST}")
        if there not in (None, digest):
            raise Conflict(
                f"v{version} at {self.url} exists and differs in {_LAST}:"
                " raise the version and build again"
            )
        missing = [] if there else list(_missing(files, folder, release))
        _copy(files, folder, release, missing, progress)
        files.invalidate_cache()
        self._list(files, root)
        return Published(
            repo=self.url,
            tag=f"v{version}",
            commit=digest,
            state="already published" if there else "published",
        )

    def _list(self, files: Any, root: str) -> None:
        """Write the ledger of this place: every version that is whole, by its manifest's digest."""
        entries = [
            {
                "version": str(version),
                "folder": folder.rpartition("/")[2],
                "digest": _digest(files, f"{folder}/{_LAST}"),
            }
            for version, folder in sorted(self._versions(files, root))
        ]
        content = (json.dumps({"versions": entries}, indent=1) + "\n").encode()
        path = f"{root}/{LEDGER}"
        if not files.exists(path) or files.cat_file(path) != content:
            files.pipe_file(f"{path}{_PARTIAL}", content)
            files.mv(f"{path}{_PARTIAL}", path)

    def stored(self) -> list[StoredFile]:
        """The data files of every version that is there. Raises Unavailable."""
        with self._reached() as (files, root):
            versions = sorted(self._versions(files, root))
            newest = versions[-1][0] if versions else None
            return gathered(
                (f"{self.prefix}{version}", *file, version == newest)
                for version, folder in versions
                for file in _data_files(files, folder)
            )

    def _versions(self, files: Any, root: str) -> Iterator[tuple[Version, str]]:
        for path in files.ls(root, detail=False) if files.exists(root) else []:
            folder = str(path).rstrip("/")
            name = folder.rpartition("/")[2]
            if name.startswith(self.prefix) and files.exists(f"{folder}/{_LAST}"):
                try:
                    yield Version.parse(name.removeprefix(self.prefix)), folder
                except KazcorpusError:
                    continue  # a folder of somebody else

    @contextmanager
    def opened(self, file: StoredFile) -> Iterator[BinaryIO]:
        """The content of a file, to be read in parts. Raises Unavailable."""
        with (
            self._reached() as (files, root),
            files.open(f"{root}/{file.revisions[0]}/{file.path}") as stream,
        ):
            yield stream

    def delete_forever(self, stored: Sequence[StoredFile]) -> None:
        """Remove files from every version that holds them. Raises Conflict, Unavailable."""
        refuse_current(self.name, stored)
        with self._reached() as (files, root):
            for file in stored:
                for revision in file.revisions:
                    files.rm_file(f"{root}/{revision}/{file.path}")

    @contextmanager
    def _reached(self) -> Iterator[tuple[Any, str]]:
        """The file system and the folder in it. Its errors become ours, without its keys."""
        failure: KazcorpusError
        try:
            files, root = fsspec.core.url_to_fs(self.url, **self.options)
            files.invalidate_cache()  # somebody else may have written since
            yield files, root.rstrip("/")
            return
        except KazcorpusError:
            raise
        except ImportError as error:
            failure = NotFound(
                f"{self.url} needs a package that is not installed ({error}):"
                ' for s3:// it is `pip install "kazcorpus[s3]"`'
            )
        except ValueError as error:
            failure = NotFound(f"{self.url} is no address of a file system ({error}): correct it")
        except Exception as error:  # each file system raises errors of its own client
            failure = Unavailable(
                f"{self.url} cannot be used ({type(error).__name__}: {_quoted(error)}):"
                " look at the address and its keys, or try again later"
            )
        raise failure


def refuse_current(name: str, stored: Sequence[StoredFile]) -> None:
    """Raise Conflict if the newest release at a place still needs one of the files."""
    needed = [file.path for file in stored if file.current]
    if needed:
        raise Conflict(
            f"the newest release at {name} still holds {needed[0]}:"
            " publish the next release first, then delete what is old"
        )


def _quoted(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _copy(
    files: Any, folder: str, release: Path, missing: Sequence[Path], progress: Progress
) -> None:
    total = sum(path.stat().st_size for path in missing)
    done = 0
    for path in sorted(missing, key=lambda path: path.name == _LAST):
        target = f"{folder}/{path.relative_to(release).as_posix()}"
        if not _BUCKETS.intersection(_protocols(files)):
            files.makedirs(target.rpartition("/")[0], exist_ok=True)
        partial = f"{target}{_PARTIAL}"
        files.put_file(str(path), partial)
        files.mv(partial, target)
        if _digest(files, target) != sha256_of(path):
            raise PublishFailed(
                f"{target} is not what was sent: publish again, or look at the storage"
            )
        done += path.stat().st_size
        progress(done, total, "bytes")


def _protocols(files: Any) -> tuple[str, ...]:
    named = files.protocol
    return (named,) if isinstance(named, str) else tuple(named)


def _missing(files: Any, folder: str, release: Path) -> Iterator[Path]:
    """The files of the release that are not there, or are others."""
    for path in sorted(path for path in release.rglob("*") if path.is_file()):
        target = f"{folder}/{path.relative_to(release).as_posix()}"
        there = files.exists(target) and files.size(target) == path.stat().st_size
        if not there or _digest(files, target) != sha256_of(path):
            yield path


def _data_files(files: Any, folder: str) -> Iterator[tuple[str, str, int]]:
    """Path, SHA-256 and size of the data files of one version, as its manifest names them."""
    listed = json.loads(files.cat_file(f"{folder}/{_LAST}")).get("files", [])
    digests = {entry["path"]: entry["sha256"] for entry in listed}
    for name, about in files.find(folder, detail=True).items():
        path = str(name).removeprefix(folder).lstrip("/")
        if is_data(path):
            yield path, digests.get(path) or str(_digest(files, name)), int(about["size"])


def _digest(files: Any, path: str) -> str | None:
    """The SHA-256 of a file, read in parts, or None where there is none."""
    if not files.exists(path):
        return None
    digest = hashlib.sha256()
    with files.open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
