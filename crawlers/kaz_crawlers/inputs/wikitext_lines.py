"""The last step from a wiki's markup to text: clean lines, no empty sections or brackets."""

from __future__ import annotations

import re
from typing import Final

from kaz_crawlers.inputs.wiki_words import SECTIONS_WITHOUT_TEXT

HEADING: Final = "\x02"
"""Begins a heading's line, before its level (1 to 6); no text can hold it."""

_MOST_PASSES: Final = 50
_MAGIC_WORD: Final = re.compile(r"__[^\W\d_]{2,30}__")
_MARKUP_LEFT: Final = re.compile(r"'{2,}|\[\[|\]\]|\{\{|\}\}|\{\||\|\}")
_EMPTY_BRACKETS: Final = re.compile(r"[(\[][\s,;:–—-]*[)\]]")
_START_OF_BRACKET: Final = re.compile(r"\([,;:–—-][\s,;:–—-]*")
_END_OF_BRACKET: Final = re.compile(r"(?:(?<=\w)|(?<=[.»]))[,;:]? ?[,;:]? ?\)")
_SPACE_BEFORE_STOP: Final = re.compile(r"(?<=\S) (?=[,.;:!?)](?:\s|$))")
_CONTROLS: Final = re.compile("[\x00-\x01\x03-\x08\x0b-\x1f\x7f\ufeff\u200b]")


def tidy(text: str) -> str:
    """Lines of text; sections without any, or that list only sources, are gone."""
    lines = (_line(line) for line in _CONTROLS.sub("", text).split("\n"))
    return "\n".join(_with_filled_sections([line for line in lines if line]))


def _line(line: str) -> str:
    line = _without_marks(_MAGIC_WORD.sub("", line))
    line = _EMPTY_BRACKETS.sub("", _START_OF_BRACKET.sub("(", line))
    line = " ".join(line.split())
    line = _SPACE_BEFORE_STOP.sub("", _END_OF_BRACKET.sub(")", line))
    return "" if line.strip("*#;:|!-– ") == "" else line


def _without_marks(line: str) -> str:
    """Unbalanced markup out; taking one mark away can leave the two halves of another."""
    for _ in range(_MOST_PASSES):
        line, found = _MARKUP_LEFT.subn("", line)
        if not found:
            break
    return line


def _with_filled_sections(lines: list[str]) -> list[str]:
    """From the end to the start, so that a heading knows whether text came after it."""
    kept: list[str] = []
    below = 0  # level of what stands below a heading; 7 is text, 0 nothing
    for line in reversed(_without_source_lists(lines)):
        if not line.startswith(HEADING):
            kept.append(line)
            below = 7
        elif line[2:] and below > (level := int(line[1])):
            kept.append(line[2:])
            below = level
    kept.reverse()
    return kept


def _without_source_lists(lines: list[str]) -> list[str]:
    kept: list[str] = []
    dropped_below: int | None = None
    for line in lines:
        if line.startswith(HEADING):
            level, title = int(line[1]), line[2:].casefold().strip(" :.")
            if dropped_below is None or level <= dropped_below:
                dropped_below = level if title in SECTIONS_WITHOUT_TEXT else None
        if dropped_below is None:
            kept.append(line)
    return kept
