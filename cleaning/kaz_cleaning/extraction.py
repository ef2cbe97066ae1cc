"""The main text of a page, one paragraph a line, without what surrounds it.

trafilatura in its default mode, chosen by measuring on Kazakh course pages, texts of law and
Russian-language news (mean F1): default .91, 1.00, .76; `fast` .88, 1.00, .69; `favor_precision`
.72, 1.00, .79, which loses a third of the Kazakh pages' text. Cutting navigation and side matter
first made the default .94, 1.00, .75. A source file may name the element instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import trafilatura
from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from kaz_cleaning.html_tree import parse_html
from kaz_cleaning.metadata import published_at
from kaz_cleaning.page_licence import page_licence
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.source_facts import SourceFacts

# fmt: off
_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
_SILENT: Final = frozenset({
    "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "button",
    "select", "textarea", "input", "head",
})
# fmt: on
_BOILERPLATE: Final = (
    "//nav | //footer | //form[not(.//p[string-length(.) > 200])] | //dialog"
    " | //*[@hidden or @aria-hidden='true']"
    " | //*[contains(translate(@style, ' ', ''), 'display:none')]"
)
_NAMED: Final = ("aside", "div", "ol", "p", "section", "span", "sup", "table", "td", "ul")
_NOISE_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|related|recommend\w*|cookies?|gdpr|breadcrumbs?|comments?"
    r"|subscribe|newsletter|advert\w*|banner|popular|pagination|pager|read-?more|also-?read|tags"
    r"|infobox|navbox|toc|catlinks|references?|reflist|footnotes|editsection)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOISE_CELL: Final = re.compile(
    r"(?:^|[\s_-])(?:side-?bar|navigation|navbar|menu|footer|copyright)(?:$|[\s_-])", re.IGNORECASE
)
"""Cells of tables that lay out a whole page; the extractor knows such names for other elements."""
_NOISE_MOST: Final = 0.4
"""Share of a page's text above which an element is no side matter, whatever it is called."""
_SHORT_PAGE: Final = 2_000
_PARAGRAPH: Final = 80
_RULE_OF_TABLE: Final = re.compile(r"^\|?(?:\s*:?-{3,}:?\s*\|)+\s*:?-*:?\s*$")


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """A page's text and what it says of itself."""

    text: str
    title: str | None
    author: str | None
    date: date | None
    licence: str | None
    extractor: str


def extract(html: str, url: str, facts: SourceFacts) -> Extracted | None:
    """The main text of a page, or None where it has none. Raises UnsafePage."""
    tree = parse_html(html)
    return None if tree is None else extract_tree(tree, url, facts)


def extract_tree(tree: Any, url: str, facts: SourceFacts) -> Extracted | None:
    """As `extract`, of a page already parsed; `tree` stays as it is."""
    pruned = deepcopy(tree)
    _remove(pruned, facts.remove)
    when, licence = published_at(pruned), page_licence(tree)
    _remove_boilerplate(pruned)
    if facts.body is not None:
        text, author = _selected_text(pruned, facts.body), None
        title, extractor = _title(pruned), "css"
    else:
        document = _trafilatura(pruned, url)
        if document is None:
            return None
        text, title, author = document.text or "", document.title, document.author
        extractor = f"trafilatura {version('trafilatura')}"
    text = _tidied(text)
    if not text:
        return None
    title = _first_text(pruned, facts.title) or _without_site_name(title, pruned)
    return Extracted(
        text=_without_title(text, title),
        title=title,
        author=author,
        date=when,
        licence=licence,
        extractor=extractor,
    )


