"""The visible text of markup, fast and roughly: for a look before the real extraction.

One compiled pass without a tree, linear in the page whatever is in it. Scripts, styles, comments
and tags go; block tags become line breaks.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from kaz_cleaning.language_text import points_of
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
_BLANK: Final = ord(" ")
_STOPS: Final = tuple(map(ord, ".!?"))
_AFTER_LESS: Final = (_SLASH, _BANG, _QUESTION)


def visible_text(markup: str) -> str:
    """Text of the markup's body and head title, one block a line; entities are resolved."""
    return visible_texts([markup])[0]


def visible_texts(markups: Sequence[str], enough: int | None = None, line: int = 1) -> list[str]:
    """The text of each page, in one pass over all of them.

    With `enough` only its first lines and sentences, until lines of at least `line` characters
    hold so many: a page of megabytes is not read for its first paragraph.
    """
    points, starts = points_of(markups)
    text = np.empty(len(points) + len(markups), np.uint32)
    ends = np.empty(len(markups), np.int64)
    _strip_all(points, starts, len(points) if enough is None else enough, line, text, ends)
    found = text[: ends[-1] if len(ends) else 0].tobytes().decode("utf-32-le", "surrogatepass")
    parts = [found[start:end] for start, end in pairwise([0, *ends.tolist()])]
    return [html.unescape(part) if "&" in part else part for part in parts]


@compiled
def _strip_all(points: Any, starts: Any, enough: int, line: int, text: Any, ends: Any) -> None:
    put = 0
    for page in range(len(starts) - 1):
        put = _strip(points, starts[page], starts[page + 1], enough, line, text, put)
        ends[page] = put


@compiled
def _strip(points: Any, at: int, size: int, enough: int, line: int, text: Any, put: int) -> int:
    """Copy what is no markup to `text` from `put` on, answer where it ends there."""
    begun = put
    held = 0
    while at < size:
        if points[at] != _LESS or not _opens(points, at, size):
            text[put] = points[at]
            put += 1
            at += 1
            if held + put - begun >= enough and _ends_sentence(text, put, begun + line):
                break
            if text[put - 1] != _NEWLINE:
                continue
        else:
            if points[at + 1] == _BANG and _is_comment(points, at, size):
                at = _comment_end(points, at + 4, size)
                continue
            name = _name(points, at + 1, size)
            at = _tag_end(points, at + 1, size)
            if name in _HIDDEN:
                at = _hidden_end(points, at, size, name)
                continue
            if name in _INLINE:
                continue
            text[put] = _NEWLINE
            put += 1
        held += put - begun if put - begun > line else 0
        begun = put
        if held >= enough:
            break
    return put


@compiled
def _ends_sentence(text: Any, put: int, least: int) -> bool:
    """Whether the last character is the space behind a full stop, at `least` or later."""
    return bool(put > least and text[put - 1] == _BLANK and text[put - 2] in _STOPS)


@compiled
def _is_comment(points: Any, at: int, size: int) -> bool:
    return bool(at + 3 < size and points[at + 2] == points[at + 3] == _DASH)


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
