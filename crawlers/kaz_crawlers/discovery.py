"""Which addresses an answer names: sitemaps and their indexes, feeds, pages that list pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import lxml.etree
from scrapy.http import Response, TextResponse
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap

from kaz_crawlers.frontier import Role

LARGEST_SITEMAP: Final = 50 << 20
"""Bytes after decompression: the limit of the sitemap protocol (sitemaps.org)."""

_GZIP_MAGIC: Final = b"\x1f\x8b"


class Unreadable(Exception):
    """An answer is not what its role says: a sitemap without XML, a feed without entries."""


def links_of(role: Role, response: Response) -> Iterator[tuple[str, Role]]:
    """The addresses that `response` names, with their roles. Raises Unreadable."""
    if role == "sitemap":
        return _sitemap_links(response)
    if role == "feed":
        return _feed_links(response)
    return _page_links(response)


def _sitemap_links(response: Response) -> Iterator[tuple[str, Role]]:
    body = response.body
    try:
        if body[:2] == _GZIP_MAGIC:
            body = gunzip(body, max_size=LARGEST_SITEMAP)
        sitemap = Sitemap(body)
        role: Role = "sitemap" if sitemap.type == "sitemapindex" else "page"
        links = [entry["loc"] for entry in sitemap]
    except Exception as error:  # Scrapy lets out whatever lxml, zlib and its iterator raise
        raise Unreadable(f"no sitemap: {response.url}") from error
    if sitemap.type not in ("sitemapindex", "urlset"):
        raise Unreadable(f"no sitemap: {response.url}")
    return ((response.urljoin(link), role) for link in links if link)


def _feed_links(response: Response) -> Iterator[tuple[str, Role]]:
    parser = lxml.etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        root = lxml.etree.fromstring(response.body, parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Unreadable(f"no feed: {response.url}") from error
    if root is None:
        raise Unreadable(f"no feed: {response.url}")
    # RSS writes the address as text, Atom as an attribute; both in an item or entry.
    query = "//*[local-name()='item' or local-name()='entry']/*[local-name()='link']"
    found = (str(link.get("href") or link.text or "").strip() for link in root.xpath(query))
    return ((response.urljoin(link), "page") for link in found if link)


def _page_links(response: Response) -> Iterator[tuple[str, Role]]:
    if not isinstance(response, TextResponse):
        return
    for link in response.xpath("//a/@href").getall():
        try:
            yield response.urljoin(link.strip()), "page"
        except ValueError:
            continue  # "http://[" and the like: a link that leads nowhere
