"""Whether a document's language is the corpus's: the one place where that is decided.

The stage asks for the first check that fails, an explanation shows them all: they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.language_labels import KAZAKH, Language

LANGUAGE: Final = "language"
MIXED: Final = "mixed-language"


@dataclass(frozen=True)
class Check:
    """One question to a document: the rule that drops it, whether it holds, value, threshold."""

    rule: str
    holds: bool
    value: str
    threshold: str


def language_checks(language: Language, config: CleaningConfig) -> Iterator[Check]:
    """The questions in the order in which they are asked."""
    share, most = language.kazakh_share, config.max_foreign_share
    other = max(1 - share - language.unknown_share, 0.0)
    yield Check(
        MIXED,
        share <= most or other <= most,
        f"{share:.2f} Kazakh, {other:.2f} foreign, most {language.label}",
        f"not both above {most:g}",
    )
    least = config.min_language_score
    yield Check(
        LANGUAGE,
        language.label.startswith(KAZAKH) and language.score >= least,
        f"{language.label} {language.score:.2f}",
        f"{KAZAKH}… ≥ {least:g}",
    )
    yield Check(
        MIXED,
        share >= config.min_kazakh_share,
        f"{share:.2f} Kazakh",
        f"≥ {config.min_kazakh_share:g}",
    )


def failed_check(language: Language, config: CleaningConfig) -> Check | None:
    """The first check that fails, or None for a document that is Kazakh."""
    return next((check for check in language_checks(language, config) if not check.holds), None)
