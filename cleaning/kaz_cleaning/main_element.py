"""Which elements of a page hold its main text, by where prose stands.

The idea is Arc90's Readability (2009): a paragraph gives points for its length and commas to the
elements around it, most to the nearest; links take them away. It asks no class name and no list
of words, so Kazakh sites and layout tables are no worse off than English ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kaz_cleaning.page_blocks import Extent

_LEAST_PARAGRAPH: Final = 25
"""Characters outside links below which a block gives no points."""
_MOST_LENGTH_POINTS: Final = 3.0
_SHARES: Final = (1.0, 0.5, 1 / 6, 1 / 9, 1 / 12)
"""Of a paragraph's points, for its parent, grandparent and so on."""
_CONTAINERS: Final = frozenset({"article", "blockquote", "body", "div", "main", "section", "td"})
"""What may hold text directly, with line breaks in place of paragraphs: it is its own parent."""
_POINTS_BY_TAG: Final = {
    **dict.fromkeys(("article", "main"), 10.0),
    "div": 5.0,
    **dict.fromkeys(("pre", "td", "blockquote"), 3.0),
    **dict.fromkeys(("form", "address", "ol", "ul", "dl", "dd", "dt", "li"), -3.0),
    **dict.fromkeys(("aside", "footer", "nav"), -25.0),
}
_NEAR_TOP: Final = 0.75
"""Elements with this share of the best one's points are rivals; three under one roof share it."""
_RIVALS: Final = 3
_SIBLING_SHARE: Final = 0.2
_LEAST_SIBLING: Final = 10.0
_LONG_PARAGRAPH: Final = 80
_FEW_LINKS: Final = 0.25


def main_elements(extents: dict[Any, Extent]) -> list[Any]:
    """The element with the article and those siblings that belong to it, in document order.

    `extents` come from `measure_blocks` of the body. Empty where no block is a paragraph.
    """
    points = _points(extents)
    if not points:
        return []
    best = max(points, key=points.__getitem__)
    best = _common_roof(best, points)
    best = _better_parent(best, points)
    return _with_siblings(best, points, extents)


def _points(extents: dict[Any, Extent]) -> dict[Any, float]:
    points: dict[Any, float] = {}
    for element, extent in extents.items():
        if extent.own < _LEAST_PARAGRAPH or extent.own_linked > extent.own:
            continue
        worth = 1 + extent.commas + min(extent.own / 100, _MOST_LENGTH_POINTS)
        start = element if element.tag in _CONTAINERS else element.getparent()
        for above, share in zip(_blocks_above(start, extents), _SHARES, strict=False):
            points.setdefault(above, _POINTS_BY_TAG.get(above.tag, 0.0))
            points[above] += worth * share
    return {one: value * (1 - extents[one].link_share) for one, value in points.items()}


def _blocks_above(element: Any, extents: dict[Any, Extent]) -> Iterator[Any]:
    """`element`, then what is around it, as far as these are measured blocks."""
    while element is not None:
        if element in extents:
            yield element
        element = element.getparent()


def _common_roof(best: Any, points: dict[Any, float]) -> Any:
    rivals = [one for one in points if points[one] >= _NEAR_TOP * points[best] and one is not best]
    if len(rivals) < _RIVALS:
        return best
    roofs = [set(one.iterancestors()) for one in rivals]
    for above in best.iterancestors():
        if above.tag in ("body", "html"):
            return best
        if sum(above in roof for roof in roofs) >= _RIVALS:
            return above
    return best


def _better_parent(best: Any, points: dict[Any, float]) -> Any:
    """Up as long as points do not fall, for a parent that has more of them."""
    last = points.get(best, 0.0)
    floor = last / 3
    for above in best.iterancestors():
        if above.tag in ("body", "html"):
            return best
        if above not in points:
            continue
        if points[above] < floor:
            return best
        if points[above] > last:
            return above
        last = points[above]
    return best


def _with_siblings(best: Any, points: dict[Any, float], extents: dict[Any, Extent]) -> list[Any]:
    around = best.getparent()
    if around is None or best.tag == "body":
        return [best]
    least = max(_LEAST_SIBLING, _SIBLING_SHARE * points.get(best, 0.0))
    return [
        one
        for one in around
        if one is best or (one in extents and _belongs(one, best, points, extents[one], least))
    ]


def _belongs(one: Any, best: Any, points: dict[Any, float], extent: Extent, least: float) -> bool:
    alike = one.get("class") and one.get("class") == best.get("class")
    bonus = _SIBLING_SHARE * points.get(best, 0.0) if alike else 0.0
    if points.get(one, 0.0) + bonus >= least:
        return True
    if one.tag != "p":
        return False
    if extent.all > _LONG_PARAGRAPH:
        return extent.link_share < _FEW_LINKS
    return extent.linked == 0 and one.text_content().rstrip().endswith((".", "!", "?", "…"))
