"""All that decides what cleaning keeps, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kaz_cleaning.masks import MaskConfig
from kaz_cleaning.model_choice import ModelChoice
from kaz_cleaning.rules import RulesConfig


@dataclass(frozen=True, kw_only=True)
class CleaningConfig:
    """Settings of the cleaning stage; defaults carry their reason."""

    workers: int = 1
    """Processes that extract. They decide the time, never the outputs. 0 works in this process,
    where a page that a parser chokes on cannot be stopped; so the default is one that can."""

    page_timeout: float = 5.0
    """Seconds of work that a page may take before the system ends its process: the last resort. The
    guards end every hostile page known in less (`make bench-failures`); a law of 3 MB takes 1 s. On
    the clock it may take twice as long, so that a busy machine loses no page that a quiet one
    keeps."""

    language_gate: bool = True
    """Look at a page's language before the extraction, which costs ten times as much, and drop the
    clearly foreign as `language-gate`. What it loses of Kazakh is measured (`make bench-gate`)."""

    language_model: ModelChoice = field(default_factory=ModelChoice)
    """What tells languages apart. Only the own model knows Kazakh in Latin script."""

    min_language_score: float = 0.5
    """Mean probability of the sentences' label; below it two languages are as likely as one."""

    min_kazakh_share: float = 0.7
    """Share of letters in Kazakh words. Terms, names and quotations in Russian are part of
    Kazakh prose; a page that is one third Russian is a bilingual page."""

    max_foreign_share: float = 0.2
    """Share of letters in another known language, beside as much Kazakh, that makes a page a
    bilingual one, whichever of the two has the majority."""

    foreign_paragraphs: Literal["keep", "cut"] = "keep"
    """What becomes of whole paragraphs in another language: a quotation belongs to its text, the
    Russian half of a bilingual page does not. `cut` leaves the Kazakh ones and counts the rest."""

    rules: RulesConfig = field(default_factory=RulesConfig)
    """Which rules of quality decide, and their ranges."""

    masks: MaskConfig = field(default_factory=MaskConfig)
    """What personal data is replaced by, and which types official acts keep."""
