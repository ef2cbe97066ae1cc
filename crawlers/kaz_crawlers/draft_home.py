"""What the front page of a site says of itself: its name, languages, feeds, links and terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

import lxml.etree
import lxml.html
from w3lib.encoding import html_to_unicode
from w3lib.url import safe_url_string

from kaz_crawlers.address_languages import is_kazakh_address, same_site
from kaz_crawlers.guard import is_web_address
from kaz_datasets.rights.judge import Verdict, judge
from kaz_datasets.rights.page import header_statements, meta_statements
from kaz_datasets.warc import Page

LONGEST_NAME: Final = 100
LONGEST_ADDRESS: Final = 500
MOST_LINKS: Final = 2_000
MOST_FEEDS: Final = 4

_FEED_TYPES: Final = ("application/rss+xml", "application/atom+xml")
_SWITCH: Final = re.compile(r"(?:қаз(?:ақша)?|kaz|qaz(?:aqsha)?|kz|kk|қазақ(?: тілі)?)", re.I)
_TERMS: Final = re.compile(
    r"пайдалану|ережелер|авторлық|құқық|terms|copyright|правила|соглашени|условия|авторск", re.I
)


@dataclass(frozen=True, kw_only=True)
class Home:
    """A front page, as far as a source file needs it."""

    url: str
    name: str = ""
    language: str = ""
    """The first part of the `lang` attribute, in lower case."""
    kazakh: tuple[str, ...] = ()
    """Addresses that are said to be the page in Kazakh, the surest first."""
    feeds: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Addresses of the site that the page links to."""
    terms: str | None = None
    """The page that seems to hold the terms of use."""
    generator: str = ""
    """The program that made the page, if it says so."""
    rights: Verdict = field(default_factory=Verdict)
    """What the page itself says of its use."""

    @property
    def is_kazakh(self) -> bool:
        """Whether the page itself, by its address or its `lang`, is the Kazakh one."""
        return is_kazakh_address(self.url) or self.language == "kk"


def read_home(page: Page) -> Home:
    """What `page` says; what cannot be read as HTML says nothing."""
    tree = _tree(page)
    if tree is None:
        return Home(url=page.url, rights=judge(header_statements(page.headers)))
    anchors = [(element, url) for element, url in _addresses(tree, page.url, "a")]
    alternates = list(_addresses(tree, page.url, "link"))
    return Home(
        url=page.url,
        name=_name(tree),
        language=str(tree.get("lang") or "").lower().partition("-")[0],
        kazakh=tuple(dict.fromkeys(_kazakh(alternates, anchors))),
        feeds=tuple(dict.fromkeys(_feeds(alternates)))[:MOST_FEEDS],
        links=tuple(dict.fromkeys(url for _, url in anchors)),
        terms=next((url for a, url in anchors if _TERMS.search(f"{_text(a)} {url}")), None),
        generator=next((value for name, value in _meta(tree) if name == "generator"), ""),
        rights=judge([*header_statements(page.headers), *meta_statements(_meta(tree))]),
    )


def _tree(page: Page) -> Any:
    declared = page.headers.get("content-type")
    try:
        encoding, _ = html_to_unicode(declared, page.body[:20_000])
        parser = lxml.html.HTMLParser(encoding=encoding, huge_tree=False, no_network=True)
        return lxml.html.document_fromstring(page.body, parser=parser)
    except (lxml.etree.LxmlError, ValueError, LookupError):
        return None


def _meta(tree: Any) -> Iterator[tuple[str, str]]:
    for element in tree.iter("meta"):
        yield element.get("name") or element.get("http-equiv") or "", element.get("content") or ""


def _addresses(tree: Any, base: str, tag: str) -> Iterator[tuple[Any, str]]:
    """Elements of `tag` with the addresses of the same site that they lead to."""
    for count, element in enumerate(tree.iter(tag)):
        if count >= MOST_LINKS:
            return
        try:
            url = safe_url_string(urljoin(base, (element.get("href") or "").strip()))
        except ValueError:
            continue
        if len(url) <= LONGEST_ADDRESS and is_web_address(url) and same_site(url, base):
            yield element, urldefrag(url).url


def _kazakh(links: list[tuple[Any, str]], anchors: list[tuple[Any, str]]) -> Iterator[str]:
    signs: tuple[Callable[[Any, str], bool], ...] = (
        lambda element, _: str(element.get("hreflang") or "").lower().startswith("kk"),
        lambda element, _: bool(_SWITCH.fullmatch(_text(element))),
    )
    for sign in signs:
        yield from (url for element, url in (*links, *anchors) if sign(element, url))
    yield from (url for _, url in anchors if is_kazakh_address(url) and _is_front(url))


def _is_front(url: str) -> bool:
    """Whether an address is the beginning of a part of a site, such as `/kk/`."""
    return urldefrag(url).url.split("://", 1)[1].strip("/").count("/") <= 1


def _feeds(links: list[tuple[Any, str]]) -> Iterator[str]:
    for element, url in links:
        if str(element.get("type") or "").strip().lower() in _FEED_TYPES:
            yield url


def _name(tree: Any) -> str:
    stated = (
        element.get("content")
        for element in tree.iter("meta")
        if element.get("property") == "og:site_name"
    )
    title = next(tree.iter("title"), None)
    found = next(stated, None) or (title is not None and _text(title)) or ""
    return _printable(str(found))[:LONGEST_NAME].strip()


def _printable(text: str) -> str:
    """`text` on one line, without what a TOML file must not hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())[:LONGEST_ADDRESS]
