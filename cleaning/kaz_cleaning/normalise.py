"""One spelling for one text: composed letters, plain spaces and hyphens, Kazakh look-alikes.

Nothing is added but what the eye already saw; every step tells how many characters it changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.lookalikes import repair_look_alikes, repair_mojibake
from kaz_cleaning.text_signs import Sign, signs_of, signs_of_all

LOOK_ALIKES: Final = "look-alikes"
"""What the count of Latin letters that became Cyrillic is called."""

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

_ARABIC_FORM: Final = re.compile("[\ufb50-\ufbff\ufe70-\ufefc]+")
"""Letters of the Arabic script in the shape of their place: beginning, middle, end, alone."""


@dataclass(frozen=True)
class Normalised:
    """A text after normalisation, and how many characters each step changed (0 is left out)."""

    text: str
    repaired: dict[str, int]
    look_alikes: tuple[tuple[int, str], ...] = ()
    """The log of the one repair that guesses: the number of each word that was written wholly in
    Cyrillic, counted from 0 between white space, and how it was found; for `undo_look_alikes`."""


def normalise(text: str) -> Normalised:
    """Normalise one line or a whole document; doing it again changes nothing.

    A text without line breaks gets none. A document loses those inside hyphenated words and
    those beyond two in a row.
    """
    return normalise_all([text])[0]


def normalise_all(texts: Sequence[str]) -> list[Normalised]:
    """The same for many texts: most need nothing, which one pass over all of them tells."""
    return [
        _normalised(text, signs) if signs else Normalised(text, {})
        for text, signs in zip(texts, signs_of_all(texts), strict=True)
    ]


def _normalised(text: str, signs: Sign) -> Normalised:
    repaired: Counter[str] = Counter()
    log: dict[int, str] = {}
    while True:  # a repair may let another one see more: at most a few rounds
        signs, text = _settled(text, signs, repaired)
        if not signs & Sign.MIXED_WORD:
            break
        mixed = text
        text, changed = repair_look_alikes(text)
        if not changed:
            break
        repaired[LOOK_ALIKES] += changed
        _log_words(mixed, text, log)
        signs = signs_of(text)
    counts = {name: number for name, number in repaired.items() if number}
    return Normalised(text, counts, tuple(sorted(log.items())))


def _settled(text: str, signs: Sign, repaired: Counter[str]) -> tuple[Sign, str]:
    """All but look-alikes, until nothing changes; so that words keep their numbers for the log."""
    before = None
    while signs & ~Sign.MIXED_WORD and text != before:
        before = text
        for name, sign, step in _STEPS:
            if signs & sign:
                text, changed = step(text)
                repaired[name] += changed
        signs = signs_of(text)
    return signs, text


def _log_words(before: str, after: str, log: dict[int, str]) -> None:
    """Look-alikes are repaired letter by letter, so words keep their places and lengths."""
    if before is after or before == after:
        return
    for number, (found, written) in enumerate(zip(before.split(), after.split(), strict=True)):
        if found != written:
            log.setdefault(number, found)


def undo_look_alikes(normalised: Normalised) -> str:
    """The text with every word as it was found, all other repairs kept."""
    log = dict(normalised.look_alikes)
    number = iter(range(len(normalised.text)))
    return re.sub(r"\S+", lambda word: log.get(next(number), word[0]), normalised.text)


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


def _plain_arabic(text: str) -> tuple[str, int]:
    """Presentation forms to the letters themselves (Unicode 17, 9.2), as töte texts need it."""
    changed = 0

    def letters(match: re.Match[str]) -> str:
        nonlocal changed
        changed += len(match[0])
        return unicodedata.normalize("NFKC", match[0])

    return _ARABIC_FORM.sub(letters, text), changed


_STEPS: Final[tuple[tuple[str, Sign, Callable[[str], tuple[str, int]]], ...]] = (
    ("line-breaks", Sign.INVISIBLE, _replace(_SOFT_BREAK, "")),
    ("invisible", Sign.INVISIBLE, _replace(_INVISIBLE, "")),
    ("spaces", Sign.ODD_SPACE, _replace(_ODD_SPACES, " ")),
    ("hyphens", Sign.ODD_HYPHEN, _replace(_ODD_HYPHENS, "-")),
    ("presentation-forms", Sign.ARABIC_FORM, _plain_arabic),
    ("line-breaks", Sign.BROKEN_WORD | Sign.WHITE_SPACE, _join_words),
    ("composed", Sign.UNCOMPOSED, _compose),
    ("mojibake", Sign.MOJIBAKE, repair_mojibake),
    ("white-space", Sign.WHITE_SPACE, _replace(_SPACE_RUN, " ")),
    ("white-space", Sign.WHITE_SPACE, _replace(_LINE_EDGE, "")),
    ("white-space", Sign.WHITE_SPACE, _replace(_BLANK_LINES, "\n\n")),
)
