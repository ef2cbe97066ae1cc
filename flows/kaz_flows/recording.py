"""Recording: fetch the example pages of a source as a crawl would, and keep their facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped
from kaz_cleaning.language import load_model
from kaz_cleaning.page import clean_page
from kaz_crawlers.crawl import CrawlOptions, crawl, drop_rule
from kaz_crawlers.recordings import RecordedPage, Recording, page_of_text
from kaz_crawlers.source import Discover, Source, Urls
from kaz_crawlers.url_states import url_states
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.identity import canonical_url
from kaz_datasets.warc import Page, read_pages

if TYPE_CHECKING:
    from kaz_cleaning.language import LanguageModel

SPARE_PAGES: Final = 10
"""Fetched beside the examples at most: where redirects lead."""


def record_examples(source: Source, options: CrawlOptions | None = None) -> Recording:
    """Fetch the examples of `source`, politely, and say what the pipeline makes of each.

    Raises BadConfiguration where there are only guesses, and what `kaz_crawlers.crawl.crawl`
    raises; an example that cannot be had is no error, but
    is recorded with the reason.
    """
    if not source.urls.examples:
        raise BadConfiguration(
            f"{source.id} has guesses, which nobody has seen, and no examples: look at the site,"
            " put two of its pages into urls.examples, then record"
        )
    # looking at two pages is how a source comes to be checked
    chosen = replace(options or CrawlOptions(), unchecked=True)
    with TemporaryDirectory(prefix="kazcorpus-record-") as name:
        folder = Path(name) / "crawl"
        crawl(only_examples(source), folder, chosen)
        pages, reasons = _pages(folder), _reasons(folder)
        model = load_model()
        recorded = tuple(
            _recorded(url, source, pages.get(canonical_url(url)), reasons, model)
            for url in source.urls.examples
        )
    return Recording(source=source.id, recorded=datetime.now(UTC).date(), pages=recorded)


def only_examples(source: Source) -> Source:
    """The same source, of which nothing is wanted but its examples."""
    examples = source.urls.examples
    patterns = tuple(f"^{re.escape(url)}$" for url in examples)
    polite = source.polite.model_copy(update={"max_pages": len(examples) + SPARE_PAGES, "depth": 1})
    return source.model_copy(
        update={
            "discover": Discover(listings=examples),
            "urls": Urls(accept=patterns, examples=examples),
            "polite": polite,
        }
    )


def _pages(folder: Path) -> Mapping[str, Page]:
    found: dict[str, Page] = {}
    for archive in sorted(folder.glob("*.warc.gz")):
        for page in read_pages(archive):
            if isinstance(page, Page):
                found[canonical_url(page.url)] = page
    return found


def _reasons(folder: Path) -> Mapping[str, str]:
    return {canonical_url(state.url): drop_rule(state) for state in url_states(folder)}


def _recorded(
    url: str,
    source: Source,
    page: Page | None,
    reasons: Mapping[str, str],
    model: LanguageModel,
) -> RecordedPage:
    if page is None:
        return RecordedPage(url=url, dropped=reasons.get(canonical_url(url), "not fetched"))
    result = clean_page(page, source.facts(), CleaningConfig(), model)
    if isinstance(result, Dropped):
        value = "" if result.value is None else f": {result.value}"
        return RecordedPage(url=url, dropped=f"{result.rule}{value}")
    return page_of_text(url, result.row["text"], result.row["words"])
