"""`ledger.json`: which earlier version is which commit, in the release itself.

A tag can be deleted and made again, a commit cannot. A commit does not know its own id: it is the
one that holds the file. Where a version was not published on the Hub its digest stands alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from kaz_datasets.release.checks import Check, compare
from kaz_datasets.release.config import Previous, ReleaseConfig

LEDGER: Final = "ledger.json"


def render_ledger(config: ReleaseConfig) -> str:
    """The file: every earlier release that is known, oldest first."""
    entries = [
        {"version": entry.version, "tag": f"v{entry.version}", "commit": entry.commit}
        | {"release.json": entry.digest}
        for entry in config.earlier
    ]
    value = {"repo": config.repo, "earlier": entries}
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def check_ledger(config: ReleaseConfig, before: ReleaseConfig, digest: str) -> Iterator[Check]:
    """Whether a release remembers all that the one before it did, and that one with its digest.

    A commit that was unknown then may be known now; one that was known stays.
    """
    known = [_stated(entry) for entry in before.earlier] + [(before.version, digest)]
    yield compare("earlier releases in ledger.json", known, [_stated(e) for e in config.earlier])
    commits = {entry.version: entry.commit for entry in config.earlier}
    moved = [
        entry.version
        for entry in before.earlier
        if entry.commit is not None and entry.commit != commits.get(entry.version)
    ]
    yield compare("commits in ledger.json that have moved", [], moved)


def _stated(entry: Previous) -> tuple[str, str | None]:
    return entry.version, entry.digest
