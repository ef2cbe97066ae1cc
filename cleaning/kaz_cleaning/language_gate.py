"""A look at a page's language before the expensive extraction: clearly foreign pages end here.

Most pages that a crawl of Kazakh sites meets are Russian twins, menus in three languages and
foreign links. The gate only drops a page with plenty of text in known languages and almost none of
it Kazakh, wherever on the page; every doubt goes on to the extractor.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.language_labels import KAZAKH, UNKNOWN, LanguageModel
from kaz_cleaning.visible_text import visible_text

FEWEST_LETTERS: Final = 400
"""Of known languages; a page with less tells too little. An article has some 1,500."""
MOST_KAZAKH_LETTERS: Final = 300
"""An article worth keeping has more; the menus and footers of a Russian twin have fewer."""
MOST_KAZAKH_SHARE: Final = 0.05
_SHORTEST_LINE: Final = 30
"""Characters; shorter lines are menus and captions."""
_LARGEST_SAMPLE: Final = 20_000
"""Characters looked at; of a longer page every second, third, … line."""
_PIECE: Final = 300
_FIRST_LOOK: Final = 1_500
"""Characters that are read first: a Kazakh article shows itself there."""


@dataclass(frozen=True)
class Glance:
    """Letters of prose on a page: in Kazakh, in other known languages, and the commonest label."""

    kazakh: int
    other: int
    label: str

    @property
    def is_foreign(self) -> bool:
        """True for a page that is clearly not Kazakh."""
        return (
            self.other >= FEWEST_LETTERS
            and self.kazakh <= MOST_KAZAKH_LETTERS
            and self.kazakh <= MOST_KAZAKH_SHARE * (self.kazakh + self.other)
        )

    def __str__(self) -> str:
        return f"{self.label}, {self.kazakh} of {self.kazakh + self.other} letters Kazakh"


THRESHOLD: Final = (
    f"foreign from {FEWEST_LETTERS} foreign letters on, with at most {MOST_KAZAKH_LETTERS} and"
    f" {100 * MOST_KAZAKH_SHARE:g} % Kazakh"
)
"""`Glance.is_foreign` in words."""


def glance(markup: str, model: LanguageModel) -> Glance:
    """Count the letters of a page's prose by language; the doubtful count as Kazakh.

    Where the first lines hold Kazakh enough, no more of them are read.
    """
    sample = _sample(visible_text(markup))
    end = sample.rfind("\n", 0, _FIRST_LOOK)
    if end > 0 and (first := _count(sample[:end], model)).kazakh > MOST_KAZAKH_LETTERS:
        return first
    return _count(sample, model)


def _count(sample: str, model: LanguageModel) -> Glance:
    letters: Counter[str] = Counter()
    kazakh = 0.0
    for stretch in model.stretches(sample):
        label = stretch.label.label
        ours = stretch.letters * stretch.kazakh
        kazakh += ours
        if label != UNKNOWN and not label.startswith(KAZAKH):
            letters[label] += stretch.letters - round(ours)
    label = max(sorted(letters), key=letters.__getitem__) if letters else UNKNOWN
    return Glance(round(kazakh), letters.total(), label)


def _sample(text: str) -> str:
    lines = [line for line in text.split("\n") if len(line.strip()) >= _SHORTEST_LINE]
    size = sum(map(len, lines))
    if size <= _LARGEST_SAMPLE:
        return "\n".join(lines)
    # a whole article may be one line: it is sampled in pieces, like lines of its own
    pieces = [line[at : at + _PIECE] for line in lines for at in range(0, len(line), _PIECE)]
    return "\n".join(pieces[:: 1 + size // _LARGEST_SAMPLE])
