"""Which number a release may have: the one that says what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.release.admission import Barred, admit
from kaz_datasets.release.gate import Gate
from kaz_datasets.release.predecessor import Changes, Predecessor, compare
from kaz_datasets.release.row_index import among, check_record, index_rows
from kaz_datasets.release.version import Level, Version

FIRST: Final = Version(1, 0, 0)

MOST_TOMBSTONES: Final = 0.2
"""Share of rows in the files that are removed, from which a major is proposed: a reader fetches a
fifth of the corpus for nothing. Such a release may still be a minor one."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The next version and why it is that one."""

    version: Version
    level: Level | None
    """None for the first release."""
    why: str


def propose(before: Version | None, changes: Changes | None, tombstones: float = 0.0) -> Proposal:
    """The next number after `before`, from what changed and the share of removed rows in files."""
    if before is None or changes is None:
        return Proposal(version=FIRST, level=None, why="the first release")
    level, why = changes.level, str(changes)
    if level is Level.MINOR and tombstones > MOST_TOMBSTONES:
        level, why = Level.MAJOR, f"{why}; {tombstones:.0%} of the rows in the files are removed"
    return Proposal(version=before.next(level), level=level, why=why)


def propose_after(
    kept: Sequence[Path], gate: Gate, barred: Barred, previous: Path | None
) -> Proposal:
    """The next number for these kept rows after the release at `previous`. Raises Corrupt."""
    if previous is None:
        return propose(None, None)
    before = Predecessor.open(previous)
    index = index_rows(kept, check_record)
    changes = compare(admit(index, kept, gate, barred).admitted, before)
    # what is erased is in no file any more
    erased = among(before.stored, pa.array(barred.erased, pa.string())).num_rows
    stored = before.stored.num_rows + changes.added.num_rows - erased
    gone = before.stored.num_rows - before.live.num_rows + changes.removed.num_rows - erased
    return propose(before.version, changes, gone / max(stored, 1))


def check_number(version: Version, there: Sequence[Version]) -> None:
    """Raise BadConfiguration for a number that cannot follow, before anything is built.

    Whether it says what changed is known only then (`check_succession`).
    """
    if version in there or not there:
        return
    newest = there[-1]
    follow = [newest.next(level) for level in Level]
    if version not in follow:
        allowed = ", ".join(str(other) for other in follow)
        raise BadConfiguration(f"{version} does not follow {newest}: use {allowed}")


def check_succession(version: Version, before: Version, changes: Changes) -> None:
    """Raise BadConfiguration for a number that does not follow, or that says less than changed."""
    honest = [before.next(level) for level in Level if level >= changes.level]
    if version in honest:
        return
    allowed = " or ".join(str(other) for other in honest)
    if version in [before.next(level) for level in Level]:
        raise BadConfiguration(
            f"{version} would hide what changed since {before} ({changes}): use {allowed}"
        )
    raise BadConfiguration(f"{version} does not follow {before} ({changes}): use {allowed}")
