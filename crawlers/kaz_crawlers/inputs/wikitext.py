"""Wikitext to plain text: what a reader of the article reads, a paragraph or list item a line.

Dropped: references, files, categories, interwiki links, galleries, formulas, templates but for the
few of `KEPT_TEMPLATES`, tables but for data tables (class `wikitable`: a line a row, its cells
separated by " | "). Templates are not expanded, and pages transcluded from elsewhere
(`<pages index=…/>` of Wikisource) are not fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import mwparserfromhell
from mwparserfromhell.nodes import (
    Argument,
    ExternalLink,
    Heading,
    HTMLEntity,
    Tag,
    Template,
    Text,
    Wikilink,
)

from kaz_crawlers.inputs.wiki_words import (
    DATA_TABLES,
    DROPPED_LINKS,
    DROPPED_TAGS,
    INTERWIKI,
    KEPT_TEMPLATES,
)
from kaz_crawlers.inputs.wikitext_lines import HEADING, tidy

EXTRACTOR: Final = f"mwparserfromhell/{mwparserfromhell.__version__}"


def plain_text(wikitext: str) -> str:
    """The article's text. May raise or hang on hostile input: call it in a worker."""
    code = mwparserfromhell.parse(wikitext, skip_style_tags=False)
    return tidy(_render(code.nodes))


def _render(nodes: Iterable[Any]) -> str:
    return "".join(_RENDERERS.get(type(node), _nothing)(node) for node in nodes)


def _nothing(node: Any) -> str:
    return ""


def _inner(code: Any) -> str:
    return _render(code.nodes) if code is not None else ""


def _heading(node: Any) -> str:
    return f"\n{HEADING}{min(node.level, 6)}{_inner(node.title).strip()}\n"


def _entity(node: Any) -> str:
    try:
        return str(node.normalize())
    except (ValueError, OverflowError):
        return ""


def _wikilink(node: Any) -> str:
    target = str(node.title).strip()
    prefix, colon, _ = target.partition(":")
    if colon and (prefix.strip().lower() in DROPPED_LINKS or INTERWIKI.fullmatch(prefix)):
        return ""
    shown = _inner(node.text if node.text is not None else node.title)
    return shown.lstrip(":") if node.text is None else shown


def _external(node: Any) -> str:
    return _inner(node.title) if node.brackets else ""


def _template(node: Any) -> str:
    name = " ".join(str(node.name).replace("_", " ").split()).lower()
    kept = KEPT_TEMPLATES.get(name) or (("1",) if name.startswith("lang-") else ())
    values = [_inner(node.get(each).value).strip() for each in kept if node.has(each)]
    return " ".join(values)


def _argument(node: Any) -> str:
    return _inner(node.default)


def _tag(node: Any) -> str:
    name = str(node.tag).strip().lower()
    if name in DROPPED_TAGS:
        return ""
    if name == "table":
        return _table(node)
    if name in ("br", "hr", "p", "div", "blockquote", "poem", "li", "dt", "dd", "center"):
        # the marks of wikitext lists stand at the start of a line already
        return "\n" + _inner(node.contents) + ("\n" if node.contents else "")
    return _inner(node.contents)


def _table(node: Any) -> str:
    classes = str(node.get("class").value).split() if node.has("class") else []
    if not DATA_TABLES.intersection(classes):
        return "\n"
    lines, cells = [], []
    for tag in node.contents.nodes:
        if not isinstance(tag, Tag):
            continue
        if str(tag.tag) == "tr":
            lines.append(_cells(tag.contents.nodes))
        elif not str(tag).startswith("|+"):  # the caption, which the parser takes for a cell
            cells.append(tag)
    lines.insert(0, _cells(cells))
    return "\n" + "\n".join(filter(None, lines)) + "\n"


def _cells(nodes: Iterable[Any]) -> str:
    cells = [node for node in nodes if isinstance(node, Tag) and str(node.tag) in ("td", "th")]
    shown = (" ".join(_inner(cell.contents).split()) for cell in cells)
    return " | ".join(cell for cell in shown if cell)


_RENDERERS: Final[dict[type, Callable[[Any], str]]] = {
    Text: lambda node: str(node.value),
    Heading: _heading,
    HTMLEntity: _entity,
    Wikilink: _wikilink,
    ExternalLink: _external,
    Template: _template,
    Argument: _argument,
    Tag: _tag,
}