def _trafilatura(tree: Any, url: str) -> Any | None:
    try:
        return trafilatura.bare_extraction(
            tree,
            url=url or None,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return None  # its metadata readers trip over malformed JSON-LD and dates now and then


def check_selectors(facts: SourceFacts) -> None:
    """Raise BadConfiguration for a selector of the source file that is none."""
    for expression in (facts.body, facts.title, *facts.remove):
        if expression:
            _selector(expression)


@cache
def _selector(expression: str) -> CSSSelector:
    try:
        return CSSSelector(expression, translator="html")
    except SelectorError as error:
        raise BadConfiguration(
            f"{expression!r} is no CSS selector ({error}): correct the source file's [extract]"
        ) from error


def _remove(tree: Any, expressions: Sequence[str]) -> None:
    for expression in expressions:
        for element in _selector(expression)(tree):
            _drop(element)


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()  # keeps the text that follows it


def _remove_boilerplate(tree: Any) -> None:
    """Cut what never is main text; an element that holds much of the page is left alone."""
    whole = max(len(tree.text_content()), 1)
    named = [element for element in tree.iter(*_NAMED) if _is_noise(element)]
    for element in (*tree.xpath(_BOILERPLATE), *named):
        if len(element.text_content()) <= _NOISE_MOST * whole:
            _drop(element)


def _is_noise(element: Any) -> bool:
    called = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool((_NOISE_CELL if element.tag == "td" else _NOISE_CLASS).search(called))


def _selected_text(tree: Any, expression: str) -> str:
    """The text of all elements that match, in document order, none of them twice."""
    matched = _selector(expression)(tree)
    chosen = set(matched)
    outermost = [
        one for one in matched if not any(above in chosen for above in one.iterancestors())
    ]
    return "\n".join("".join(_pieces(element)) for element in outermost)


def _pieces(element: Any) -> Iterator[str]:
    """Text with a line break around every block element, in document order, without recursion."""
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            yield _break_after(node)
            yield _one_line(node.tail) if node is not element else ""
            continue
        stack.append((node, True))
        if isinstance(node.tag, str) and node.tag not in _SILENT:
            yield _break_before(node)
            yield (node.text or "") if node.tag == "pre" else _one_line(node.text)
            stack.extend((child, False) for child in reversed(node))


def _break_before(node: Any) -> str:
    if node.tag in ("td", "th"):
        return " | " if node.getprevious() is not None else ""
    return "\n" if node.tag in _BLOCKS or node.tag == "br" else ""


def _break_after(node: Any) -> str:
    return "\n" if node.tag in _BLOCKS and node.tag not in ("td", "th") else ""


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _first_text(tree: Any, expression: str | None) -> str | None:
    found = _selector(expression)(tree) if expression else []
    return " ".join(found[0].text_content().split()) or None if found else None


def _without_title(text: str, title: str | None) -> str:
    """The title has a column of its own; some pages have it inside the article, some outside."""
    first, _, rest = text.partition("\n")
    return rest if rest and first == title else text


def _without_site_name(title: str | None, tree: Any) -> str | None:
    """ "Heading — Site" shortened to the heading that the page shows."""
    heading = _title(tree)
    return heading if not title or (heading and title.startswith(heading)) else title


def _title(tree: Any) -> str | None:
    for expression in ("h1", "head > title"):
        if text := _first_text(tree, expression):
            return text
    return None


def _tidied(text: str) -> str:
    """Lines without outer spaces; of tables the cells, without their frames."""
    lines = [tidied for line in text.splitlines() if (tidied := _tidied_line(line))]
    if len(text) < _SHORT_PAGE:
        lines = list(_without_echoes(lines))
    return "\n".join(lines)


def _without_echoes(lines: Sequence[str]) -> Iterator[str]:
    """Lines but those that hold an earlier paragraph again.

    Of a short page in a layout table the extractor gives the text and then the table around it.
    """
    paragraphs: list[str] = []
    for line in lines:
        if any(paragraph in line for paragraph in paragraphs):
            continue
        if len(line) >= _PARAGRAPH:
            paragraphs.append(line)
        yield line


def _tidied_line(line: str) -> str:
    stripped = " ".join(line.split())
    if not stripped.startswith("|"):
        return stripped
    if _RULE_OF_TABLE.match(stripped):
        return ""
    cells = [cell.strip() for cell in stripped.strip("|").split("|")]
    return " | ".join(cells) if any(cells) else ""
