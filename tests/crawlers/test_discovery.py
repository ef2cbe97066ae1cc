"""Links out of sitemaps, feeds and pages, also malformed ones."""

from __future__ import annotations

import gzip

import pytest
from scrapy.http import HtmlResponse, Response, XmlResponse

from kaz_crawlers.addresses import Role
from kaz_crawlers.discovery import (
    MOST_ENTRIES,
    MOST_LINKS,
    Unreadable,
    links_of,
    meta_refresh,
    parse_date,
)

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
        (
            "sitemap",
            gzip.compress(URLSET, mtime=0),
            [(f"{BASE[:-3]}/kk/{n}", "page") for n in (1, 2)],
        ),
        ("sitemap", INDEX, [("http://site.example/s1.xml.gz", "sitemap")]),
        ("feed", RSS, [(f"{BASE[:-3]}/kk/{n}", "page") for n in (1, 2)]),
        ("feed", ATOM, [("http://site.example/kk/1", "page")]),
        ("feed", ENTITY, []),
    ],
)
def test_xml(role: Role, body: bytes, links: list[tuple[str, str]]) -> None:
    found = links_of(role, XmlResponse(BASE, body=body))
    assert [(link.url, link.role) for link in found] == links


def found_in(body: bytes, **headers: str) -> list[str]:
    response = HtmlResponse(BASE, body=body, encoding="utf-8", headers=headers)
    links = [link for link in links_of("page", response) if link.follow]
    return [link.url.removeprefix("http://site.example") for link in links]


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
    assert found_in(body) == ["/b/1"]


def test_links_that_do_not_lead_on_are_left_out() -> None:
    assert found_in(
        b'<link rel="stylesheet" href="/s.css"><link rel="alternate" hreflang="kk" href="/kk/1">'
        b'<link rel="alternate" hreflang="ru" href="/ru/1"><link rel="canonical" href="/kk/2">'
        b'<a rel="nofollow ugc" href="/n">n</a><a href="mailto:a@b.kz">m</a><a href="/kk/1">k</a>'
    ) == ["/kk/1", "/kk/2"]


@pytest.mark.parametrize("header", ["nofollow", "noindex, NOFOLLOW", "otherbot: none"])
def test_a_page_whose_owner_wants_no_link_followed_gives_none(header: str) -> None:
    assert found_in(b'<a href="/1">x</a>', **{"X-Robots-Tag": header}) == []
    assert found_in(f'<meta name=robots content="{header}"><a href="/1">x</a>'.encode()) == []


def test_links_that_are_not_to_be_followed_are_known_all_the_same() -> None:
    body = b'<a rel=nofollow href="/1">a</a><a href="/1">b</a><a href="/2" rel="ugc nofollow">c</a>'
    response = HtmlResponse(BASE, body=body, encoding="utf-8")
    found = [(link.url[-2:], link.follow) for link in links_of("page", response)]
    assert found == [("/1", False), ("/1", True), ("/2", False)]


def test_a_page_gives_no_more_links_than_a_page_can_have() -> None:
    body = b"".join(b'<a href="/%d">x</a>' % number for number in range(MOST_LINKS + 9))
    assert len(found_in(body)) == MOST_LINKS


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("2026-01-02", 1767312000),
        ("2026-01-02T05:00:00+05:00", 1767312000),
        ("Fri, 02 Jan 2026 00:00:00 GMT", 1767312000),
        ("yesterday", None),
        ("", None),
        ("9999-99-99", None),
    ],
)
def test_dates_of_sitemaps_and_feeds(stated: str, seconds: int | None) -> None:
    moment = parse_date(stated)
    assert (None if moment is None else moment.timestamp()) == seconds


def test_sitemaps_name_dates_and_kazakh_alternates() -> None:
    body = (
        b'<urlset xmlns:x="http://www.w3.org/1999/xhtml"><url><loc>/ru/1</loc>'
        b'<lastmod>2026-01-02</lastmod><x:link rel="alternate" hreflang="kk" href="/kk/1"/>'
        b"</url></urlset>"
    )
    links = list(links_of("sitemap", XmlResponse(BASE, body=body)))
    assert [link.url[-5:] for link in links] == ["/ru/1", "/kk/1"]
    assert {link.lastmod for link in links} == {parse_date("2026-01-02")}


def test_a_sitemap_may_be_plain_text() -> None:
    body = b"\nhttp://site.example/kk/1\r\n\nhttp://site.example/kk/2\n"
    links = links_of("sitemap", Response(BASE, body=body))
    assert [link.url[-4:] for link in links] == ["kk/1", "kk/2"]


def test_a_sitemap_without_end_is_read_to_the_limit_of_the_protocol() -> None:
    body = b"<urlset>" + b"<url><loc>/kk/1</loc></url>" * (MOST_ENTRIES + 9)
    assert len(list(links_of("sitemap", Response(BASE, body=body)))) == MOST_ENTRIES


def test_entities_do_not_multiply() -> None:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "http://site.example/"}">' for n in range(10)
    )
    body = f"<!DOCTYPE r [{entities}]><urlset><url><loc>&e9;</loc></url></urlset>".encode()
    assert list(links_of("sitemap", Response(BASE, body=body))) == []


@pytest.mark.parametrize(
    ("markup", "target"),
    [
        (b'<meta http-equiv="refresh" content="0;url=/kk/2">', "http://site.example/kk/2"),
        (
            b'<META HTTP-EQUIV=Refresh CONTENT="5; URL=file:///etc/hostname">',
            "file:///etc/hostname",
        ),
        (b'<meta http-equiv="refresh" content="600">', None),
        (b"<p>refresh</p>", None),
        (b" " * 5000 + b'<meta http-equiv="refresh" content="0;url=/kk/2">', None),
    ],
)
def test_meta_refresh(markup: bytes, target: str | None) -> None:
    assert meta_refresh(HtmlResponse(BASE, body=markup, encoding="utf-8")) == target


def test_a_picture_has_no_links() -> None:
    assert list(links_of("listing", Response(BASE, body=b"\x89PNG"))) == []
