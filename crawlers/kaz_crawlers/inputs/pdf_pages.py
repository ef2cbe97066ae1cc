"""The pages of a PDF made one text: no running heads, no page numbers, lines joined again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

EDGE_LINES: Final = 2
"""Lines at the head and at the foot of a page that can be running heads."""
FEWEST_REPEATS: Final = 3
REPEATED_SHARE: Final = 0.3
"""Share of the pages that a running head stands on: left and right pages have heads of their own,
and chapters too."""
SHORT_LINE: Final = 0.75
"""A line below this share of the usual width ends its paragraph, if a sentence ends there."""

# PDFium marks a hyphen that it took for a word division with U+FFFE, or U+0002.
_DIVISION: Final = re.compile("[\ufffe\x02\xad][\r\n ]*")
_NUMBER: Final = re.compile(
    r"[\s\-–—.·|]*(?:бет\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|-?бет|из)\s*\d{0,4})?[\s\-–—.·|]*",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"[.!?…:;»\"”)]\s*$")
_ITEM: Final = re.compile(r"(?:[-–—•▪◦*]|\d{1,3}[.)]|[a-zа-яәіңғүұқөһ][)])\s+\S", re.IGNORECASE)
_HYPHEN_END: Final = re.compile(r"(?<=[^\W\d_])[-‐]$")
_USUAL_LEAST: Final = 20


def joined_pages(pages: Sequence[str]) -> str:
    """One paragraph a line."""
    lines = [_lines(page) for page in pages]
    heads = _running_heads(lines)
    return "\n".join(_paragraphs([line for page in lines for line in _body(page, heads)]))


def _lines(page: str) -> list[str]:
    stripped = (" ".join(line.split()) for line in _DIVISION.sub("", page).splitlines())
    return [line for line in stripped if line]


def _key(line: str) -> str:
    return re.sub(r"\d+", "0", line).lower()


def _edges(page: list[str]) -> set[str]:
    return {_key(line) for line in (*page[:EDGE_LINES], *page[-EDGE_LINES:])}


def _running_heads(pages: Sequence[list[str]]) -> frozenset[str]:
    counts = Counter(key for page in pages for key in _edges(page))
    least = max(FEWEST_REPEATS, REPEATED_SHARE * len(pages))
    return frozenset(key for key, count in counts.items() if count >= least)


def _body(page: list[str], heads: frozenset[str]) -> list[str]:
    """A page without what stands around its text, from the edges inwards."""

    def is_around(line: str) -> bool:
        return _key(line) in heads or _NUMBER.fullmatch(line) is not None

    first, last = 0, len(page)
    while first < min(EDGE_LINES, last) and is_around(page[first]):
        first += 1
    while last > max(first, len(page) - EDGE_LINES) and is_around(page[last - 1]):
        last -= 1
    return page[first:last]


def _paragraphs(lines: Sequence[str]) -> list[str]:
    usual = median([len(line) for line in lines if len(line) >= _USUAL_LEAST] or [_USUAL_LEAST])
    paragraphs: list[str] = []
    begun = False
    for number, line in enumerate(lines):
        if begun:
            paragraphs[-1] = _joined(paragraphs[-1], line)
        else:
            paragraphs.append(line)
        following = lines[number + 1] if number + 1 < len(lines) else ""
        begun = bool(following) and not _ends_here(line, following, usual)
    return paragraphs


def _joined(before: str, line: str) -> str:
    if _HYPHEN_END.search(before) and line[:1].islower():
        return before[:-1] + line
    return f"{before} {line}"


def _ends_here(line: str, following: str, usual: float) -> bool:
    if _HYPHEN_END.search(line):
        return False
    if _ITEM.match(following):
        return True
    short = len(line) < SHORT_LINE * usual
    starts_anew = not following[:1].islower()
    return short and starts_anew and (bool(_SENTENCE_END.search(line)) or line[:1].isupper())
