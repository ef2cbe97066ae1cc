"""The main text of a page, one paragraph a line, without what surrounds it.

Two extractors, and a choice between them. The project's own looks for the elements in which prose
stands (`main_element`), passes over side matter by name and by links (`side_matter`), and keeps
all else there: numbered articles of laws, tables, lists. Where it finds too little of the page's
prose, which is so on forums, in shops and on lists, trafilatura's answer is compared, and taken
where it has much more of it. A source file may name the element instead. Measured with
`make bench-extraction`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import trafilatura
from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from kaz_cleaning.html_tree import parse_html
from kaz_cleaning.main_element import main_elements
from kaz_cleaning.metadata import published_at
from kaz_cleaning.page_blocks import block_text, measure_blocks
from kaz_cleaning.page_licence import page_licence
from kaz_cleaning.page_names import page_author, page_title
from kaz_cleaning.side_matter import lists_of_links, side_matter
from kaz_cleaning.stray_lines import without_stray_lines
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.source_facts import SourceFacts

EXTRACTOR: Final = "kaz_cleaning 3"
"""Of the project's own extractor; the number is raised whenever it gives other text."""
_PROSE_LINE: Final = 60
_SENTENCE_END: Final = re.compile(r"[.!?…؟۔:;»\"”)]\s*$")
_ENOUGH: Final = 250
"""Characters of prose below which another look is taken."""
_SURE_SHARE: Final = 0.65
"""Of the prose of the whole page; an article that has it needs no second opinion."""
_SHORT, _LONG = 2_000, 4_000
_SHARE_OF_SHORT, _SHARE_OF_LONG = 0.35, 0.65
"""Of trafilatura's prose. Short news with many teasers beside them are down to a third of it; a
text of `_LONG` characters of prose is more likely a part of one."""
_MOST_ELEMENTS: Final = 20_000
"""For trafilatura, which took 23 s for 60,000 links. All pages measured but one had fewer."""
_VISIBLE_SHARE: Final = 0.35
"""Of all prose; where less is visible, scripts are meant to show the rest."""
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
    because: str = ""
    """Why this extractor's text was taken, with what was measured."""


def extract(
    html: str, url: str, facts: SourceFacts, retrieved_at: datetime | None = None
) -> Extracted | None:
    """The main text of a page, or None where it has none. Raises UnsafePage.

    Dates such as "кеше" count from `retrieved_at`.
    """
    tree = parse_html(html)
    return None if tree is None else extract_tree(tree, url, facts, retrieved_at)


def extract_tree(
    tree: Any, url: str, facts: SourceFacts, retrieved_at: datetime | None = None
) -> Extracted | None:
    """As `extract`, of a page already parsed; `tree` stays as it is."""
    kept = tree if not facts.remove else deepcopy(tree)
    _remove(kept, facts.remove)
    text, extractor, because = _chosen_text(kept, url, facts)
    if not text:
        return None
    title = _first_text(kept, facts.title) or page_title(kept)
    return Extracted(
        text=_without_title(text, title),
        title=title,
        author=page_author(kept),
        date=published_at(kept, retrieved_at),
        licence=page_licence(tree),
        extractor=extractor,
        because=because,
    )


def _chosen_text(tree: Any, url: str, facts: SourceFacts) -> tuple[str, str, str]:
    """The main text, what found it, and why that one."""
    if facts.body is not None:
        return _tidied(_selected_text(tree, facts.body)), "css", f"the source names {facts.body}"
    own, prose_of_page = _main_text(tree)
    prose = _prose(own)
    found = f"{prose} characters of prose of {prose_of_page} on the page"
    if prose >= _ENOUGH and prose >= _SURE_SHARE * prose_of_page:
        return own, EXTRACTOR, found
    if prose < _ENOUGH and (stated := _stated_main(tree)):
        return stated, EXTRACTOR, f"{found}; what the page calls main"
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        return own, EXTRACTOR, f"{found}; too many elements for another look"
    other = _tidied(_trafilatura(tree, url))
    compared = f"{found}, {_prose(other)} by trafilatura"
    if not other or (prose >= _ENOUGH and prose >= _least_share(prose) * _prose(other)):
        return own, EXTRACTOR, compared
    return other, f"trafilatura {version('trafilatura')}", compared


def _least_share(prose: int) -> float:
    """Of the other extractor's prose that ours must have, by how much it has."""
    grown = min(max((prose - _SHORT) / (_LONG - _SHORT), 0.0), 1.0)
    return _SHARE_OF_SHORT + grown * (_SHARE_OF_LONG - _SHARE_OF_SHORT)


def _prose(text: str) -> int:
    """Characters in lines that are long and end as sentences do."""
    lines = text.split("\n")
    return sum(len(one) for one in lines if len(one) >= _PROSE_LINE and _SENTENCE_END.search(one))


def _main_text(tree: Any) -> tuple[str, int]:
    """The text of the main elements, and the characters of prose of the whole page."""
    body = tree.find("body") if tree.tag == "html" else tree
    if body is None:
        return "", 0
    side = side_matter(body)
    whole = measure_blocks(body)
    everything = main_elements(whole)
    most = sum(whole[element].all for element in everything)
    for skip in (side.named | side.hidden, side.named):
        extents = measure_blocks(body, skip)
        elements = main_elements(extents)
        if sum(extents[element].all for element in elements) >= _VISIBLE_SHARE * most:
            break
    else:
        skip, extents, elements = set(), whole, everything
    for element in elements:
        skip.update(lists_of_links(element, extents, skip))
    text = _tidied("\n".join(block_text(element, skip) for element in elements))
    text = "\n".join(without_stray_lines(text.split("\n")))
    paragraphs = (one.own for one in whole.values() if one.own_linked <= one.own)
    return text, sum(own for own in paragraphs if own >= _PROSE_LINE)


def _stated_main(tree: Any) -> str:
    """The text of the one element that the page itself calls its main one (HTML 5, 4.4.16)."""
    stated = [*tree.iter("main"), *tree.xpath("//*[@role='main' and not(self::main)]")]
    if len(stated) != 1:
        return ""
    side = side_matter(stated[0])
    return _tidied(block_text(stated[0], side.named | side.hidden))


def _trafilatura(tree: Any, url: str) -> str:
    try:
        document = trafilatura.bare_extraction(
            deepcopy(tree),  # it cuts what it reads
            url=url or None,
            include_comments=False,
            include_tables=True,
            with_metadata=False,
        )
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return ""  # it trips over odd markup now and then
    return getattr(document, "text", None) or ""


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


def _selected_text(tree: Any, expression: str) -> str:
    """The text of all elements that match, in document order, none of them twice."""
    matched = _selector(expression)(tree)
    chosen = set(matched)
    outermost = [
        one for one in matched if not any(above in chosen for above in one.iterancestors())
    ]
    return "\n".join(map(block_text, outermost))


def _first_text(tree: Any, expression: str | None) -> str | None:
    found = _selector(expression)(tree) if expression else []
    return " ".join(found[0].text_content().split()) or None if found else None


def _without_title(text: str, title: str | None) -> str:
    """The title has a column of its own; some pages have it inside the article, some outside."""
    first, _, rest = text.partition("\n")
    return rest if rest and first == title else text


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
