"""Is what is published still what was published: a sample of it, fetched and compared.

The ledger in the workspace says which commit a version is and what its manifest's digest is; the
manifest says what each file is. So whoever moved a tag or exchanged a file is found out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from kaz_datasets.files import sha256_of
from kaz_datasets.publishing.file_target import FileTarget
from kaz_datasets.publishing.ledger import FILES, Publication
from kaz_datasets.release.manifest import MANIFEST, Manifest, read_manifest

_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How much is fetched, and with what. The token is kept out of every representation."""

    files: int = 3
    """Data files of each release."""
    megabytes: int = 500
    """Of each release at most; a file that would exceed it is left for another night."""
    seed: int = 0
    """Another number, another sample."""
    token: str | None = field(default=None, repr=False)
    timeout: float = 60.0


@dataclass(frozen=True, kw_only=True)
class ServedFile:
    """One thing that was looked at."""

    place: str
    version: str
    what: str
    state: Literal["same", "different", "missing"]
    note: str = ""


Fetch = Callable[[str, Path], Path | None]
"""A file of the release into a folder; None where it is not served."""


def newest(publications: Sequence[Publication]) -> list[Publication]:
    """The last publication in each place."""
    return list({(entry.endpoint, entry.repo): entry for entry in publications}.values())


def check_served(publication: Publication, sample: Sample) -> list[ServedFile]:
    """What is served of one publication, beside what ledger and manifest say.

    Raises Unavailable, Refused or another PublishFailed where nothing can be said.
    """
    served = _on_files if publication.endpoint == FILES else _on_hub
    with (
        TemporaryDirectory(prefix="kazcorpus-served-") as name,
        served(publication, sample) as (commit, fetch),
    ):
        checker = _Checker(publication=publication, folder=Path(name), fetch=fetch)
        return list(checker.run(commit, sample))


@dataclass(frozen=True, kw_only=True)
class _Checker:
    publication: Publication
    folder: Path
    fetch: Fetch

    def run(self, commit: str | None, sample: Sample) -> Iterator[ServedFile]:
        stated = self.publication
        if stated.endpoint != FILES:
            yield self._said(f"tag v{stated.version}", stated.commit, commit)
        manifest = self._file(MANIFEST, stated.digest)
        yield manifest
        if manifest.state == "same":
            for path, digest in _chosen(read_manifest(self.folder), sample):
                yield self._file(path, digest)

    def _file(self, path: str, digest: str) -> ServedFile:
        found = self.fetch(path, self.folder)
        return self._said(path, digest, None if found is None else sha256_of(found))

    def _said(self, what: str, wanted: str, found: str | None) -> ServedFile:
        state: Literal["same", "different"] = "same" if wanted == found else "different"
        return ServedFile(
            place=self.publication.repo,
            version=self.publication.version,
            what=what,
            state="missing" if found is None else state,
            note="" if wanted == found else f"expected {wanted}, found {found or 'nothing'}",
        )


def _chosen(manifest: Manifest, sample: Sample) -> Iterator[tuple[str, str]]:
    """Path and digest of some data files, no more bytes together than are asked for."""
    data = [entry for entry in manifest.files if entry.path.endswith(".parquet")]
    random.Random(sample.seed).shuffle(data)  # noqa: S311 - a sample, not a secret
    left = sample.megabytes * _MEGABYTE
    for entry in data[: sample.files]:
        left -= entry.bytes
        if left >= 0:
            yield entry.path, entry.sha256


@contextmanager
def _on_files(publication: Publication, sample: Sample) -> Iterator[tuple[None, Fetch]]:
    import fsspec

    target = FileTarget(url=publication.repo)
    files, root = fsspec.core.url_to_fs(target.url)
    there = f"{root}/{target.prefix}{publication.version}"

    def fetch(path: str, folder: Path) -> Path | None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            files.get_file(f"{there}/{path}", str(folder / path))
        except FileNotFoundError:
            return None
        return folder / path

    yield None, fetch


@contextmanager
def _on_hub(publication: Publication, sample: Sample) -> Iterator[tuple[str | None, Fetch]]:
    # huggingface_hub reads the environment when it is imported, which is the caller's to prepare
    from huggingface_hub.errors import EntryNotFoundError

    from kaz_datasets.publishing.client import impatient
    from kaz_datasets.publishing.repo import HubRepo

    def download(path: str, folder: Path) -> Path | None:
        try:
            return Path(
                repo.api.hf_hub_download(
                    publication.repo,
                    path,
                    repo_type="dataset",
                    revision=publication.commit,
                    local_dir=folder,
                )
            )
        except EntryNotFoundError:
            return None

    def fetch(path: str, folder: Path) -> Path | None:
        return repo.asking.persist(partial(download, path, folder))

    with impatient(sample.timeout):
        repo = HubRepo.of(
            publication.repo,
            endpoint=publication.endpoint or None,
            token=sample.token or "",
            retry_wait=1.0,
        )
        yield repo.tags().get(f"v{publication.version}"), fetch
