"""What a page is called, and who wrote it, as it says itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from kaz_cleaning.linked_data import linked_data, values_of

_LONGEST_TITLE: Final = 300
_LONGEST_NAME: Final = 80
_AUTHOR_CLASS: Final = frozenset(
    {"author", "author-name", "author__name", "byline", "post-author", "entry-author", "p-author"}
)
_AUTHOR_LABEL: Final = re.compile(
    r"^(?:by|автор\w*|авторы|дайындаған|жазған|мәтін|текст|подготовил\w*)\b\s*:?\s*", re.IGNORECASE
)
_NO_NAME: Final = re.compile(r"https?:|www\.|@|\d{3}|^admin\w*$|[{}<>]", re.IGNORECASE)


def page_title(tree: Any) -> str | None:
    """The heading that readers see; else what the page is called elsewhere, without the site.

    A heading counts where it is the only one of its kind, or agrees with the page's own name:
    many sites put their own name into an `h1`.
    """
    stated = _meta(tree, "og:title") or _squeezed(tree.findtext("head/title"))
    headings = [text for element in tree.iter("h1") if (text := _squeezed(element.text_content()))]
    for heading in headings:
        if stated and (stated.startswith(heading) or heading.startswith(stated)):
            return heading
    if len(set(headings)) == 1 and len(headings[0]) <= _LONGEST_TITLE:
        return headings[0]
    if stated is None:
        return headings[0] if headings else None
    return _without_site(stated, _meta(tree, "og:site_name"))


def _without_site(title: str, site: str | None) -> str:
    """ "Heading — Site" shortened to the heading, where the site says its name."""
    heading, separator, tail = title.rpartition(" — ") if " — " in title else ("", "", "")
    for mark in (" | ", " - ", " – ", " :: ", " / ", " » "):
        if not separator and mark in title:
            heading, separator, tail = title.rpartition(mark)
    known = site is not None and tail.casefold() == site.casefold()
    return heading if separator and heading and (known or len(tail) * 2 < len(heading)) else title


def _meta(tree: Any, wanted: str) -> str | None:
    for element in tree.iter("meta"):
        if (element.get("property") or element.get("name") or "").lower() == wanted:
            return _squeezed(element.get("content"))
    return None


def _squeezed(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


def page_author(tree: Any) -> str | None:
    """Who wrote the page, as it says in markup for machines, or in a short element called so."""
    for text in chain(_stated_authors(tree), _visible_authors(tree)):
        name = _AUTHOR_LABEL.sub("", _squeezed(text) or "").strip(" ,;:")
        if 2 < len(name) <= _LONGEST_NAME and not _NO_NAME.search(name):
            return name
    return None


def _stated_authors(tree: Any) -> Iterator[str]:
    for wanted in ("author", "article:author", "dc.creator", "citation_author"):
        if (stated := _meta(tree, wanted)) is not None:
            yield stated
    for data in linked_data(tree):
        for found in values_of(data, "author"):
            names = [found] if isinstance(found, str) else values_of(found, "name")
            yield from (one for one in names if isinstance(one, str))


def _visible_authors(tree: Any) -> Iterator[str]:
    for element in tree.iter("a", "span", "div", "p", "b", "strong", "em", "address"):
        called = f"{element.get('class') or ''} {element.get('itemprop') or ''}".split()
        if "author" in (element.get("rel") or "").lower().split() or _AUTHOR_CLASS & set(called):
            text = element.text_content()
            if len(text) < 2 * _LONGEST_NAME:
                yield text
