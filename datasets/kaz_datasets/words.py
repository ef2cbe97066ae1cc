"""What a word is, once for every count in the project."""

from __future__ import annotations

import re
import unicodedata
from typing import Final


def _marks() -> str:
    """Every combining mark of the Basic Multilingual Plane, as the inside of a character class.

    `\\w` is letters and digits but no marks: a stress mark or an Arabic vowel sign would cut a
    word in two.
    """
    return "".join(
        re.escape(chr(point))
        for point in range(0x10000)
        if unicodedata.category(chr(point)).startswith("M")
    )


# Marks are looked for only where letters end, which keeps text without any as fast as `\w+`.
_WORD: Final = re.compile(rf"[^\W_]+(?:[{_marks()}]+[^\W_]*)*")


def count_words(text: str) -> int:
    """How many words `text` holds: runs of letters and digits with the marks that follow them.

    Punctuation, spaces, hyphens and underscores separate: "ата-ана" is two words.
    """
    return len(_WORD.findall(text))
