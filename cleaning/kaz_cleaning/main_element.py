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
_MOST: Final = 0.5
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
    best = _common_roof(best, points, extents)
    best = _better_parent(best, points)
    roof = _without_wrappers(best, extents)
    return _with_siblings(roof, points.get(best, 0.0), points, extents)


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


def _common_roof(best: Any, points: dict[Any, float], extents: dict[Any, Extent]) -> Any:
    """The block around the best and its rivals; a site's own element, as <app-root>, is none."""
    rivals = [one for one in points if points[one] >= _NEAR_TOP * points[best] and one is not best]
    if len(rivals) < _RIVALS:
        return best
    roofs = [set(one.iterancestors()) for one in rivals]
    for above in best.iterancestors():
        if above.tag in ("body", "html"):
            return best
        if above in extents and sum(above in roof for roof in roofs) >= _RIVALS:
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


def _without_wrappers(best: Any, extents: dict[Any, Extent]) -> Any:
    """The outermost element that holds `best` and no other text.

    What belongs to an article stands beside its wrappers as often as beside itself.
    """
    size = extents[best].all + extents[best].linked
    for above in best.iterancestors():
        if above.tag in ("body", "html") or above not in extents:
            break
        if extents[above].all + extents[above].linked > size:
            break
        best = above
    return best


def _with_siblings(
    best: Any, worth: float, points: dict[Any, float], extents: dict[Any, Extent]
) -> list[Any]:
    """`best` and what belongs to it; `worth` are the points of what it was chosen for."""
    around = best.getparent()
    if around is None or best.tag == "body":
        return [best]
    sections = _sections(best, worth, points, extents)
    return [
        one
        for one in around
        if one is best
        or one in sections
        or (one in extents and _belongs(one, best, worth, points, extents[one]))
    ]


def _sections(
    best: Any, worth: float, points: dict[Any, float], extents: dict[Any, Extent]
) -> set[Any]:
    """Elements beside `best` that are called like it and have as good a paragraph block inside.

    Together they must be most of what their parent holds: else it is a page of many parts, and
    not an article in sections.
    """
    around = best.getparent()
    named = best.get("class")
    if not named or around not in extents:
        return set()
    alike = [one for one in around if one in extents and one.get("class") == named]
    if sum(extents[one].all for one in alike) < _MOST * extents[around].all:
        return set()
    return {
        one
        for one in alike
        if max((points[inner] for inner in one.iter() if inner in points), default=0.0)
        >= _least(worth)
    }


def _least(worth: float) -> float:
    return max(_LEAST_SIBLING, _SIBLING_SHARE * worth)


def _belongs(one: Any, best: Any, worth: float, points: dict[Any, float], extent: Extent) -> bool:
    alike = one.get("class") and one.get("class") == best.get("class")
    if not alike and points.get(one, 0.0) >= _least(worth):
        return True
    if one.tag != "p" and not (one.tag == "div" and extent.is_leaf):
        return False
    if extent.all > _LONG_PARAGRAPH:
        return extent.link_share < _FEW_LINKS
    return extent.linked == 0 and one.text_content().rstrip().endswith((".", "!", "?", "…"))
