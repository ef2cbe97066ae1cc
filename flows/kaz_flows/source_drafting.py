"""A draft of a source file, written where it will be found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kaz_crawlers.crawl import CrawlOptions
from kaz_crawlers.draft import draft_source
from kaz_crawlers.source_files import find_sources
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.files import write_text
from kaz_datasets.workspace import CONFIGURATION_FILE


@dataclass(frozen=True, kw_only=True)
class DraftedFile:
    """The file that was written, its text, and what was found on the site."""

    path: Path
    toml: str
    findings: tuple[str, ...]


def draft_file(
    url: str, options: CrawlOptions, *, folder: Path, output: Path | None = None
) -> DraftedFile:
    """Draft the source of the site at `url` into `output`, or where `folder` keeps its sources.

    Raises BadConfiguration for a file that is there already, and what `draft_source` raises.
    """
    draft = draft_source(url, options)
    path = (output or _usual(folder)) / f"{draft.source.id}.toml"
    if path.exists():
        raise BadConfiguration(f"{path} is there already: edit it, or remove it first")
    write_text(path, draft.toml)
    known = known_elsewhere(draft.source.id, path)
    findings = (*draft.findings, known) if known else draft.findings
    return DraftedFile(path=path, toml=draft.toml, findings=findings)


def known_elsewhere(identifier: str, path: Path) -> str | None:
    """What to know of a source of that id that others brought, not in `path`."""
    known = find_sources().get(identifier)
    if known is None or known.path == path:
        return None
    return f"{identifier} is known to {known.origin} ({known.path}): compare the two"


def _usual(folder: Path) -> Path:
    return folder / "sources" if (folder / CONFIGURATION_FILE).is_file() else Path()
