"""What stands beside an article: comments, related news, share bars, menus, notices, hidden parts.

Names of classes and ids are a hint, never proof: an element is cut for a strong name when it is
no large part of the page, for a weak one only when it is short or mostly links.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from kaz_cleaning.page_blocks import SILENT, Extent

_STRONG: Final = re.compile(
    r"(?:^|[\s_-])(?:[a-z]*comments?|comment-?list|disqus\w*|respond|replies|related\w*"
    r"|recommend\w*|most-?(?:read|popular|viewed)|read-?(?:more|also|next)|also-?read"
    r"|more-?(?:news|stories|from|posts)|see-?also|similar|cookies?|gdpr|consent|popup|modal"
    r"|subscri(?:be|ption)|newsletter\w*|sign-?up|log-?in|regist(?:er|ration)|advert\w*|adsense"
    r"|banner\w*|sponsor\w*|outbrain\w*|taboola\w*|breadcrumbs?|side-?bar\w*|footer|infobox"
    r"|navbox|catlinks|reflist|editsection|rules|copyright|jp-relatedposts|yarpp\w*"
    r"|notifications?|tool-?tips?|pop-?over|roll-?over\w*|next-?prev|prev-?next"
    r"|(?:wp|image|img|photo|foto|picture|media|figure)-caption)(?:$|[\s_-])|(?:^|\s)caption(?:$|\s)",
    re.IGNORECASE,
)
_WEAK: Final = re.compile(
    r"(?:^|[\s_-])(?:share\w*|sharing|addthis\w*|social\w*|popular|trending|promo\w*|ads?|adv"
    r"|pagination|pager|tags?|tag-?(?:cloud|list)|widgets?|toolbar|rating|vot(?:e|ing)|print"
    r"|disclaimer|menu\w*|nav|navbar|navigation|references?|footnotes|toc|skip-?link|byline"
    r"|author-?(?:bio|box|info|card)|credit|(?:post|entry)-?meta|hidden|visually-?hidden|sr-only"
    r"|screen-?reader(?:-text)?|overlay|lightbox|gallery|slide\w*)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_STRONG_TAGS: Final = frozenset({"nav", "footer", "dialog", "aside", "figcaption"})
_STRONG_ROLES: Final = frozenset({"navigation", "dialog", "contentinfo", "search"})
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FRAMES: Final = frozenset({"html", "body", "article", "main"})
"""Never side matter, whatever they are called."""
_MOST_OF_PAGE: Final = 0.4
"""Share of a page's text above which an element is no side matter, whatever it is called."""
_LONGEST_NAME: Final = 300
_SHORT: Final = 150
_MANY_LINKS: Final = 0.4
_NEARLY_ALL_LINKS: Final = 0.6
_PROSE_BESIDE_LINKS: Final = 60
_PROSE_IN_FORM: Final = 200
"""Old engines wrap the whole page in one form."""
_LISTS: Final = ("ul", "ol", "table", "div", "section", "dl", "p", "h2", "h3", "h4", "h5", "li")


@dataclass
class SideMatter:
    """Elements to pass over: by name or tag, and those a browser would not show."""

    named: set[Any] = field(default_factory=set)
    hidden: set[Any] = field(default_factory=set)


def side_matter(body: Any) -> SideMatter:
    """What stands beside the article in `body`; the tree stays as it is."""
    found = SideMatter()
    sizes = _sizes(body)
    whole = max(sizes[body][0], 1)
    for element, (size, linked) in sizes.items():
        if element.tag in SILENT or element.tag in _FRAMES or size > _MOST_OF_PAGE * whole:
            continue
        if _is_hidden(element):
            found.hidden.add(element)
            continue
        strength = _strength(element)
        few = size <= _SHORT or linked > _MANY_LINKS * size
        if strength == "strong" or (strength == "weak" and few):
            found.named.add(element)
    return found


def is_beside(element: Any) -> bool:
    """Whether an element, or one around it, is a menu, a list of related news or the like."""
    around = (element, *element.iterancestors())
    return any(
        one.tag not in _FRAMES and _strength(one) == "strong" for one in around if one.tag != "form"
    )


def _strength(element: Any) -> str | None:
    if element.tag in _STRONG_TAGS or element.get("role") in _STRONG_ROLES:
        return "strong"
    if element.tag == "form":
        long = any(
            len(paragraph.text_content()) > _PROSE_IN_FORM for paragraph in element.iter("p")
        )
        return None if long else "strong"
    called = f"{element.get('class') or ''} {element.get('id') or ''}"[:_LONGEST_NAME]
    return None if len(called) == 1 else _strength_of_name(called)


@lru_cache(maxsize=8192)  # the pages of a site share their names
def _strength_of_name(called: str) -> str | None:
    if _STRONG.search(called):
        return "strong"
    return "weak" if _WEAK.search(called) else None


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    return (
        (style is not None and _HIDDEN_STYLE.search(style) is not None)
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
    )


def _sizes(body: Any) -> dict[Any, tuple[int, int]]:
    """Characters that a reader sees of each element, and those in links, in one pass."""
    elements = [element for element in body.iter() if isinstance(element.tag, str)]
    sizes = {element: (_length(element.text), 0) for element in elements}
    for element in reversed(elements):  # what is inside comes before what is around it
        size, linked = (0, 0) if element.tag in SILENT else sizes[element]
        linked = size if element.tag == "a" else linked
        sizes[element] = (size, linked)
        above = element.getparent()
        if element is not body and above in sizes:
            around = sizes[above]
            sizes[above] = (around[0] + size + _length(element.tail), around[1] + linked)
    return sizes


def _length(text: str | None) -> int:
    return len(" ".join(text.split())) if text else 0


def lists_of_links(element: Any, extents: dict[Any, Extent], skip: Container[Any]) -> Iterator[Any]:
    """Blocks inside the main element that are links nearly from end to end."""
    for one in element.iter(*_LISTS):
        extent = extents.get(one)
        if one is element or extent is None or one in skip:
            continue
        sentence = one.tag in ("p", "li") and extent.all > _PROSE_BESIDE_LINKS
        if extent.link_share > _NEARLY_ALL_LINKS and not sentence:
            yield one
