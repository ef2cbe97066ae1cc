"""The visible text of markup, fast and roughly: for a look before the real extraction.

One compiled pass without a tree, linear in the page whatever is in it. Scripts, styles, comments
and tags go; block tags become line breaks.
"""

from __future__ import annotations

import html
from typing import Any, Final

import numpy as np

from kaz_datasets.compiled import compiled

_LONGEST_NAME: Final = 10
_BASE: Final = 27


def _number(name: str) -> int:
    """A tag's name as a number in base 27."""
    number = 0
    for letter in name:
        number = number * _BASE + ord(letter) - 96
    return number


_HIDDEN: Final = tuple(map(_number, ("script", "style", "template", "noscript", "svg")))
_INLINE: Final = (
    *map(_number, ("a", "abbr", "b", "bdi", "bdo", "big", "cite", "em", "font", "i", "ins")),
    *map(_number, ("mark", "q", "s", "small", "span", "strong", "u", "wbr")),
)
_LESS, _GREATER, _SLASH, _BANG, _DASH, _NEWLINE, _QUESTION = map(ord, "<>/!-\n?")
_AFTER_LESS: Final = (_SLASH, _BANG, _QUESTION)


def visible_text(markup: str) -> str:
    """Text of the markup's body and head title, one block a line; entities are resolved."""
    points = np.frombuffer(markup.encode("utf-32-le", "surrogatepass"), np.uint32)
    text = np.empty(len(points) + 1, np.uint32)
    length = _strip(points, text)
    found = text[:length].tobytes().decode("utf-32-le", "surrogatepass")
    return html.unescape(found) if "&" in found else found


@compiled
def _strip(points: Any, text: Any) -> int:
    """Copy what is no markup to `text`, answer its length."""
    at = 0
    put = 0
    size = len(points)
    while at < size:
        if points[at] != _LESS or not _opens(points, at, size):
            text[put] = points[at]
            put += 1
            at += 1
            continue
        if points[at + 1] == _BANG and at + 3 < size and points[at + 2] == points[at + 3] == _DASH:
            at = _comment_end(points, at + 4, size)
            continue
        name = _name(points, at + 1, size)
        at = _tag_end(points, at + 1, size)
        if name in _HIDDEN:
            at = _hidden_end(points, at, size, name)
        elif name not in _INLINE:
            text[put] = _NEWLINE
            put += 1
    return put


@compiled
def _opens(points: Any, at: int, size: int) -> bool:
    """True where `<` begins a tag and is no sign of comparison."""
    if at + 1 >= size:
        return False
    following = points[at + 1]
    return following in _AFTER_LESS or 97 <= (following | 32) <= 122


@compiled
def _name(points: Any, at: int, size: int) -> int:
    """The number of the tag's name, without the slash of a closing one."""
    if at < size and points[at] == _SLASH:
        at += 1
    number: Any = np.int64(0)
    stop = min(size, at + _LONGEST_NAME)
    while at < stop and 97 <= (points[at] | 32) <= 122:
        number = number * _BASE + np.int64(points[at] | 32) - 96
        at += 1
    return int(number)


@compiled
def _tag_end(points: Any, at: int, size: int) -> int:
    while at < size and points[at] != _GREATER:
        at += 1
    return at + 1


@compiled
def _comment_end(points: Any, at: int, size: int) -> int:
    while at + 2 < size:
        if points[at] == _DASH and points[at + 1] == _DASH and points[at + 2] == _GREATER:
            return at + 3
        at += 1
    return size


@compiled
def _hidden_end(points: Any, at: int, size: int, name: int) -> int:
    """Past the closing tag of a hidden element; to the end of the page where there is none."""
    while at + 1 < size:
        if points[at] == _LESS and points[at + 1] == _SLASH and _name(points, at + 1, size) == name:
            return _tag_end(points, at, size)
        at += 1
    return size
