"""Paragraphs in another language, cut out of a document that is Kazakh otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.language_labels import UNKNOWN, LanguageModel, Stretch
from kaz_cleaning.language_text import compose

CUT_NAME: Final = "foreign-paragraphs"
FEWEST_LETTERS: Final = 40
"""A shorter line is a name, a caption or a date: its language is a guess."""

_BLANK_LINES: Final = re.compile("\n{3,}")


@dataclass(frozen=True)
class Cut:
    """What is left of a text, and how many characters of foreign paragraphs were cut."""

    text: str
    repaired: dict[str, int]


def cut_foreign(text: str, model: LanguageModel) -> Cut:
    """Cut the lines that are wholly in another known language; code and names stay.

    Doing it again changes nothing: a line is judged by itself.
    """
    text = compose(text)
    lines = text.split("\n")
    kept = [line for line in lines if not _is_foreign(line, model)]
    if len(kept) == len(lines):
        return Cut(text, {})
    left = _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip("\n")
    return Cut(left, {CUT_NAME: sum(map(len, lines)) - sum(map(len, kept))})


def _is_foreign(line: str, model: LanguageModel) -> bool:
    if len(line) < FEWEST_LETTERS:
        return False
    found = model.stretches(line)
    known = sum(stretch.letters for stretch in _foreign(found))
    return known >= FEWEST_LETTERS and known == sum(stretch.letters for stretch in found)


def _foreign(stretches: list[Stretch]) -> Iterator[Stretch]:
    return (s for s in stretches if s.kazakh == 0 and s.label.label != UNKNOWN)
