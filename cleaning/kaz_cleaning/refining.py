"""Texts of many pages made ready together: spelling, language, quality, personal data.

What is asked of a text does not depend on its neighbours; together they are asked in compiled
passes over one buffer, which costs a tenth of asking one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Draft, Drop
from kaz_cleaning.foreign import cut_foreign
from kaz_cleaning.language_decision import failed_check
from kaz_cleaning.language_labels import Language, LanguageModel
from kaz_cleaning.masks import mask_all
from kaz_cleaning.normalise import normalise_all
from kaz_cleaning.rules import judge_all


def refine(draft: Draft, config: CleaningConfig, model: LanguageModel) -> None:
    """Normalise the text, ask for language and quality, mask personal data. Raises Drop."""
    refine_all([draft], config, model)
    if draft.drop is not None:
        raise draft.drop


def refine_all(drafts: Sequence[Draft], config: CleaningConfig, model: LanguageModel) -> None:
    """The same for many drafts at once; a decision is left in the draft that it ends."""
    _normalise(drafts, config, model)
    for draft, language in zip(drafts, model.judge_all(_texts(drafts)), strict=True):
        draft.language = language
        draft.drop = why_not_kazakh(language, config)
    _judge([draft for draft in drafts if draft.drop is None], config)
    # whatever is shown of a page, also of a dropped one, is shown without personal data
    _mask(drafts, config)


def _texts(drafts: Sequence[Draft]) -> list[str]:
    return [draft.text or "" for draft in drafts]


def _normalise(drafts: Sequence[Draft], config: CleaningConfig, model: LanguageModel) -> None:
    titles = normalise_all([draft.title or "" for draft in drafts])
    for draft, text, title in zip(drafts, normalise_all(_texts(drafts)), titles, strict=True):
        draft.text, draft.repaired = text.text, dict(text.repaired)
        draft.title = title.text if draft.title else None
        if config.foreign_paragraphs == "cut":
            cut = cut_foreign(draft.text, model)
            draft.text, draft.repaired = cut.text, draft.repaired | cut.repaired


def why_not_kazakh(language: Language, config: CleaningConfig) -> Drop | None:
    """The decision that a text of this language is dropped, or None."""
    failed = failed_check(language, config)
    return None if failed is None else Drop(failed.rule, failed.value)


def _judge(drafts: Sequence[Draft], config: CleaningConfig) -> None:
    scripts = [draft.language.script if draft.language else "" for draft in drafts]
    verdicts = judge_all(_texts(drafts), scripts, config.rules)
    for draft, verdict in zip(drafts, verdicts, strict=True):
        draft.quality = dict(verdict.values)
        if verdict.failed is not None:
            draft.drop = Drop(verdict.failed, f"{verdict.values[verdict.failed]:.6g}")


def _mask(drafts: Sequence[Draft], config: CleaningConfig) -> None:
    kinds = [draft.facts.kind for draft in drafts]
    titles = mask_all([draft.title or "" for draft in drafts], kinds, config.masks)
    texts = mask_all(_texts(drafts), kinds, config.masks)
    for draft, text, title in zip(drafts, texts, titles, strict=True):
        draft.text, draft.masked = text.text, dict(text.counts)
        draft.title = title.text if draft.title else None
