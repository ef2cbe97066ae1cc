"""Where a release can go: the Hub, a folder, or any address that fsspec knows (s3://…).

One interface: publishing twice is publishing once, another release under the same version is a
Conflict, a half-published one is never seen as whole, and what old revisions still serve can be
listed and deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from kaz_datasets.errors import WrongUse
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing.file_target import FileTarget, refuse_current
from kaz_datasets.publishing.publish import Published, publish
from kaz_datasets.publishing.stored import StoredFile

if TYPE_CHECKING:
    from kaz_datasets.publishing.repo import HubRepo

HUB_SCHEME: Final = "hf://"
_REPO: Final = re.compile(r"(?:datasets/)?([\w.-]+/[\w.-]+)/?\Z", re.ASCII)


class Target(Protocol):
    """A place that takes releases."""

    @property
    def name(self) -> str:
        """What people call this place."""

    def publish(self, release: Path, version: str, progress: Progress = silent) -> Published:
        """Publish a release folder under a version. Raises Conflict, NotFound, PublishFailed."""

    def stored(self) -> list[StoredFile]:
        """Every data file that some revision serves. Raises PublishFailed."""

    def opened(self, file: StoredFile) -> AbstractContextManager[BinaryIO]:
        """The content of one of them, to be read in parts. Raises PublishFailed."""

    def delete_forever(self, stored: Sequence[StoredFile]) -> None:
        """Delete files from every revision. Raises Conflict if the newest release needs one."""


@dataclass(frozen=True, kw_only=True)
class HubTarget:
    """A dataset repo on the Hub."""

    repo: str
    token: str = field(repr=False)
    endpoint: str | None = None
    private: bool = True
    timeout: float = 60.0
    """Seconds that the Hub may stay silent."""
    retry_wait: float = 1.0

    @property
    def name(self) -> str:
        """Its address, as `target_of` reads it."""
        return f"{HUB_SCHEME}{self.repo}"

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

    def stored(self) -> list[StoredFile]:
        """The data files of every commit, with the tags and branches that lead to them."""
        with self._reached() as repo:
            return repo.stored()

    @contextmanager
    def opened(self, file: StoredFile) -> Iterator[BinaryIO]:
        """The content of a file, fetched in parts."""
        with self._reached() as repo, repo.opened(file) as stream:
            yield stream

    def delete_forever(self, stored: Sequence[StoredFile]) -> None:
        """Have the Hub delete the contents; commits keep their ids, and name what is gone."""
        refuse_current(self.name, stored)
        with self._reached() as repo:
            repo.delete_forever(stored)

    @contextmanager
    def _reached(self) -> Iterator[HubRepo]:
        # huggingface_hub reads the environment when it is imported, which is the caller's to do
        from kaz_datasets.publishing.client import impatient
        from kaz_datasets.publishing.repo import HubRepo

        with impatient(self.timeout):
            yield HubRepo.of(
                self.repo, endpoint=self.endpoint, token=self.token, retry_wait=self.retry_wait
            )


def hub_repo_of(address: str) -> str | None:
    """The repo of a Hub address (`hf://owner/name`), None for a place on a file system.

    Raises WrongUse for what looks like one and is none.
    """
    if not address.startswith(HUB_SCHEME):
        return None
    found = _REPO.match(address.removeprefix(HUB_SCHEME))
    if found is None:
        raise WrongUse(f"{address} is no dataset on the Hub: write it as hf://owner/name")
    return found[1]


def file_target(address: str) -> FileTarget:
    """A folder or an address of fsspec as a target. A relative folder stays where it is."""
    if "://" in address:
        return FileTarget(url=address.rstrip("/"))
    return FileTarget(url=str(Path(address).expanduser().absolute()))
