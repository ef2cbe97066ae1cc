"""What a release is told: its version, where it will live, its licence and its history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.release.licences import licence_of_release

# https://semver.org without pre-releases and build metadata: a published corpus has neither.
_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\Z", re.ASCII)
_REPO: Final = re.compile(r"[\w.-]+/[\w.-]+\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Previous:
    """The release before this one, and the commit that holds it, where it was published."""

    version: str
    commit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry of the changelog: a version and a line for each thing that changed."""

    version: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReleaseConfig:
    """How a release is made and what its card says. Raises BadConfiguration."""

    version: str
    """Three numbers, `major.minor.patch`; the tag is `v` and these."""
    repo: str
    """`owner/name` on the Hub; the card's examples load from it."""
    pretty_name: str = "kazcorpus: open Kazakh text from the web"
    licence: str = "ODC-By-1.0"
    """SPDX identifier, for the collection; each row keeps the licence of its own text.

    ODC-By is what comparable web corpora use: it covers the database, not the contents.
    """
    previous: Previous | None = None
    changes: tuple[Change, ...] = ()
    """The changelog, newest first."""
    authors: str = "The kazcorpus contributors"
    removal: str = "open a discussion in the Community tab of this repository"
    """How somebody asks for a removal; completes the sentence "To have a text removed, …"."""
    shard_bytes: int = 256 << 20
    """Bytes of text in one data file, uncompressed: quick to fetch again, few files in all."""
    rejected_rows: int = 1_000_000
    """Rows in one file of the rejected."""

    def __post_init__(self) -> None:
        for version in (self.version, *(change.version for change in self.changes)):
            _check_version(version)
        if not _REPO.match(self.repo):
            raise BadConfiguration(f"{self.repo!r} is not a repository: write it as owner/name")
        licence_of_release(self.licence)
        if min(self.shard_bytes, self.rejected_rows) < 1:
            raise BadConfiguration("shard_bytes and rejected_rows must be at least 1")

    @property
    def major(self) -> int:
        """The first number of the version: files of one major are never rewritten."""
        return int(self.version.partition(".")[0])

    @property
    def tag(self) -> str:
        """The git tag of the release."""
        return f"v{self.version}"

    def to_json(self) -> dict[str, Any]:
        """The configuration as `release.json` keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ReleaseConfig:
        """Read what `to_json` wrote. Raises ValueError or BadConfiguration."""
        return _ADAPTER.validate_python(value)


_ADAPTER: Final = TypeAdapter(ReleaseConfig)


def _check_version(version: str) -> None:
    if not _VERSION.match(version):
        raise BadConfiguration(
            f"{version!r} is not a release version: write three numbers, like 1.2.0"
        )
