"""Where Kazakh sentences end: a full stop that is not an abbreviation's, then a new beginning.

Works line by line, so a line break always ends a sentence.
"""

from __future__ import annotations

import re
from typing import Final

from kaz_cleaning.abbreviations import ABBREVIATIONS

_LETTER_ABBREVIATIONS: Final = frozenset("жғтбсгмпрдқ")
_CLOSING_ABBREVIATION: Final = re.compile(r"(?:^|\W)т\.\s?(?:б|с\.\s?с)$")
"""`т.б.` and `т.с.с.` (and so on) stand at the end of a sentence more often than within."""

_CAPITALS: Final = "A-ZÀ-ÞĀ-ŽА-ЯЁӘІҢҒҮҰҚӨҺ"
_END: Final = re.compile(
    r"(?P<mark>[.!?…؟۔]+)(?P<close>[\"»”’')\]]*)"
    rf"(?:\s+|(?<=[а-яёәіңғүұқөһ]{{3}}\.)(?=[{_CAPITALS}]))"  # a forgotten space
    rf"(?=[\"«“„‘'(\[–—-]*\s*[{_CAPITALS}0-9]|[\u0600-\u06FF])"
)
_LAST_WORD: Final = re.compile(r"[\w.]+$")
_REACH: Final = 25
"""Characters looked back at for an abbreviation; longer words are none."""


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` in order, without the white space around them."""
    return [sentence for line in text.splitlines() for sentence in _split_line(line)]


def _split_line(line: str) -> list[str]:
    found, start = [], 0
    for match in _END.finditer(line):
        if match["mark"] == "." and _goes_on(line, match, start):
            continue
        found.append(line[start : match.end("close")].strip())
        start = match.end()
    rest = line[start:].strip()
    return [*found, rest] if rest else found


def _goes_on(line: str, match: re.Match[str], start: int) -> bool:
    """True where the full stop belongs to an abbreviation, an initial or a number."""
    before = line[max(start, match.start() - _REACH) : match.start()]
    if match["close"] or _CLOSING_ABBREVIATION.search(before.lower()):
        return False
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word[0].rsplit(".", 1)[-1]
    if last.isdigit():
        return _number_goes_on(line, match, start, last)
    is_initial = len(last) == 1 and last.isupper()
    return is_initial or last in _LETTER_ABBREVIATIONS or last.lower() in ABBREVIATIONS


def _number_goes_on(line: str, match: re.Match[str], start: int, number: str) -> bool:
    """`3. 14` is one number, and `2. Text` at the start of a line is a list item."""
    is_list_item = len(number) <= 2 and match.start() - len(number) <= start + 1
    return is_list_item or line[match.end()].isdigit()
