"""The two plain files of a release: its LICENSE and its CHANGELOG.md."""

from __future__ import annotations

from kaz_datasets.release.config import ReleaseConfig
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.licences import licence_of_release

_LICENCE = """\
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


def render_changelog(config: ReleaseConfig, figures: Figures) -> str:
    """The CHANGELOG.md: this release with its size, then what its configuration says of others."""
    told = {change.version: change.notes for change in config.changes}
    notes = [
        f"{figures.total.documents:,} documents, {figures.total.words:,} words,"
        f" {figures.total.characters:,} characters.",
        *told.pop(config.version, ()),
    ]
    entries = [
        (config.version, notes),
        *((version, list(lines)) for version, lines in told.items()),
    ]
    return "# Changelog\n" + "".join(_entry(version, lines) for version, lines in entries)


def _entry(version: str, notes: list[str]) -> str:
    lines = "".join(f"- {' '.join(note.split())}\n" for note in notes)
    return f"\n## {version}\n\n{lines}"
