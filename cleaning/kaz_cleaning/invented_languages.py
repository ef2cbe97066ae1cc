"""Languages that do not exist, so that what the model does not know is not taken for Kazakh.

A softmax over known languages gives each text to one of them, often for sure. It is shown words
whose letters are exchanged, vowels for vowels and consonants for consonants: the alphabet is one
that it knows, the n-grams are nobody's. They are labelled `und_Cyrl`, `und_Latn` and `und_Arab`.
No language is exchanged into another on purpose; that a rare word comes out is no harm.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kaz_cleaning.language_labels import UNKNOWN
from kaz_cleaning.training_text import SEED

_SPANS: Final[Mapping[str, int]] = {"Cyrl": 24_000, "Latn": 12_000, "Arab": 4_000}
_SPANS_A_LANGUAGE: Final = 20
_LEAST_EXCHANGED: Final = 0.3
"""Share of a language's letters."""
_VOWELS: Final = frozenset("аеёиоуыэюяәөүұіӧӱӑӗӕaeiouyäöüıáóúéõāīūاوىەۆۇۋېۈ")
_MARKS: Final = frozenset(" '-")


def invented_spans(
    known: Mapping[str, Sequence[str]], share: float = 1.0
) -> Iterator[tuple[str, str]]:
    """Spans of invented languages out of the prepared words by label."""
    for script, spans in _SPANS.items():
        chance = random.Random(f"{SEED}/{UNKNOWN}/{script}")  # noqa: S311 (the same every time)
        labels = sorted(label for label in known if label.endswith(script))
        for _ in range(round(share * spans / _SPANS_A_LANGUAGE) if labels else 0):
            origin = known[chance.choice(labels)]
            words = [chance.choice(origin) for _ in range(_SPANS_A_LANGUAGE)]
            exchange = _exchange(words, chance)
            yield from ((f"{UNKNOWN}_{script}", text.translate(exchange)) for text in words)


def _exchange(words: Sequence[str], chance: random.Random) -> dict[int, str]:
    """Which letter is written for which, in one invented language."""
    letters = sorted(set("".join(words)) - _MARKS)
    share = chance.uniform(_LEAST_EXCHANGED, 1)
    table: dict[int, str] = {}
    for kind in (True, False):
        moved = [x for x in letters if (x in _VOWELS) == kind and chance.random() < share]
        table |= {ord(a): b for a, b in zip(moved, _shuffled(moved, chance), strict=True)}
    return table


def _shuffled(letters: Sequence[str], chance: random.Random) -> list[str]:
    return chance.sample(letters, len(letters))
