"""What language identification answers, and how a document's verdict comes from its stretches.

`LanguageModel` is the interface; `own_model` and `fasttext_model` are behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

UNKNOWN: Final = "und"
"""ISO 639-3 for "undetermined"."""

UNKNOWN_SCRIPT: Final = "Zyyy"
"""ISO 15924 for "undetermined": no letters, or none of the scripts has the majority."""

KAZAKH: Final = "kaz_"
"""What the labels of Kazakh begin with, whatever its script."""

THRESHOLD: Final = 0.5
"""Below it two languages are as likely as one."""

MIXED_SHARE: Final = 0.1
"""A text is mixed where both Kazakh and another language have more of its letters than this."""

CONTEXT_SHARE: Final = 0.5
"""A doubtful Kazakh stretch is believed among sure Kazakh ones with more than this share."""


@dataclass(frozen=True)
class Label:
    """Language and script of one text, as `kaz_Cyrl`, or `und`; score is its probability."""

    label: str
    score: float


@dataclass(frozen=True)
class Stretch:
    """About a sentence: `text[start:end]`, its letters and what they are in.

    `kazakh` is the share of its letters in Kazakh words; between 0 and 1 only where Kazakh and
    Russian alternate inside the sentence. `doubtful` is a label too unsure to stand alone.
    """

    start: int
    end: int
    letters: int
    label: Label
    kazakh: float
    doubtful: bool = False


@dataclass(frozen=True)
class Language:
    """What a whole document is in.

    `label` is the one with most letters, `score` its stretches' mean probability, `script` an
    ISO 15924 code, `kazakh_share` the share of letters in Kazakh words of any script,
    `unknown_share` that in no known language, `mixed` that Kazakh shares it with another one.
    """

    label: str
    score: float
    script: str
    kazakh_share: float
    mixed: bool
    unknown_share: float = 0.0


@dataclass(frozen=True)
class Tally:
    """Letters of a text by language: `kazakh` in Kazakh words, the doubtful ones too, `other` in
    words of other known languages, of which `label` is the commonest."""

    kazakh: float
    other: int
    label: str


class LanguageModel(Protocol):
    """Anything that tells languages apart, line by line and document by document."""

    @property
    def labels(self) -> Sequence[str]:
        """All that it may answer, but for `und`; ISO 639-3 and ISO 15924, as `kaz_Cyrl`."""
        ...

    def identify(self, texts: Sequence[str]) -> list[Label]:
        """One label a text, in order; meant for a line, a sentence or a paragraph each."""
        ...

    def stretches(self, text: str) -> list[Stretch]:
        """The stretches of a document, in order; what has no letters is in none."""
        ...

    def judge(self, text: str) -> Language:
        """The document's verdict, by its stretches' labels and letters."""
        ...

    def judge_all(self, texts: Sequence[str]) -> list[Language]:
        """The verdict of each document, in order."""
        ...

    def tally_all(self, texts: Sequence[str]) -> list[Tally]:
        """The letters of each text by language, in order: for a look without a verdict."""
        ...


def tally(stretches: Sequence[Stretch]) -> Tally:
    """Count the letters of a text's stretches."""
    letters: Counter[str] = Counter()
    kazakh = 0.0
    for stretch in stretches:
        label = stretch.label.label
        ours = stretch.letters * stretch.kazakh
        kazakh += ours
        if label != UNKNOWN and not label.startswith(KAZAKH):
            letters[label] += stretch.letters - round(ours)
    label = max(sorted(letters), key=letters.__getitem__) if letters else UNKNOWN
    return Tally(kazakh, letters.total(), label)


def weigh(stretches: Sequence[Stretch], script: str = UNKNOWN_SCRIPT) -> Language:
    """The verdict over a document's stretches; `script` is said where the language is unknown."""
    trust = _is_kazakh_context(stretches)
    letters: Counter[str] = Counter()
    certainty: Counter[str] = Counter()
    kazakh = 0.0
    for stretch in stretches:
        label = stretch.label.label if trust or not stretch.doubtful else UNKNOWN
        letters[label] += stretch.letters
        certainty[label] += stretch.letters * stretch.label.score  # type: ignore[assignment]
        kazakh += stretch.letters * stretch.kazakh if label != UNKNOWN else 0
    total = letters.total()
    if not total:
        return Language(UNKNOWN, 0.0, UNKNOWN_SCRIPT, 0.0, mixed=False)
    best = min(letters, key=lambda label: (-letters[label], label == UNKNOWN, label))
    share, unknown = kazakh / total, letters[UNKNOWN] / total
    return Language(
        label=best,
        score=round(certainty[best] / letters[best], 6),
        script=script if best == UNKNOWN else best.rpartition("_")[2],
        kazakh_share=share,
        mixed=share > MIXED_SHARE and 1 - share - unknown > MIXED_SHARE,
        unknown_share=unknown,
    )


def _is_kazakh_context(stretches: Sequence[Stretch]) -> bool:
    sure = [stretch for stretch in stretches if not stretch.doubtful]
    known = sum(stretch.letters for stretch in sure if stretch.label.label != UNKNOWN)
    kazakh = sum(stretch.letters * stretch.kazakh for stretch in sure)
    return kazakh > CONTEXT_SHARE * known > 0
