"""Articles as Wikimedia Enterprise dumps hold them: rendered HTML in JSON, one a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from lxml import etree, html

from kaz_crawlers.inputs.packed import read_lines
from kaz_crawlers.inputs.wiki_words import DATA_TABLES, DISAMBIGUATION
from kaz_crawlers.inputs.wikitext_lines import HEADING, tidy

EXTRACTOR: Final = f"lxml/{'.'.join(map(str, etree.LXML_VERSION[:3]))}"

_BLOCKS: Final = frozenset(
    {
        *("p", "div", "section", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "table", "tr"),
        *("caption", "br", "hr", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "figure"),
    }
)
_DROPPED: Final = frozenset(
    ("style", "script", "link", "meta", "math", "figure", "img", "audio", "video", "caption", "nav")
)
_DROPPED_CLASSES: Final = frozenset(
    {
        *("infobox", "navbox", "metadata", "hatnote", "reference", "references", "mw-ref"),
        *("mw-references-wrap", "mw-editsection", "toc", "noprint", "sidebar", "ambox", "gallery"),
        *("vertical-navbox", "reflist", "mwe-math-element", "thumb", "noexcerpt", "catlinks"),
    }
)
_LEVELS: Final = {f"h{level}": level for level in range(1, 7)}


@dataclass(frozen=True, kw_only=True)
class Article:
    """One line of a dump, checked only for its shape."""

    values: dict[str, Any]

    def text(self, *path: str) -> str:
        """The string at a path of keys, or an empty one."""
        value: Any = self.values
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""

    @property
    def namespace(self) -> int:
        """The namespace's number; articles without one are articles."""
        namespace = self.values.get("namespace")
        number = namespace.get("identifier") if isinstance(namespace, dict) else 0
        return number if isinstance(number, int) else -1

    @property
    def licence(self) -> str | None:
        """The first licence, by its identifier or address."""
        licences = self.values.get("license")
        first = licences[0] if isinstance(licences, list) and licences else None
        found = Article(values=first) if isinstance(first, dict) else Article(values={})
        return found.text("identifier") or found.text("url") or None

    @property
    def disambiguates(self) -> bool:
        """Whether one of its templates, or the page's own mark, says so."""
        templates = self.values.get("templates")
        names = [
            Article(values=each).text("name").rpartition(":")[2].strip().lower()
            for each in (templates if isinstance(templates, list) else [])
            if isinstance(each, dict)
        ]
        marked = "mw:PageProp/disambiguation" in self.text("article_body", "html")
        return marked or not DISAMBIGUATION.isdisjoint(names)


def read_articles(stream: IO[bytes]) -> Iterator[Article | None]:
    """One a line; None for a line that is no JSON object."""
    for line in read_lines(stream):
        if line is not None and not line.strip():
            continue
        yield _article(line)


def _article(line: bytes | None) -> Article | None:
    try:
        values = json.loads(line) if line is not None else None
    except (ValueError, RecursionError):
        return None
    return Article(values=values) if isinstance(values, dict) else None


def article_text(markup: str) -> str:
    """The text of an article's HTML: paragraphs, headings, lists and data tables."""
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    tree = html.document_fromstring(markup.encode(), parser=parser)
    for element in [each for each in tree.iter() if _is_dropped(each)]:
        if element.getparent() is not None:
            element.drop_tree()
    return tidy("".join(_pieces(tree)))


def _is_dropped(element: Any) -> bool:
    if not isinstance(element.tag, str):
        return True
    classes = (element.get("class") or "").split()
    if element.tag == "table":
        return DATA_TABLES.isdisjoint(classes)
    return (
        element.tag in _DROPPED
        or not _DROPPED_CLASSES.isdisjoint(classes)
        or element.get("role") == "navigation"
    )


def _pieces(tree: Any) -> Iterator[str]:
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            yield "\n" if tag in _BLOCKS else ""
            yield f"{HEADING}{_LEVELS[tag]}" if tag in _LEVELS else ""
            yield _flat(element.text)
        else:
            yield "\n" if tag in _BLOCKS else ""
            last = element.getnext() is None
            yield " | " if tag in ("td", "th") and not last else ""
            yield "" if tag in ("tr", "table", "tbody") else _flat(element.tail)


def _flat(text: str | None) -> str:
    """Text whose line ends are spaces, as in a browser, and that can be no heading's mark."""
    return re.sub(r"[\s\x00-\x1f]+", " ", text) if text else ""
