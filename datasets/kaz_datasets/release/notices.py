"""The two plain files of a release: its LICENSE and its CHANGELOG.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kaz_datasets.release.config import Change, ReleaseConfig
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.licences import licence_of_release
from kaz_datasets.takedown.request import Takedown

_TITLE: Final = "# Changelog\n"
_LICENCE: Final = """\
{name} is made available under the
{licence} ({spdx}).
The full text of that licence is at {url}

The licence covers the collection: its selection, arrangement, annotations and
figures. It does not cover the texts in it, which belong to their authors and
publishers. The columns `licence` and `rights` of each row state, as far as it is
known, on which basis that text may be used and which restrictions its publisher
has declared; whoever uses a text is bound by them.

To have a text removed, {removal}.
"""


def render_licence(config: ReleaseConfig) -> str:
    """The LICENSE file."""
    licence = licence_of_release(config.licence)
    return _LICENCE.format(
        name=config.pretty_name,
        licence=licence.name,
        spdx=licence.spdx,
        url=licence.url,
        removal=config.removal,
    )


def render_takedowns(takedowns: Sequence[Takedown]) -> str:
    """The TAKEDOWNS.md: when, why and by whom removals were asked for, and how many rows each met.

    Neither names nor addresses: a log of removals must not become a list of what was removed.
    """
    lines = [
        "# Takedowns",
        "",
        "Removals that were asked for. None of these documents is in this release.",
        "",
    ]
    if not takedowns:
        return "\n".join([*lines, "None so far.", ""])
    lines += [
        "| number | date | asked by | named by | documents | near-copies | reason |",
        "| ---: | --- | --- | --- | ---: | ---: | --- |",
    ]
    for entry in takedowns:
        reason = entry.reason.replace("|", "\\|")
        lines.append(
            f"| {entry.number} | {entry.date} | {entry.requester} | {entry.target.by}"
            f" | {len(entry.ids):,} | {_copies(entry)} | {reason} |"
        )
    return "\n".join([*lines, ""])


def _copies(entry: Takedown) -> str:
    return f"{len(entry.copies):,}" if entry.with_copies else "stay"


def render_changelog(config: ReleaseConfig, figures: Figures) -> str:
    """The CHANGELOG.md: this release with its size, then what its configuration says of others."""
    told = {change.version: change.notes for change in config.changes}
    notes = [*_sizes(config, figures), *told.pop(config.version, ())]
    entries = [
        (config.version, notes),
        *((version, list(lines)) for version, lines in told.items()),
    ]
    return _TITLE + "".join(_entry(version, lines) for version, lines in entries)


def _sizes(config: ReleaseConfig, figures: Figures) -> Iterator[str]:
    total = figures.total
    yield f"{total.documents:,} documents, {total.words:,} words, {total.characters:,} characters."
    if config.previous is None:
        return
    removed = figures.removed.get(config.version, {})
    reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in removed.items())
    yield (
        f"Against {config.previous.version}: {figures.added_in.get(config.version, 0):,} documents"
        f" added, {sum(removed.values()):,} removed{f' ({reasons})' if reasons else ''}."
    )


def read_changelog(text: str) -> tuple[Change, ...]:
    """The entries that `render_changelog` wrote."""
    sections = text.removeprefix(_TITLE).split("\n## ")[1:]
    return tuple(
        Change(
            version=version,
            notes=tuple(line.removeprefix("- ") for line in lines.strip().splitlines()),
        )
        for version, _, lines in (section.partition("\n") for section in sections)
    )


def _entry(version: str, notes: list[str]) -> str:
    lines = "".join(f"- {' '.join(note.split())}\n" for note in notes)
    return f"\n## {version}\n\n{lines}"
