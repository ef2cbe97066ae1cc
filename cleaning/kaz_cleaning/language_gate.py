"""A look at a page's language before the expensive extraction: clearly foreign pages end here.

Most pages that a crawl of Kazakh sites meets are Russian twins, menus in three languages and
foreign links. The gate only drops a page with plenty of text in known languages and almost none of
it Kazakh, wherever on the page; every doubt goes on to the extractor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.language_labels import LanguageModel
from kaz_cleaning.visible_text import visible_texts

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
_FIRST_LOOK: Final = 500
"""Characters that are read first, and the rest of their sentence: an article shows itself there.
A page that has Kazakh enough in them has it in all of its text."""


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
    return glance_all([markup], model)[0]


def glance_all(markups: Sequence[str], model: LanguageModel) -> list[Glance]:
    """The same for many pages: their first lines in one call, then all of those that need it."""
    seen = _counted(visible_texts(markups, _FIRST_LOOK, _SHORTEST_LINE), model)
    doubtful = [page for page, found in enumerate(seen) if found.kazakh <= MOST_KAZAKH_LETTERS]
    whole = _counted(visible_texts([markups[page] for page in doubtful]), model)
    for page, found in zip(doubtful, whole, strict=True):
        seen[page] = found
    return seen


def _counted(texts: Sequence[str], model: LanguageModel) -> list[Glance]:
    counted = model.tally_all([_sample(text) for text in texts]) if texts else []
    return [Glance(round(one.kazakh), one.other, one.label) for one in counted]


def _sample(text: str) -> str:
    lines = [line for line in text.split("\n") if len(line.strip()) >= _SHORTEST_LINE]
    size = sum(map(len, lines))
    if size <= _LARGEST_SAMPLE:
        return "\n".join(lines)
    # a whole article may be one line: it is sampled in pieces, like lines of its own
    pieces = [line[at : at + _PIECE] for line in lines for at in range(0, len(line), _PIECE)]
    return "\n".join(pieces[:: 1 + size // _LARGEST_SAMPLE])
