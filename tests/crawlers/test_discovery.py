"""Links out of sitemaps, feeds and pages, also malformed ones."""

from __future__ import annotations

import gzip

import pytest
from scrapy.http import HtmlResponse, Response, XmlResponse

from kaz_crawlers.addresses import Role
from kaz_crawlers.discovery import Unreadable, links_of

BASE = "http://site.example/a/"
URLSET = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc> http://site.example/kk/1 </loc><lastmod>2025-01-01</lastmod></url>"
    b"<url><loc>/kk/2</loc></url><url><lastmod>2025</lastmod></url></urlset>"
)
INDEX = b"<sitemapindex><sitemap><loc>http://site.example/s1.xml.gz</loc></sitemap></sitemapindex>"
RSS = (
    b"<rss><channel><link>http://site.example/</link><item><link>http://site.example/kk/1</link>"
    b"</item><item><link><![CDATA[ /kk/2 ]]></link></item></channel></rss>"
)
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://site.example/"/>'
    b'<entry><link href="http://site.example/kk/1"/></entry></feed>'
)
ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    b"<rss><item><link>&x;</link></item></rss>"
)


@pytest.mark.parametrize(
    ("role", "body", "links"),
    [
        ("sitemap", URLSET, [("http://site.example/kk/1", "page"), (f"{BASE[:-3]}/kk/2", "page")]),
        ("sitemap", gzip.compress(URLSET), [(f"{BASE[:-3]}/kk/{n}", "page") for n in (1, 2)]),
        ("sitemap", INDEX, [("http://site.example/s1.xml.gz", "sitemap")]),
        ("feed", RSS, [(f"{BASE[:-3]}/kk/{n}", "page") for n in (1, 2)]),
        ("feed", ATOM, [("http://site.example/kk/1", "page")]),
        ("feed", ENTITY, []),
    ],
)
def test_xml(role: Role, body: bytes, links: list[tuple[str, str]]) -> None:
    assert list(links_of(role, XmlResponse(BASE, body=body))) == links


@pytest.mark.parametrize("body", [b"", b"not xml", b"<html><body>404</body></html>", b"\x1f\x8bx"])
def test_what_is_no_sitemap_says_so(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(links_of("sitemap", Response(BASE, body=body)))


@pytest.mark.parametrize("body", [b"", b"not xml"])
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(links_of("feed", Response(BASE, body=body)))


def test_a_sitemap_that_unpacks_without_end_is_refused() -> None:
    bomb = gzip.compress(bytes(51 << 20))
    with pytest.raises(Unreadable):
        list(links_of("sitemap", Response(BASE, body=bomb)))


def test_pages_and_listings() -> None:
    body = b'<base href="/b/"><a href=" 1 ">x</a><a href="http://[">y</a><a>z</a><a href="#q">q</a>'
    found = [url for url, _ in links_of("page", HtmlResponse(BASE, body=body, encoding="utf-8"))]
    assert found == ["http://site.example/b/1", "http://site.example/b/#q"]


def test_a_picture_has_no_links() -> None:
    assert list(links_of("listing", Response(BASE, body=b"\x89PNG"))) == []
