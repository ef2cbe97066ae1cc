"""Where a release can go: the Hub, a folder, or any address that fsspec knows (s3://…).

One interface: publishing twice is publishing once, another release under the same version is a
Conflict, and a half-published one is never seen as whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import fsspec

from kaz_datasets.errors import Conflict, NotFound, Unavailable
from kaz_datasets.files import sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing.publish import Published, publish

_LAST: Final = "release.json"
"""Written after everything else: a reader who finds it finds all that it names."""


class Target(Protocol):
    """A place that takes releases."""

    def publish(self, release: Path, version: str, progress: Progress = silent) -> Published:
        """Publish a release folder under a version. Raises Conflict, NotFound, PublishFailed."""


@dataclass(frozen=True, kw_only=True)
class HubTarget:
    """A dataset repo on the Hub."""

    repo: str
    token: str = field(repr=False)
    endpoint: str | None = None
    private: bool = True
    timeout: float = 60.0
    retry_wait: float = 1.0

    def publish(self, release: Path, version: str, progress: Progress = silent) -> Published:
        """One commit and one tag."""
        return publish(
            release,
            self.repo,
            version=version,
            endpoint=self.endpoint,
            token=self.token,
            private=self.private,
            timeout=self.timeout,
            retry_wait=self.retry_wait,
            progress=progress,
        )


@dataclass(frozen=True, kw_only=True)
class FileTarget:
    """A folder of any file system, in which each version is a folder `v1.2.0`."""

    url: str
    """A path, or an address such as `s3://bucket/corpus`."""
    options: dict[str, Any] = field(default_factory=dict, repr=False)
    """Of the file system, such as its keys."""

    def publish(self, release: Path, version: str, progress: Progress = silent) -> Published:
        """Copy the files, `release.json` last; files that are there already are not sent again."""
        if not (release / _LAST).is_file():
            raise NotFound(f"{release} is not a release (it has no {_LAST}): build one first")
        try:
            return self._publish(release, version, progress)
        except OSError as error:
            failure = Unavailable(f"{self.url} did not take the release ({error}): try again later")
        raise failure

    def _publish(self, release: Path, version: str, progress: Progress) -> Published:
        files, root = fsspec.core.url_to_fs(self.url, **self.options)
        folder = f"{root.rstrip('/')}/v{version}"
        digest = sha256_of(release / _LAST)
        published = Published(
            repo=self.url, tag=f"v{version}", commit=digest, state="already published"
        )
        there = _digest(files, f"{folder}/{_LAST}")
        if there == digest and not list(_missing(files, folder, release)):
            return published
        if there not in (None, digest):
            raise Conflict(
                f"v{version} at {self.url} exists and differs in {_LAST}:"
                " raise the version and build again"
            )
        _copy(files, folder, release, progress)
        return Published(repo=self.url, tag=f"v{version}", commit=digest, state="published")


def _copy(files: Any, folder: str, release: Path, progress: Progress) -> None:
    missing = list(_missing(files, folder, release))
    total = sum(path.stat().st_size for path in missing)
    done = 0
    for path in sorted(missing, key=lambda path: path.name == _LAST):
        target = f"{folder}/{path.relative_to(release).as_posix()}"
        files.makedirs(target.rpartition("/")[0], exist_ok=True)
        partial = f"{target}.partial"
        files.put_file(str(path), partial)
        files.mv(partial, target)
        done += path.stat().st_size
        progress(done, total, "bytes")


def _missing(files: Any, folder: str, release: Path) -> Iterator[Path]:
    """The files of the release that are not there, or are of another size."""
    for path in sorted(path for path in release.rglob("*") if path.is_file()):
        target = f"{folder}/{path.relative_to(release).as_posix()}"
        if not files.exists(target) or files.size(target) != path.stat().st_size:
            yield path


def _digest(files: Any, path: str) -> str | None:
    if not files.exists(path):
        return None
    return hashlib.sha256(files.cat_file(path)).hexdigest()
