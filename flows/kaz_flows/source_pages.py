"""The generated pages of docs/ about sources, so that a test can tell when they are stale."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kaz_crawlers.source_files import find_sources
from kaz_crawlers.source_format import format_page
from kaz_crawlers.source_table import source_rows, sources_page
from kaz_datasets.files import write_text


def pages() -> Mapping[str, str]:
    """The text of each page by its name; only the package's own sources, whatever is installed."""
    rows = source_rows(find_sources(packs=()).values())
    return {"sources.md": sources_page(rows), "sources-format.md": format_page()}


def write_pages(folder: Path) -> list[Path]:
    """Write the pages into `folder`."""
    written = []
    for name, text in pages().items():
        write_text(folder / name, text)
        written.append(folder / name)
    return written
