"""Which addresses an answer names: sitemaps and their indexes, feeds, pages that list pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.etree
import lxml.html
from scrapy.http import Response, TextResponse
from scrapy.utils.gz import gunzip
from w3lib.html import get_meta_refresh
from w3lib.url import safe_url_string

from kaz_crawlers.addresses import Role

LARGEST_SITEMAP: Final = 50 << 20
"""Bytes after decompression: the limit of the sitemap protocol (sitemaps.org)."""
MOST_ENTRIES: Final = 50_000
"""Addresses in one sitemap: the same protocol's limit; what is behind it is not read."""
MOST_LINKS: Final = 2_000
"""Links of one page: no menu is longer, and a page made to fill the frontier is."""
REFRESH_WINDOW: Final = 4096
"""Characters in which a meta refresh is looked for."""

_PLAIN_PATH: Final = re.compile(r"/(?!/)[\w.~/-]*(?:\?[\w.~=&%-]+)?", re.ASCII)
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ALTERNATE: Final = "{http://www.w3.org/1999/xhtml}link"
_TEXT_URL: Final = (b"http://", b"https://")


@dataclass(frozen=True, kw_only=True)
class Link:
    """An address that was found, and when it changed last if the finder says so."""

    url: str
    role: Role
    lastmod: datetime | None = None
    follow: bool = True
    """Whether its owner lets it be followed: `nofollow` of a link or of a whole page says no."""


class Unreadable(Exception):
    """An answer is not what its role says: a sitemap without XML, a feed without entries."""


def links_of(role: Role, response: Response) -> Iterator[Link]:
    """The addresses that `response` names, with their roles. Raises Unreadable."""
    if role in ("sitemap", "feed"):
        return iter(_machine_links(role, response))
    return _page_links(response)


def meta_refresh(response: Response) -> str | None:
    """Where a page sends its reader by `<meta http-equiv="refresh">`; None if it does not."""
    if not isinstance(response, TextResponse):
        return None
    head = response.body[:REFRESH_WINDOW]
    if b"refresh" not in head.lower():
        return None
    try:
        _, target = get_meta_refresh(head, response.url, response.encoding)
        target = urldefrag(target).url if target else None
    except (ValueError, LookupError):
        return None
    return target if target and target != response.url else None


def redirect_target(response: Response) -> str | None:
    """Where an answer of status 3xx leads; None if its Location is no address."""
    try:
        location = safe_url_string(response.headers["Location"] or b"")
        return urldefrag(urljoin(response.url, location)).url
    except ValueError:
        return None


def _machine_links(role: Role, response: Response) -> list[Link]:
    try:
        body = _unpacked(response.body)
        if body.lstrip()[:8].startswith(_TEXT_URL):
            return [_link(response, line, "page", None) for line in _text_lines(body)]
        found = list(_entries(body, response))
    except (lxml.etree.LxmlError, ValueError, OSError, EOFError) as error:
        raise Unreadable(f"no {role}: {response.url} ({error})") from error
    return found


def _unpacked(body: bytes) -> bytes:
    if body[:2] == _GZIP_MAGIC:
        body = gunzip(body, max_size=LARGEST_SITEMAP)
    return body


def _text_lines(body: bytes) -> list[str]:
    lines = body.decode("utf-8", "replace").split("\n")[:MOST_ENTRIES]
    return [line.strip() for line in lines if line.strip()]


def _entries(body: bytes, response: Response) -> Iterator[Link]:
    """Links of a urlset, a sitemapindex, RSS or Atom, element by element in bounded memory."""
    known = {"urlset", "sitemapindex", "rss", "feed", "RDF"}
    root = ""
    count = 0
    events = lxml.etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )
    for event, element in events:
        name = _local(element)
        if not root:
            root = name
            if root not in known:
                raise Unreadable(f"no sitemap or feed: {response.url}")
        if event == "end" and name in ("url", "sitemap", "item", "entry"):
            for link in _entry_links(element, name, response):
                yield link
                count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if count >= MOST_ENTRIES:
                return
    if not root:
        raise Unreadable(f"no sitemap or feed: {response.url}")


