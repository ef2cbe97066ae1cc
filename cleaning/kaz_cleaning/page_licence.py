"""The licence that a page states for itself, in any of the vocabularies that pages use.

Licences of pictures and of other people's things on the page are not its own: what stands in a
figure, or in linked data about an image, is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from kaz_datasets.rights import rsl
from kaz_datasets.rights.licences import spdx_of
from kaz_datasets.rights.statement import Statement, fitting, kept

_PLACE: Final = "page"
_NAMES: Final = (
    "cc-license",
    "schema-license",
    "dcterms.license",
    "dc.rights.license",
    "dc.license",
    "dcterms.rights",
    "dc.rights",
    "rel-license",
    "og-license",
    "license",
)
"""Statements in the order in which they are believed: of the work, of its record, of the site."""
_META: Final = {
    "dcterms.license": "dcterms.license",
    "dct.license": "dcterms.license",
    "dc.rights.license": "dc.rights.license",
    "dc.license": "dc.license",
    "dcterms.rights": "dcterms.rights",
    "dc.rights": "dc.rights",
    "og.license": "og-license",
    "license": "license",
    "licence": "license",
    "cc.license": "cc-license",
}
_OTHER_THINGS: Final = ("image", "video", "audio", "media", "person", "organization", "comment")
"""Parts of schema.org types whose licence is not that of the text."""
_LONGEST_SCRIPT: Final = 100_000
_DEPTH: Final = 6
_MOST_MEMBERS: Final = 50


def licence_statements(tree: Any | None) -> list[Statement]:
    """What the page says of its licence, the most trustworthy first."""
    if tree is None:
        return []
    pairs = {(name, fitting(value)) for name, value in _stated(tree) if value and value.strip()}
    ordered = sorted(pairs, key=lambda pair: (_rank(pair[0]), pair[1]))
    return kept([Statement(where=_PLACE, name=name, value=value) for name, value in ordered])


def page_licence(tree: Any) -> str | None:
    """The SPDX identifier of the Creative Commons licence that the page states as its own."""
    stated = (spdx_of(statement.value) for statement in licence_statements(tree))
    return next((licence for licence in stated if licence), None)


def _rank(name: str) -> int:
    return _NAMES.index(name) if name in _NAMES else len(_NAMES)


def _stated(tree: Any) -> Iterator[tuple[str, str]]:
    for element in tree.xpath("//*[@rel or @property or @itemprop or @name]"):
        if isinstance(element.tag, str) and not _is_of_something_else(element):
            yield from _of_element(element)
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            yield from _of_linked_data(script.text or "")


def _of_element(element: Any) -> Iterator[tuple[str, str]]:
    value = _value(element)
    relations = (element.get("rel") or "").lower().split()
    properties = (element.get("property") or "").lower().split()
    if "license" in relations and element.tag in ("a", "area", "link"):
        is_rsl = (element.get("type") or "").lower() == rsl.MEDIA_TYPE
        yield rsl.NAME if is_rsl else "rel-license", value
    for name in (*relations, *properties, (element.get("name") or "").lower()):
        key = name.replace(":", ".")
        if key in _META and name != "license":
            yield _META[key], value
    if element.tag == "meta" and (element.get("name") or "").lower() == "license":
        yield "license", value
    if "license" in (element.get("itemprop") or "").lower().split():
        yield "schema-license", value


def _value(element: Any) -> str:
    for attribute in ("content", "resource", "href"):
        if element.get(attribute):
            return str(element.get(attribute))
    return str(element.text_content())[:2_000] if element.tag not in ("link", "meta") else ""


def _is_of_something_else(element: Any) -> bool:
    for above in element.iterancestors():
        if above.tag == "figure":
            return True
        if above.get("itemscope") is not None and element.get("itemprop"):
            return _is_other_thing(above.get("itemtype") or "")
    return False


def _is_other_thing(kind: str) -> bool:
    last = kind.rstrip("/").rpartition("/")[2].lower()
    return any(thing in last for thing in _OTHER_THINGS)


def _of_linked_data(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > _LONGEST_SCRIPT:
        return
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from (("schema-license", value) for value in _licences_in(data, _DEPTH))


def _licences_in(data: Any, depth: int) -> Iterator[str]:
    if not depth:
        return
    if isinstance(data, list):
        for member in data[:_MOST_MEMBERS]:
            yield from _licences_in(member, depth - 1)
    elif isinstance(data, dict) and not any(map(_is_other_thing, _types(data))):
        stated = data.get("license")
        for licence in stated if isinstance(stated, list) else [stated]:
            named = (
                licence.get("@id") or licence.get("url") if isinstance(licence, dict) else licence
            )
            if isinstance(named, str):
                yield named
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            yield from _licences_in(data.get(key), depth - 1)


def _types(data: dict[str, Any]) -> list[str]:
    stated = data.get("@type")
    return [
        each for each in (stated if isinstance(stated, list) else [stated]) if isinstance(each, str)
    ]
