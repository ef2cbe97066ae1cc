"""What a page says of itself in JSON-LD 1.1 (W3C, 2020), as far as it can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

_LONGEST: Final = 100_000
"""Characters of one block; whole catalogues of shops are longer."""
_DEEPEST: Final = 6
_MOST_ITEMS: Final = 50


def linked_data(tree: Any) -> Iterator[Any]:
    """Every block of JSON-LD of a page that is well formed."""
    for element in tree.iter("script"):
        if element.get("type") == "application/ld+json" and len(element.text or "") < _LONGEST:
            try:
                yield json.loads(element.text or "")
            except (ValueError, RecursionError):
                continue


def values_of(data: Any, key: str, depth: int = _DEEPEST) -> Iterator[Any]:
    """Every value of `key`, at any level."""
    if depth and isinstance(data, dict):
        if key in data:
            yield data[key]
        for value in data.values():
            yield from values_of(value, key, depth - 1)
    elif depth and isinstance(data, list):
        for value in data[:_MOST_ITEMS]:
            yield from values_of(value, key, depth - 1)
