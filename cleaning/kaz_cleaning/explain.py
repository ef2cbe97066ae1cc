"""What cleaning decided about one page, step by step: each decision, its value, its threshold.

Made from the draft after the work, so that the stage itself pays nothing for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Draft, Drop
from kaz_cleaning.html_tree import MAX_CHARACTERS, MAX_DEPTH, MAX_ELEMENTS, shape_of
from kaz_cleaning.language_labels import Language
from kaz_cleaning.page_kind import LINKS_OF_LIST, link_share
from kaz_cleaning.rules import Range, rules_of

HELD: Final = "pass"
DROP: Final = "drop"
NOTE: Final = "note"
_LONGEST_NUMBER: Final = 6


@dataclass(frozen=True, kw_only=True)
class Step:
    """One look at a page: what was asked, what came out, what was measured, and what it must be."""

    step: str
    decision: str
    """`pass`, `drop`, or `note` where nothing was at stake."""
    value: str
    threshold: str | None = None


def explain(draft: Draft, drop: Drop | None, config: CleaningConfig) -> list[Step]:
    """The steps that a page went through, the one that dropped it marked."""
    steps = list(_steps(draft, config))
    if drop is None:
        return steps
    if not any(step.step == drop.rule and step.decision == DROP for step in steps):
        steps.append(Step(step=drop.rule, decision=DROP, value=drop.value or ""))
    return steps


def _steps(draft: Draft, config: CleaningConfig) -> Iterator[Step]:
    yield _noted("response", f"{draft.page.status} {draft.page.content_type}")
    if draft.rights is not None:
        yield _noted("rights", ", ".join(draft.rights.signals) or "nothing stated")
    if draft.charset is not None:
        yield _noted("charset", draft.charset)
    if draft.tree is not None:
        yield from _of_tree(draft)
    if draft.language is not None:
        yield _noted("normalisation", _counts(draft.repaired) or "nothing to repair")
        yield from _of_language(draft.language, config)
        yield from _of_rules(draft, config)
        yield _noted("personal-data", _counts(draft.masked) or "none found")


def _of_tree(draft: Draft) -> Iterator[Step]:
    elements, depth = shape_of(draft.tree)
    limits = f"elements ≤ {MAX_ELEMENTS}, depth ≤ {MAX_DEPTH}, characters ≤ {MAX_CHARACTERS}"
    yield Step(
        step="markup", decision=HELD, value=f"{elements} elements, {depth} deep", threshold=limits
    )
    extracted = draft.extracted
    if extracted is None:
        return
    yield _noted("extraction", f"{extracted.extractor}: {extracted.because or 'its whole text'}")
    share = link_share(draft.tree, extracted.text)
    yield _held("link-share", share, share <= LINKS_OF_LIST, f"≤ {LINKS_OF_LIST:g}")
    for name, value in (
        ("title", extracted.title),
        ("author", extracted.author),
        ("date", extracted.date),
        ("licence", extracted.licence),
    ):
        yield _noted(name, str(value) if value else "not stated")


def _of_language(language: Language, config: CleaningConfig) -> Iterator[Step]:
    known = language.label.startswith("kaz_") and language.score >= config.min_language_score
    yield Step(
        step="language",
        decision=HELD if known else DROP,
        value=f"{language.label} {language.score:.3f}",
        threshold=f"kaz_… ≥ {config.min_language_score:g}",
    )
    if not known:
        return
    share, most = language.kazakh_share, config.max_foreign_share
    other = 1 - share - language.unknown_share
    yield Step(
        step="mixed-language",
        decision=HELD if share >= config.min_kazakh_share and other <= most else DROP,
        value=f"{share:.2f} Kazakh, {other:.2f} foreign",
        threshold=f"≥ {config.min_kazakh_share:g} Kazakh, ≤ {most:g} foreign",
    )


def _of_rules(draft: Draft, config: CleaningConfig) -> Iterator[Step]:
    script = draft.language.script if draft.language else ""
    asked = {
        rule.name: rule.range
        for rule in rules_of(config.rules)
        if not rule.scripts or script in rule.scripts
    }
    for name, value in draft.quality.items():
        if name in asked:
            yield _held(name, value, asked[name].holds(value), _range(asked[name]))
        else:
            yield _noted(name, _number(value))


def _range(asked: Range) -> str:
    least = "" if asked.least == -math.inf else f"≥ {_number(asked.least)}"
    most = "" if asked.most == math.inf else f"≤ {_number(asked.most)}"
    return ", ".join(filter(None, (least, most)))


def _held(step: str, value: float, holds: bool, threshold: str) -> Step:
    decision = HELD if holds else DROP
    return Step(step=step, decision=decision, value=_number(value), threshold=threshold)


def _noted(step: str, value: str) -> Step:
    return Step(step=step, decision=NOTE, value=value)


def _number(value: float) -> str:
    return f"{value:.{_LONGEST_NUMBER}g}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
