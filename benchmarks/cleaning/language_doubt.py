"""Test rows whose label cannot be right: said by rule, so that anyone can check it.

The figures over all rows stand beside those without them; nothing is left out of the former. Each
rule looks at every row, not at the model's errors, and none asks the model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from kaz_cleaning.measure_language import Row, language_of

_KAZAKH_LETTERS: Final = re.compile("[ïğñ]", re.IGNORECASE)
_KARAKALPAK_LETTERS: Final = re.compile("[aognu][\u2019\u02bc\u0027]", re.IGNORECASE)

OTHER_ALPHABET: Final = "Karakalpak by label, in letters of the Kazakh Wikipedia's alphabet alone"
APOSTROPHES: Final = "a Kazakh message by label, in Karakalpak's letters with apostrophes"
TWO_LABELS: Final = "the same text under labels of two languages"
REPEATED: Final = "the same text under the same label again"


def doubts(rows: Sequence[Row]) -> dict[int, str]:
    """Why a row is in doubt, by its number; a row without a number here is in none."""
    languages: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        languages[_plain(row.text)].add(language_of(row.label))
    seen: set[tuple[str, str]] = set()
    found: dict[int, str] = {}
    for number, row in enumerate(rows):
        for reason in _reasons(row, languages[_plain(row.text)], seen):
            found.setdefault(number, reason)
        seen.add((row.label, _plain(row.text)))
    return found


def _reasons(row: Row, languages: set[str], seen: set[tuple[str, str]]) -> Iterator[str]:
    if row.label == "kaa_Latn" and _KAZAKH_LETTERS.search(row.text):
        yield OTHER_ALPHABET
    if row.label == "kaz_Latn" and _KARAKALPAK_LETTERS.search(row.text):
        yield APOSTROPHES
    if len(languages) > 1:
        yield TWO_LABELS
    if (row.label, _plain(row.text)) in seen:
        yield REPEATED


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
