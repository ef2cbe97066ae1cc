"""What a release is told: its version, where it will live, its licence and its history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.release.gate import Gate
from kaz_datasets.release.licences import licence_of_release
from kaz_datasets.release.version import Version

_REPO: Final = re.compile(r"[\w.-]+/[\w.-]+\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Previous:
    """The release before this one: the link of the chain that a reader can follow back."""

    version: str
    commit: str | None = None
    """The commit that holds it, where it was published."""
    digest: str | None = None
    """SHA-256 of its `release.json`, which names each of its files."""


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
    earlier: tuple[Previous, ...] = ()
    """Every release before, oldest first: the ledger that the release carries along."""
    changes: tuple[Change, ...] = ()
    """The changelog, newest first."""
    authors: str = "The kazcorpus contributors"
    removal: str = "open a discussion in the Community tab of this repository"
    """How somebody asks for a removal; completes the sentence "To have a text removed, …"."""
    gate: Gate = field(default_factory=Gate)
    """What a row must state of its rights to be in the release."""
    shard_bytes: int = 1 << 30
    """Bytes of text in one data file, uncompressed: about 250 MB as Kazakh compresses (4 : 1),
    quick to fetch again and few files in all.
    """
    rejected_rows: int = 1_000_000
    """Rows in one file of the rejected."""

    def __post_init__(self) -> None:
        for version in (self.version, *(change.version for change in self.changes)):
            Version.parse(version)
        if not _REPO.match(self.repo):
            raise BadConfiguration(f"{self.repo!r} is not a repository: write it as owner/name")
        licence_of_release(self.licence)
        if min(self.shard_bytes, self.rejected_rows) < 1:
            raise BadConfiguration("shard_bytes and rejected_rows must be at least 1")

    @property
    def major(self) -> int:
        """The first number of the version: files of one major are never rewritten."""
        return Version.parse(self.version).major

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
