"""Rules of quality: each measures one thing, and its range decides.

The measures are those of Gopher (Rae et al. 2021, arXiv:2112.11446, table A1) and C4; the limits
are FineWeb-2's for kaz_Cyrl (its configuration kaz_Cyrl.yml) where they stood the test on Kazakh
prose and on texts of law, else our own, said beside each. English defaults misfire: Gopher's
"80 % alphabetic words" counts punctuation as words and rejected 45 % of good Kazakh documents.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from kaz_cleaning.measures import (
    Text,
    alphabetic_words,
    bullet_lines,
    characters_in_repeated_ngrams,
    duplicate_lines,
    ellipsis_lines,
    function_words,
    line_punctuation,
    mean_word_length,
    most_frequent_word,
    symbols_per_word,
    top_ngram,
    word_count,
)


@dataclass(frozen=True, kw_only=True)
class Range:
    """What a measure may be, both ends included."""

    least: float = -math.inf
    most: float = math.inf

    def holds(self, value: float) -> bool:
        """Whether `value` lies inside."""
        return self.least <= value <= self.most


@dataclass(frozen=True, kw_only=True)
class RulesConfig:
    """The range of every measure, by the rule's name with underscores."""

    words: Range = Range(least=50, most=500_000)
    """50: Gopher, FineWeb-2; texts of law too, where fewer are a list entry. Both stop at 100,000
    words, which the longest acts exceed (the military regulations measured 152,000)."""

    mean_word_length: Range = Range(least=3, most=12)
    """FineWeb-2. Kazakh prose measured: 5.5, 6.8, 7.7 (1st, 50th, 99th percentile)."""

    alphabetic_words: Range = Range(least=0.694)
    """FineWeb-2; here punctuation is no word, so prose measures .93 and more."""

    symbols_per_word: Range = Range(most=0.1)
    """Gopher: "#" and "…"."""

    bullet_lines: Range = Range(most=0.9)
    """Gopher."""

    ellipsis_lines: Range = Range(most=0.3)
    """Gopher."""

    function_words: Range = Range(least=2)
    """FineWeb-2, with a list of our own: documents of Kazakh prose measured 5 and more, Russian
    ones 0. Cyrillic only."""

    line_punctuation: Range = Range()
    """Recorded, never decides: FineWeb-2's .176 drops verse, tables and lists in texts of law;
    pages of headlines alone are refused before (`page_kind`)."""

    duplicate_lines: Range = Range(most=0.304)
    """FineWeb-2."""

    duplicate_5_grams: Range = Range(most=0.35)
    """FineWeb-2 has .159; texts of law, which repeat the names of acts and offices, measured .29
    whole and .40 in parts."""

    top_2_gram: Range = Range(most=0.172)
    """FineWeb-2."""

    top_3_gram: Range = Range(most=0.147)
    """FineWeb-2."""

    top_4_gram: Range = Range(most=0.127)
    """FineWeb-2."""

    most_frequent_word: Range = Range(most=0.12)
    """Ours, against pages stuffed with a keyword: share of words that are the commonest one of
    four letters or more. Documents measured up to .065, law in parts up to .10."""


@dataclass(frozen=True)
class Rule:
    """One measure with its range; `scripts` names those that it knows, all if empty."""

    name: str
    measure: Callable[[Text], float]
    range: Range
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Every value measured, by rule, and the first rule whose range does not hold it."""

    values: Mapping[str, float]
    failed: str | None

    @property
    def kept(self) -> bool:
        """Whether all rules held."""
        return self.failed is None


_MEASURES: Final[Mapping[str, Callable[[Text], float]]] = {
    "words": word_count,
    "mean_word_length": mean_word_length,
    "alphabetic_words": alphabetic_words,
    "symbols_per_word": symbols_per_word,
    "bullet_lines": bullet_lines,
    "ellipsis_lines": ellipsis_lines,
    "function_words": function_words,
    "line_punctuation": line_punctuation,
    "duplicate_lines": duplicate_lines,
    "duplicate_5_grams": characters_in_repeated_ngrams(5),
    "top_2_gram": top_ngram(2),
    "top_3_gram": top_ngram(3),
    "top_4_gram": top_ngram(4),
    "most_frequent_word": most_frequent_word,
}
_CYRILLIC_ONLY: Final = ("function_words",)


def rules_of(config: RulesConfig) -> tuple[Rule, ...]:
    """The rules in the order in which they are asked, with their ranges."""
    return tuple(
        Rule(
            name=field.name.replace("_", "-"),
            measure=_MEASURES[field.name],
            range=getattr(config, field.name),
            scripts=("Cyrl",) if field.name in _CYRILLIC_ONLY else (),
        )
        for field in fields(config)
    )


def judge(text: str, script: str, config: RulesConfig) -> Verdict:
    """Ask every rule about a document; a value is recorded whether or not its rule holds.

    The first 100,000 words stand for a longer text, whose length is a rule of its own.
    """
    measured = Text.of(text)
    values: dict[str, float] = {}
    failed: str | None = None
    for rule in rules_of(config):
        if rule.scripts and script not in rule.scripts:
            continue
        value = rule.measure(measured)
        values[rule.name] = value
        if failed is None and not rule.range.holds(value):
            failed = rule.name
    return Verdict(values, failed)
