"""What a page says about itself: its date, its canonical address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from kaz_cleaning.dates import find_date
from kaz_cleaning.linked_data import linked_data, values_of
from kaz_cleaning.relative_dates import resolve
from kaz_cleaning.side_matter import is_beside
from kaz_datasets.identity import canonical_url, host_of

_DATE_PROPERTIES: Final = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "publishdate",
    "pubdate",
    "publish_date",
    "citation_publication_date",
)
_DATE_CLASS: Final = re.compile(r"date|time|publish|posted|meta|күн|info", re.IGNORECASE)
_LONGEST_DATE: Final = 120
_MOST_CHILDREN: Final = 12
_EARLIEST: Final = date(1991, 1, 1)
"""No page of the web is older; texts of law give the date of the act, which may be."""


def published_at(tree: Any, retrieved_at: datetime | None = None) -> date | None:
    """The date of publication: machine-readable statements first, then what readers see.

    "Кеше" and its like count from `retrieved_at`; without it they are passed over.
    """
    seen = ((element, text) for element in _date_elements(tree) if (text := _short_text(element)))
    for element, text in chain(((None, text) for text in _stated_dates(tree)), seen):
        found = find_date(text[:_LONGEST_DATE])
        if found is None and retrieved_at is not None and element is not None:
            found = resolve(text, retrieved_at)
            if found is not None and is_beside(element):
                continue  # a list of latest news counts the hours too
        if found is not None and found >= _EARLIEST:
            return found
    return None


def _stated_dates(tree: Any) -> Iterator[str]:
    metas = list(tree.iter("meta"))
    for wanted in _DATE_PROPERTIES:
        for element in metas:
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            if name.lower() == wanted:
                yield element.get("content") or ""
    for data in linked_data(tree):
        dates = values_of(data, "datePublished")
        yield from (one for one in dates if isinstance(one, str))
    yield from filter(None, (element.get("datetime") for element in tree.iter("time")))


def _date_elements(tree: Any) -> Iterator[Any]:
    """Elements of time, and those that are called a date by class, id or itemprop."""
    yield from (element for element in tree.iter("time") if not element.get("datetime"))
    for element in tree.iter("span", "div", "p", "li", "td", "small", "a", "b", "em", "i"):
        called = f"{element.get('class')} {element.get('id')} {element.get('itemprop')}"
        if _DATE_CLASS.search(called) and len(element) < _MOST_CHILDREN:
            yield element


def _short_text(element: Any) -> str:
    text = " ".join(element.text_content().split())
    return text if len(text) <= _LONGEST_DATE else ""


def page_address(tree: Any | None, url: str) -> str:
    """The page's canonical address: its own `rel=canonical`, on the same host only.

    A canonical link to the front page is passed over: it is a common mistake of templates.
    Raises ValueError where `url` is no web address.
    """
    address = canonical_url(url)
    for element in tree.iter("link") if tree is not None else ():
        if "canonical" not in (element.get("rel") or "").lower().split():
            continue
        try:
            stated = canonical_url(urljoin(url, (element.get("href") or "").strip()))
        except ValueError:
            continue
        if host_of(stated) == host_of(address) and (_depth(stated) or not _depth(address)):
            return stated
    return address


def _depth(url: str) -> int:
    parts = urlsplit(url)
    return len([part for part in parts.path.split("/") if part]) + bool(parts.query)
