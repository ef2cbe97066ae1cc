"""Kazakh words and signs: text cut into tokens as Universal Dependencies cuts Kazakh.

What hangs together in writing stays together: suffixes behind a number or a sign (`2010-жылы`,
`55-ші`), hyphenated pairs (`ата-ана`), abbreviations with their full stop (`т.б.`, `млн.`),
initials, decimals, dates, times, addresses of the web. Every other sign is a token of its own.
Principles: https://universaldependencies.org/u/overview/tokenization.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kaz_cleaning.abbreviations import ABBREVIATIONS

_LETTER: Final = r"[^\W\d_](?:[\u0300-\u036F\u064B-\u065F\u0670])*"
_APOSTROPHE: Final = "'\u2019\u02bc"  # of the Latin alphabet of 2017 and of foreign names
_HYPHEN: Final = "-\u2010\u2011"
_WORD: Final = rf"(?:{_LETTER}|\d)+(?:[{_HYPHEN}{_APOSTROPHE}](?:{_LETTER}|\d)+)*"
_TOKEN: Final = re.compile(
    rf"""
      (?:https?://|www\.)[^\s<>"«»]*[^\s<>"«».,;:!?)\]]    # addresses of the web
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    | [^\W\d_][\w-]*(?:\.[\w-]+)*\.(?:kz|ru|com|org|net|info|edu|gov|қаз)\b(?:/[^\s<>"«»]*[\w/])?
    | т\.\s?(?:б|с\.\s?с)\.                                # and so on
    | [Бб]\.\s?з\.(?:\s?[бд]\.)?                            # of our era, before it
    | \d+(?:[.,]\d+)?%[{_HYPHEN}](?:{_LETTER})+             # 90%-ға; a bare % is a sign
    | \d+(?:[.,:/]\d+)+(?:[{_HYPHEN}](?:{_LETTER})+)?      # decimals, dates, times
    | (?<=[»"”’)%])[{_HYPHEN}](?:{_LETTER})+                # the suffix of a quoted name
    | {_WORD}
    | [.!?…]+                                             # ..., !!, ?..
    | (?P<sign>[^\w\s])(?P=sign)*                          # --, ((
    | _+
    """,
    re.VERBOSE,
)
_LINE_END: Final = re.compile(r"[^\S\n]*(?:\n|\Z)")


class Token(NamedTuple):
    """A token and where it stands, in code points."""

    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text` in order. Together they hold every character that is no white space."""
    position = 0
    while (match := _TOKEN.search(text, position)) is not None:
        end = match.end()
        if text[end : end + 1] == "." and _keeps_full_stop(match[0], text, end):
            end += 1
        yield Token(text[match.start() : end], match.start(), end)
        position = end


def split_tokens(text: str) -> list[str]:
    """The tokens of `text` without their places."""
    return [token.text for token in tokens(text)]


def _keeps_full_stop(word: str, text: str, end: int) -> bool:
    """True for an abbreviation or an initial, unless the full stop ends text or line."""
    is_initial = len(word) == 1 and word.isupper()
    if not is_initial and word.lower() not in ABBREVIATIONS:
        return False
    return text[end + 1 : end + 2] != "." and not _LINE_END.match(text, end + 1)
