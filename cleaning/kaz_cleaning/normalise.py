"""One spelling for one text: composed letters, plain spaces and hyphens, Kazakh look-alikes.

Nothing is added but what the eye already saw; every step tells how many characters it changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.lookalikes import repair_look_alikes, repair_mojibake

_ARABIC: Final = "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefe"
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
    f"|(?<![{_ARABIC}])[\u200c\u200d](?![{_ARABIC}])"
)
"""Soft hyphens, marks of direction, private use, control characters; joiners but in Arabic."""
_ODD_SPACES: Final = re.compile(
    "[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\x85\x0b\x0c\x1c-\x1f]"
)
_ODD_HYPHENS: Final = re.compile("[\u2010\u2011]")
_SOFT_BREAK: Final = re.compile("\u00ad[ \t\r]*\n")
_BROKEN_WORD: Final = re.compile(r"(?<=[^\W\d_])-[ \t\r]*\n[ \t]*(?=([^\W\d_]))")
_SPACE_RUN: Final = re.compile(r"[ \t\r]{2,}|[\t\r]")
_LINE_EDGE: Final = re.compile("^ | $", re.MULTILINE)
_BLANK_LINES: Final = re.compile("\n{3,}")

_CLEAN: Final = re.compile(
    "[\n!-~«»–—“”„‘’…№А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]+(?: [\n!-~«»–—“”„‘’…№А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]+)*"
)
_MIXED_OR_BROKEN: Final = re.compile("[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]|-\n| \n|\n |\n\n\n")


@dataclass(frozen=True)
class Normalised:
    """A text after normalisation, and how many characters each step changed (0 is left out)."""

    text: str
    repaired: dict[str, int]


def normalise(text: str) -> Normalised:
    """Normalise one line or a whole document; doing it again changes nothing.

    A text without line breaks gets none. A document loses those inside hyphenated words and
    those beyond two in a row.
    """
    if _is_clean(text):
        return Normalised(text, {})
    repaired: Counter[str] = Counter()
    before = None
    while text != before:  # a repair may let another one see more: at most a few rounds
        before = text
        for name, step in _STEPS:
            text, changed = step(text)
            repaired[name] += changed
    return Normalised(text, {name: number for name, number in repaired.items() if number})


def _is_clean(text: str) -> bool:
    """Most lines have nothing to repair, and two linear looks tell."""
    return _CLEAN.fullmatch(text) is not None and _MIXED_OR_BROKEN.search(text) is None


def _replace(pattern: re.Pattern[str], replacement: str) -> Callable[[str], tuple[str, int]]:
    return lambda text: pattern.subn(replacement, text)


def _join_words(text: str) -> tuple[str, int]:
    """`мем-` and `лекет` on the next line are one word; before a capital the hyphen stays."""
    joined = 0

    def join(match: re.Match[str]) -> str:
        nonlocal joined
        if not match[1].islower():
            return match[0]
        joined += 1
        return ""

    return _BROKEN_WORD.sub(join, text), joined


def _compose(text: str) -> tuple[str, int]:
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return text, 0
    return composed, max(1, abs(len(text) - len(composed)))


_STEPS: Final[tuple[tuple[str, Callable[[str], tuple[str, int]]], ...]] = (
    ("line-breaks", _replace(_SOFT_BREAK, "")),
    ("invisible", _replace(_INVISIBLE, "")),
    ("spaces", _replace(_ODD_SPACES, " ")),
    ("hyphens", _replace(_ODD_HYPHENS, "-")),
    ("line-breaks", _join_words),
    ("composed", _compose),
    ("mojibake", repair_mojibake),
    ("look-alikes", repair_look_alikes),
    ("white-space", _replace(_SPACE_RUN, " ")),  # first, or long runs cost their square
    ("white-space", _replace(_LINE_EDGE, "")),
    ("white-space", _replace(_BLANK_LINES, "\n\n")),
)
