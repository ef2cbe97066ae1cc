"""Sitemaps and feeds of a site that is being drafted: a few of them, the Kazakh ones first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urljoin

from scrapy.http import Response
from w3lib.url import safe_url_string

from kaz_crawlers.address_languages import names_kazakh, names_other, same_site
from kaz_crawlers.addresses import Role
from kaz_crawlers.discovery import Link, Unreadable, links_of
from kaz_crawlers.draft_home import Home
from kaz_crawlers.draft_probe import Probe
from kaz_crawlers.guard import is_web_address
from kaz_datasets.warc import Page

MOST_MAPS: Final = 4
"""Sitemaps looked at on one level: the shapes of addresses show in few."""
MOST_ENTRIES: Final = 20_000
"""Addresses read of one sitemap."""

_USUAL_SITEMAPS: Final = ("/sitemap.xml", "/sitemap_index.xml")
_USUAL_FEEDS: Final = ("/rss", "/feed/")
_NOT_TEXTS: Final = ("image", "video", "tag", "categor", "author", "user", "menu", "static")


@dataclass(frozen=True, kw_only=True)
class Maps:
    """What the machine-readable lists of a site name."""

    sitemaps: tuple[str, ...] = ()
    """Those to begin a crawl with."""
    feeds: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """Addresses that they list, on any host of the site."""


def read_maps(probe: Probe, home: Home) -> Maps:
    """Look at the sitemaps that robots.txt names, else the usual ones, and at the feeds."""
    tops = _in_order(
        _named_by_robots(probe, home) or [urljoin(home.url, p) for p in _USUAL_SITEMAPS]
    )
    feeds = home.feeds or tuple(urljoin(home.url, path) for path in _USUAL_FEEDS)
    probe.fetch([*tops, *feeds])
    read = {url: links for url in tops if (links := _links(probe, "sitemap", url)) is not None}
    below = _in_order(link.url for links in read.values() for link in links if _is_map(link, home))
    probe.fetch(below)
    heard = {url: links for url in feeds if (links := _links(probe, "feed", url))}
    lists = [*read.values(), *(_links(probe, "sitemap", url) or [] for url in below)]
    found = (link for links in (*lists, *heard.values()) for link in links if link.role == "page")
    return Maps(
        sitemaps=tuple(dict.fromkeys(map(probe.destination, read))),
        feeds=tuple(dict.fromkeys(map(probe.destination, heard))),
        urls=tuple(dict.fromkeys(link.url for link in found if _belongs(link.url, home))),
    )


def robots_sitemaps(text: str, base: str) -> list[str]:
    """The addresses of `Sitemap:` lines (sitemaps.org) on the site of `base`."""
    lines = (line.partition("#")[0].partition(":") for line in text.splitlines())
    named = [value.strip() for key, _, value in lines if key.strip().lower() == "sitemap"]
    return list(_of_site(named, base))


def _of_site(urls: Iterable[str], base: str) -> Iterator[str]:
    for url in urls:
        try:
            address = safe_url_string(urljoin(base, url))
        except ValueError:
            continue
        if is_web_address(address) and same_site(address, base):
            yield address


def _named_by_robots(probe: Probe, home: Home) -> list[str]:
    page = probe.file(urljoin(home.url, "/robots.txt"))
    return robots_sitemaps(page.body.decode("utf-8", "replace"), home.url) if page else []


def _in_order(urls: Iterable[str]) -> list[str]:
    """The few that are likeliest to list Kazakh texts."""
    different = list(dict.fromkeys(urls))
    named = [url for url in different if names_kazakh(url)]
    known = named or [url for url in different if not names_other(url)] or different
    return sorted(known, key=_lists_no_texts)[:MOST_MAPS]


def _lists_no_texts(url: str) -> bool:
    return any(word in url.lower() for word in _NOT_TEXTS)


def _links(probe: Probe, role: Role, url: str) -> Sequence[Link] | None:
    """The entries of a sitemap or feed; None if there is none to be read."""
    page = probe.page(url)
    if page is None:
        return None
    try:
        return list(islice(links_of(role, _response(page)), MOST_ENTRIES))
    except Unreadable:
        return None


def _response(page: Page) -> Response:
    return Response(page.url, body=page.body)


def _is_map(link: Link, home: Home) -> bool:
    return link.role == "sitemap" and _belongs(link.url, home)


def _belongs(url: str, home: Home) -> bool:
    return is_web_address(url) and same_site(url, home.url)
