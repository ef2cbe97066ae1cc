"""The whole made-up web as a pure function: address in, page out, always the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kaz_crawlers.demosite.articles import load_articles
from kaz_crawlers.demosite.host_pages import HostPages
from kaz_crawlers.demosite.hosts import BILIM, HOSTS, TAN
from kaz_crawlers.demosite.machine_pages import feed_page, robots_page, sitemap_page
from kaz_crawlers.demosite.postings import postings
from kaz_crawlers.demosite.rendering import Renderer, SitePage

_MONTH = re.compile(r"/kk/kuntizbe/(\d{4})/([1-9]|1[0-2])")
MOVED = {"/kk/eski/4711": "http://tan.example/kk/kolik/elektr-avtobus"}
"""Old addresses of tan.example, still in its sitemap → where they moved."""
SOFT_MISSING_PATH = "/kk/habarlandyru/kuzgi-zhinalys"
POISON = "file:///etc/passwd"
"""What an attacker would like a crawler to read from a sitemap."""


@dataclass(frozen=True)
class DemoSite:
    """The made-up web."""

    pages: Mapping[str, SitePage]
    """Every page by its absolute address, without the endless calendar."""
    _hosts: Mapping[str, HostPages]

    def respond(self, url: str) -> SitePage:
        """The answer to a GET of `url`; 404 for an unknown path, 502 for an unknown host."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return SitePage(status=400, content_type="text/plain", body=b"no address\n")
        host = self._hosts.get(parts.hostname or "")
        if host is None or parts.scheme != "http":
            return SitePage(status=502, content_type="text/plain", body=b"no such host\n")
        # A query only says where the reader came from
        page = self.pages.get(host.host.url(parts.path or "/"))
        return page or _month(host, parts.path) or host.missing(parts.path)


def build_site() -> DemoSite:
    """Build every page from the packaged articles and templates; about a second."""
    plan = postings(load_articles())
    renderer = Renderer()
    hosts = {host.name: HostPages(host, plan, renderer) for host in HOSTS}
    pages = {
        host.host.url(path): page for host in hosts.values() for path, page in _all_pages(host)
    }
    return DemoSite(pages, hosts)


def _month(host: HostPages, path: str) -> SitePage | None:
    found = _MONTH.fullmatch(path) if host.host == TAN else None
    return host.month(int(found[1]), int(found[2])) if found else None


def _all_pages(host: HostPages) -> Iterator[tuple[str, SitePage]]:
    yield from host.pages().items()
    if host.host.robots is not None:
        yield "/robots.txt", robots_page(host.host.robots)
    if host.host.sitemap:
        yield "/sitemap.xml", sitemap_page(host.articles, _other_addresses(host))
    if host.host == TAN:
        yield "/feed.xml", feed_page(host.host, host.articles)
        for path, target in MOVED.items():
            body = f'<p><a href="{target}">{target}</a></p>\n'.encode()
            yield path, SitePage(status=301, headers={"Location": target}, body=body)
    if host.host == BILIM:
        yield SOFT_MISSING_PATH, host.soft_missing(SOFT_MISSING_PATH)


def _other_addresses(host: HostPages) -> Iterator[str]:
    if host.host == TAN:
        yield from (TAN.url(path) for path in MOVED)
        yield POISON
    if host.host == BILIM:
        yield BILIM.url(SOFT_MISSING_PATH)
        yield from (BILIM.url(path) for path in host.section_paths())
