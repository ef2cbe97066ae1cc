"""XML dumps of MediaWiki (export schema 0.10 and later), page by page in bounded memory.

`mwxml` reads the same files, but holds a whole page with whatever it contains in memory and stops
at an element it does not know; here the parser's limits stay on and a page has a size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final
from urllib.parse import quote, urlsplit

from lxml import etree

from kaz_datasets.errors import Corrupt

LARGEST_PAGE: Final = 32 << 20
"""Bytes between the ends of two revisions: MediaWiki's own limit of a text is 2 MiB."""

# what stands before the root decides on entities and encodings, so nothing else may stand there
_PROLOG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml(?:(?!encoding)[^>])*(?:encoding=[\"'](?:utf-8|UTF-8)[\"']"
    rb"[^>]*)?\?>)?\s*<mediawiki[\s>]"
)
_SAFE_IN_TITLE: Final = ";@$!*(),/~:"


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a dump says of its wiki."""

    name: str
    """The database name, as `kkwiki`."""
    base: str
    """Address under which the pages lie, with a slash at the end."""
    namespaces: dict[int, str] = field(default_factory=dict)

    def address(self, title: str) -> str:
        """The canonical address of a page."""
        return self.base + quote(title.replace(" ", "_"), safe=_SAFE_IN_TITLE)


@dataclass(frozen=True, kw_only=True)
class WikiPage:
    """The last revision of a page."""

    title: str
    namespace: int
    redirect: bool
    model: str
    text: str
    revised: datetime | None


def read_xml(stream: IO[bytes], name: str) -> Iterator[Site | WikiPage]:
    """The site, then its pages. Raises Corrupt for what is no dump, is damaged or hostile."""
    bounded = _BoundedPages(stream, name)
    try:
        yield from _elements(bounded, name)
    except etree.XMLSyntaxError as error:
        raise Corrupt(f"{name} is no whole XML dump ({error}): get the file again") from error


class _BoundedPages:
    """A stream that counts what is read since the last page and stops at too much."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self._start = stream.read(4096)
        if not _PROLOG.match(self._start):
            raise Corrupt(f"{name} does not begin like a MediaWiki dump in UTF-8: leave it out")
        self.since_page = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes for the parser."""
        data = self._start or self._stream.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        self._start = b""
        self.since_page += len(data)
        if self.since_page > LARGEST_PAGE:
            raise Corrupt(f"{self._name} holds a page of more than {LARGEST_PAGE} bytes")
        return data


def _elements(stream: _BoundedPages, name: str) -> Iterator[Site | WikiPage]:
    events = etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}siteinfo", "{*}page", "{*}revision"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )
    for _, element in events:
        stream.since_page = 0
        match etree.QName(element).localname:
            case "revision":
                _forget_earlier(element)
                continue
            case "siteinfo":
                yield _site(element, name)
            case "page":
                yield _page(element)
        element.clear()
        _forget_earlier(element)


def _forget_earlier(element: Any) -> None:
    """Drop earlier siblings of the same name: read pages, or revisions that were not the last."""
    parent = element.getparent()
    previous = element.getprevious()
    while parent is not None and previous is not None and previous.tag == element.tag:
        parent.remove(previous)
        previous = element.getprevious()


def _site(element: Any, name: str) -> Site:
    base = _text(element, "base").rpartition("/")[0] + "/"
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Corrupt(f"{name} does not say where its wiki is (siteinfo/base): get the file again")
    namespaces = {
        int(each.get("key")): each.text or ""
        for each in element.iterfind("{*}namespaces/{*}namespace")
        if (each.get("key") or "").lstrip("-").isdigit()
    }
    return Site(name=_text(element, "dbname"), base=base, namespaces=namespaces)


def _page(element: Any) -> WikiPage:
    revision = element.find("{*}revision")
    namespace = _text(element, "ns").strip()
    return WikiPage(
        title=_text(element, "title").strip(),
        namespace=int(namespace) if namespace.isdecimal() else -1,
        redirect=element.find("{*}redirect") is not None,
        model=_text(revision, "model") or "wikitext",
        text=_text(revision, "text"),
        revised=moment(_text(revision, "timestamp")),
    )


def moment(value: str) -> datetime | None:
    """A timestamp of MediaWiki (ISO 8601), or None."""
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return None


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "") if element is not None else ""
