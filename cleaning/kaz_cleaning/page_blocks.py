"""A page as blocks: how much text and how much of it is links, and the text one block a line."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any, Final

# fmt: off
BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
SILENT: Final = frozenset({
    "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "button",
    "select", "textarea", "input", "head", "video", "audio", "canvas",
})
# fmt: on
_COMMA: Final = re.compile("[,،、]")
_NOTHING: Final[frozenset[Any]] = frozenset()


@dataclass(slots=True)
class Extent:
    """Characters of one element: its own (outside inner blocks) and all; of links separately."""

    own: int = 0
    own_linked: int = 0
    commas: int = 0
    all: int = 0
    linked: int = 0

    @property
    def link_share(self) -> float:
        """Share of all characters that are links, 0 for an empty element."""
        whole = self.all + self.linked
        return self.linked / whole if whole else 0.0

    @property
    def is_leaf(self) -> bool:
        """Whether no text of it stands in inner blocks: a paragraph, whatever its tag."""
        return self.own == self.all and self.own_linked == self.linked


def measure_blocks(root: Any, skip: Container[Any] = _NOTHING) -> dict[Any, Extent]:
    """Extents of `root` and every block element in it, in document order, without recursion.

    What is in `skip`, and its content, does not count.
    """
    found: dict[Any, Extent] = {root: Extent()}
    block_above: dict[Any, Any] = {}
    stack: list[tuple[Any, Any, bool]] = [(root, root, False)]
    while stack:
        node, block, linked = stack.pop()
        extent = found[block]
        _count(extent, node.text, linked)
        inner: list[tuple[Any, Any, bool]] = []
        for child in node:
            _count(extent, child.tail, linked)
            tag = child.tag
            if not isinstance(tag, str) or tag in SILENT or child in skip:
                continue
            is_block = tag in BLOCKS
            if is_block:
                block_above[child] = block
            inner.append((child, child if is_block else block, linked or tag == "a"))
        for child, its_block, _ in inner:
            if its_block is child:
                found[child] = Extent()
        stack.extend(reversed(inner))
    _add_up(found, block_above)
    return found


def _add_up(found: dict[Any, Extent], block_above: dict[Any, Any]) -> None:
    for extent in found.values():
        extent.all += extent.own
        extent.linked += extent.own_linked
    for element in reversed(found):  # whatever is inside comes later than what is around it
        if element in block_above:
            around = found[block_above[element]]
            around.all += found[element].all
            around.linked += found[element].linked


def _count(extent: Extent, text: str | None, linked: bool) -> None:
    if not text:
        return
    length = len(" ".join(text.split()))
    if linked:
        extent.own_linked += length
    elif length:
        extent.own += length
        extent.commas += len(_COMMA.findall(text))


def block_text(element: Any, skip: Container[Any] = _NOTHING) -> str:
    """The text of an element with a line break around every block; table cells stay in a row."""
    return "".join(_pieces(element, skip))


def _pieces(element: Any, skip: Container[Any]) -> Iterator[str]:
    """In document order, without recursion: pages nest deeper than Python likes."""
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            yield _break_after(node)
            yield _one_line(node.tail) if node is not element else ""
            continue
        stack.append((node, True))
        if isinstance(node.tag, str) and node.tag not in SILENT and node not in skip:
            yield _break_before(node)
            yield (node.text or "") if node.tag == "pre" else _one_line(node.text)
            stack.extend((child, False) for child in reversed(node))


def _break_before(node: Any) -> str:
    if node.tag in ("td", "th"):
        return " | " if node.getprevious() is not None else ""
    if node.tag == "li":
        return "\n- "
    return "\n" if node.tag in BLOCKS or node.tag == "br" else ""


def _break_after(node: Any) -> str:
    return "\n" if node.tag in BLOCKS and node.tag not in ("td", "th") else ""


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""