def _entry_links(element: Any, name: str, response: Response) -> Iterator[Link]:
    role: Role = "sitemap" if name == "sitemap" else "page"
    date: datetime | None = None
    urls: list[str] = []
    for child in element:
        tag = _local(child)
        text = (child.text or "").strip()
        if tag == "loc" or (tag == "link" and name in ("item", "entry")):
            urls.append(str(child.get("href") or text).strip())
        elif child.tag == _ALTERNATE and str(child.get("hreflang", "")).lower().startswith("kk"):
            urls.append(str(child.get("href", "")).strip())
        elif tag in ("lastmod", "updated", "pubDate") and date is None:
            date = parse_date(text)
    for url in urls:
        if url:
            try:
                yield _link(response, url, role, date)
            except ValueError:
                continue  # "http://[" and the like: a link that leads nowhere


def parse_date(text: str) -> datetime | None:
    """A W3C date and time (sitemaps, Atom) or one of RFC 822 (RSS); None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _link(response: Response, url: str, role: Role, lastmod: datetime | None) -> Link:
    return Link(url=safe_url_string(urljoin(response.url, url)), role=role, lastmod=lastmod)


def _page_links(response: Response) -> Iterator[Link]:
    if not isinstance(response, TextResponse):
        return
    try:
        parser = lxml.html.HTMLParser(encoding=response.encoding, huge_tree=False)
        tree = lxml.html.document_fromstring(response.body, parser=parser)
    except (lxml.etree.LxmlError, ValueError, LookupError):
        return
    elements = list(tree.iter("a", "link", "base", "meta"))
    join = _joiner(_base(elements, response.url))
    follow = not _forbids_following(f"{_robots_header(response)},{_robots_meta(elements)}")
    count = 0
    seen: dict[str, bool] = {}
    for element in elements:
        address = element.get("href")
        if not address or address[0] == "#" or not _is_link(element):
            continue
        wanted = follow and "nofollow" not in (element.get("rel") or "").lower()
        if seen.get(address) in (True, wanted):
            continue
        seen[address] = wanted
        if url := join(address.strip()):
            yield Link(url=url, role="page", follow=wanted)
            count += 1
            if count >= MOST_LINKS:
                return


def _joiner(base: str) -> Callable[[str], str | None]:
    """A function that makes addresses on a page whole; None for what leads nowhere on the web."""
    parts = urlsplit(base)
    origin = f"{parts.scheme}://{parts.netloc}"

    def join(address: str) -> str | None:
        # Most links of a page are plain paths: the standard library takes 30 times as long.
        if _PLAIN_PATH.fullmatch(address) and "/." not in address:
            return origin + address
        try:
            url = urljoin(base, address)
        except ValueError:
            return None
        if not url.startswith("http"):
            return None
        return url if url.isascii() else safe_url_string(url)

    return join


def _is_link(element: Any) -> bool:
    """Whether an element leads to a page; a `<link>` mostly leads to what a page is made of."""
    if element.tag != "link":
        return bool(element.tag == "a")
    rel = (element.get("rel") or "").lower()
    return rel == "canonical" or (
        rel == "alternate" and (element.get("hreflang") or "").lower().startswith("kk")
    )


def _base(elements: list[Any], url: str) -> str:
    element = next((each for each in elements if each.tag == "base"), None)
    if element is None or not element.get("href"):
        return url
    try:
        return str(urljoin(url, element.get("href").strip()))
    except ValueError:
        return url


def _robots_header(response: Response) -> str:
    return b",".join(response.headers.getlist("X-Robots-Tag")).decode("latin-1")


def _robots_meta(elements: list[Any]) -> str:
    return ",".join(
        element.get("content") or ""
        for element in elements
        if element.tag == "meta" and (element.get("name") or "").lower() == "robots"
    )


def _forbids_following(directives: str) -> bool:
    named = {part.strip().rpartition(":")[2].strip() for part in directives.lower().split(",")}
    return bool(named & {"nofollow", "none"})


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
