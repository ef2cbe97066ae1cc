"""What the stages after the crawl must know of a source, whoever crawled it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """The part of a source file that travels with its archive."""

    id: str
    name: str = ""
    homepage: str = ""
    kind: str = "other"
    """One of `kaz_datasets.record.KINDS`."""
    basis: str = "unclear"
    """One of `kaz_datasets.record.RIGHTS_BASES`."""
    licence: str | None = None
    body: str | None = None
    """CSS selector of the main text; None leaves it to the extractor."""
    title: str | None = None
    remove: tuple[str, ...] = ()
    """CSS selectors of what is cut from a page before anything else looks at it."""
    encoding: str | None = None
    """Character set of every page, where the site is known to declare a wrong one."""
