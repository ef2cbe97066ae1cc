"""A look at a few addresses of a site with the machinery of a crawl: its guard, robots.txt, pace.

The addresses are seeds of a source that accepts nothing else, so no link is followed; what came
is read back from the archive. Further looks go on with the same archive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from kaz_crawlers.addresses import UrlState
from kaz_crawlers.crawl import crawl
from kaz_crawlers.draft_patterns import literal
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Discover, Polite, Rights, Source, Urls
from kaz_crawlers.source_fields import NEVER
from kaz_crawlers.url_states import url_states
from kaz_datasets.errors import BadConfiguration, Failed
from kaz_datasets.identity import canonical_url
from kaz_datasets.warc import Page, read_pages

MOST_REQUESTS: Final = 40
MOST_MEGABYTES: Final = 60
MOST_HOPS: Final = 5


class Probe:
    """The answers of one site, kept in `folder`."""

    def __init__(self, folder: Path, options: CrawlOptions) -> None:
        self._folder = folder
        self._options = replace(options, unchecked=True)
        self._states: dict[str, UrlState] = {}
        self._pages: dict[str, Page] = {}

    def fetch(self, urls: Iterable[str]) -> None:
        """Ask for `urls`, politely; what was asked for before is not asked for again."""
        fresh = tuple(url for url in dict.fromkeys(urls) if canonical_url(url) not in self._states)
        if not fresh:
            return
        crawl(_source_of(fresh), self._folder, self._options)
        self._states = {canonical_url(end.url): end for end in url_states(self._folder)}
        for file in sorted(self._folder.glob("*.warc.gz")):
            found = [item for item in read_pages(file) if isinstance(item, Page)]
            self._pages.update((canonical_url(page.url), page) for page in found)

    def page(self, url: str) -> Page | None:
        """The good answer for `url`, through redirects; None if there is none."""
        key = canonical_url(self.destination(url))
        end, page = self._states.get(key), self._pages.get(key)
        good = end is not None and end.state == "done" and page is not None
        return page if good and page is not None and 200 <= page.status < 300 else None

    def destination(self, url: str) -> str:
        """Where the redirects of `url` lead; perhaps to an address that was not asked for."""
        for _ in range(MOST_HOPS):
            end = self._states.get(canonical_url(url))
            if end is None or end.state != "redirected" or end.target is None:
                break
            url = end.target
        return url

    def file(self, url: str) -> Page | None:
        """A file that every crawl asks for by itself, such as robots.txt."""
        page = self._pages.get(canonical_url(url))
        return page if page is not None and page.status == 200 else None

    def why_not(self, url: str) -> BadConfiguration | Failed:
        """The error to raise where `page` gives nothing for an address that is needed."""
        url = self.destination(url)
        end = self._states.get(canonical_url(url))
        if end is None:
            return BadConfiguration(f"the site sends its readers to {url}: draft that address")
        reason = end.reason or end.state
        if reason == "rights":
            return refused_by_owner(url, end.target)
        refusals = {
            "robots": f"robots.txt does not let us fetch {url}: leave this site alone",
            "guard": f"{url} is not an address of the open internet: give a public website",
        }
        if reason in refusals:
            return BadConfiguration(refusals[reason])
        if reason == "robots-unreachable":
            return Failed(
                f"robots.txt of {url} cannot be read, which means no (RFC 9309): try again later"
            )
        return Failed(f"{url} gave no page ({reason}): check the address, or try again later")


def refused_by_owner(url: str, statement: str | None) -> BadConfiguration:
    """The error where a site says no to training."""
    return BadConfiguration(
        f"the owner of {url} says no to training ({statement}):"
        " leave this site alone, or ask for permission"
    )


def _source_of(urls: tuple[str, ...]) -> Source:
    """A source that fetches `urls` and nothing else."""
    first = urls[0]
    return Source(
        id="draft",
        name="draft",
        homepage=first,
        kind="other",
        discover=Discover(listings=urls),
        urls=Urls(accept=(f"^{literal(first)}$",), examples=(first, first)),
        polite=Polite(max_pages=MOST_REQUESTS, max_megabytes=MOST_MEGABYTES, depth=1),
        # Nothing that is looked at here is kept: robots.txt and the rights are asked all the same.
        rights=Rights(basis="text-and-data-mining", checked=NEVER),
    )
