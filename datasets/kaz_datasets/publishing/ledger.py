"""The ledger: which version is which commit of which repo, kept in the workspace.

A tag can be deleted and made again on the Hub; a commit cannot. The next release names the commit
of the one before from here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from kaz_datasets.errors import Conflict, Corrupt
from kaz_datasets.files import write_json

LEDGER: Final = "published.json"

REAL_HUB: Final = ""
"""The endpoint of the Hub itself; trying a publication on loopback binds nobody."""
FILES: Final = "files"
"""Stands for the endpoint where a release went to a file system; its commit is the digest."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One version where it was published, and the SHA-256 of its `release.json`."""

    repo: str
    """On the Hub, or the address on a file system."""
    version: str
    commit: str
    digest: str
    endpoint: str = REAL_HUB


_ADAPTER: Final = TypeAdapter(tuple[Publication, ...])


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All publications of a workspace, oldest first."""

    path: Path
    publications: tuple[Publication, ...] = ()

    @classmethod
    def of(cls, releases: Path) -> Ledger:
        """The ledger beside the releases. Raises Corrupt."""
        path = releases / LEDGER
        if not path.is_file():
            return cls(path=path)
        try:
            found = _ADAPTER.validate_python(json.loads(path.read_text("utf-8"))["published"])
        except (ValueError, KeyError, TypeError) as error:
            raise Corrupt(f"{path} cannot be read ({error}): mend or remove it") from error
        return cls(path=path, publications=found)

    def enter(self, publication: Publication) -> Ledger:
        """Add a publication, or leave the same one. Raises Conflict for another of its version."""
        known = self.find(publication.repo, publication.version, publication.endpoint)
        if known == publication:
            return self
        if known is not None:
            raise Conflict(
                f"{publication.version} of {publication.repo} was published as commit"
                f" {known.commit}, not {publication.commit}: somebody moved its tag;"
                " look at the repo's history"
            )
        entries = (*self.publications, publication)
        write_json(self.path, {"published": [asdict(entry) for entry in entries]})
        return Ledger(path=self.path, publications=entries)

    def find(self, repo: str, version: str, endpoint: str = REAL_HUB) -> Publication | None:
        """Where a version is in a repo."""
        for entry in self.publications:
            if (entry.repo, entry.version, entry.endpoint) == (repo, version, endpoint):
                return entry
        return None

    def of_digest(self, digest: str) -> Publication | None:
        """Where on the Hub itself the release with this manifest is, in any repo."""
        found = (entry for entry in self.publications if entry.endpoint == REAL_HUB)
        return next((entry for entry in found if entry.digest == digest), None)
