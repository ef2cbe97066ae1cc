"""What cleaning decided about one page, step by step: each decision, its value, its threshold.

Made from the draft after the work, so that the stage itself pays nothing for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kaz_cleaning import language_gate
from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Draft, Drop
from kaz_cleaning.foreign import CUT_NAME
from kaz_cleaning.html_tree import MAX_CHARACTERS, MAX_DEPTH, MAX_ELEMENTS, shape_of
from kaz_cleaning.language_decision import language_checks
from kaz_cleaning.language_labels import Language
from kaz_cleaning.normalise import LOOK_ALIKES
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
    """The steps that a page went through, in order; the first that says `drop` decided."""
    steps = list(_steps(draft, config))
    if drop is None:
        return [*steps, *_of_later_stages()]
    if not any(step.step == drop.rule and step.decision == DROP for step in steps):
        steps.append(Step(step=drop.rule, decision=DROP, value=drop.value or ""))
    return steps


def _steps(draft: Draft, config: CleaningConfig) -> Iterator[Step]:
    yield _noted("response", f"{draft.page.status} {draft.page.content_type}")
    if draft.rights is not None:
        yield _noted("rights", ", ".join(draft.rights.signals) or "nothing stated")
    if draft.charset is not None:
        yield _noted("charset", draft.charset)
    yield from _of_gate(draft, config)
    if draft.tree is not None:
        yield from _of_tree(draft)
    if draft.language is not None:
        yield from _of_repairs(draft, config)
        yield from _of_language(draft.language, config)
        yield from _of_rules(draft, config)
        yield _noted("personal-data", _counts(draft.masked) or "none found")


def _of_gate(draft: Draft, config: CleaningConfig) -> Iterator[Step]:
    if draft.glance is not None:
        decision = DROP if draft.glance.is_foreign else HELD
        yield Step(
            step="language-gate",
            decision=decision,
            value=str(draft.glance),
            threshold=language_gate.THRESHOLD,
        )
    elif draft.charset is not None and not config.language_gate:
        yield _noted("language-gate", "switched off")


def _of_later_stages() -> Iterator[Step]:
    """What one page cannot show, said so that nobody looks for it in vain."""
    yield _noted("repeated-passages", "seen only beside the host's other pages, by a build")
    yield _noted("near-duplicates", "seen only beside all other documents, by a build")


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
    yield Step(
        step="link-share", decision=NOTE, value=_number(share), threshold=f"≤ {LINKS_OF_LIST:g}"
    )
    yield Step(
        step="no-article",
        decision=DROP if draft.no_article else HELD,
        value=draft.no_article or "an article",
        threshold="no list of links, front, log-in or error page, and some prose",
    )
    for name, value in (
        ("title", extracted.title),
        ("author", extracted.author),
        ("date", extracted.date),
        ("licence", extracted.licence),
    ):
        yield _noted(name, str(value) if value else "not stated")


def _of_repairs(draft: Draft, config: CleaningConfig) -> Iterator[Step]:
    counts = dict(draft.repaired)
    look_alikes, cut = counts.pop(LOOK_ALIKES, 0), counts.pop(CUT_NAME, 0)
    yield _noted("look-alikes", f"{look_alikes} letters written in Cyrillic again")
    yield _noted("normalisation", _counts(counts) or "nothing else to repair")
    kept = "kept by configuration" if config.foreign_paragraphs == "keep" else f"{cut} cut"
    yield _noted("foreign-paragraphs", f"characters {kept}" if cut else kept)


def _of_language(language: Language, config: CleaningConfig) -> Iterator[Step]:
    for check in language_checks(language, config):
        yield Step(
            step=check.rule,
            decision=HELD if check.holds else DROP,
            value=check.value,
            threshold=check.threshold,
        )
        if not check.holds:
            return


def _of_rules(draft: Draft, config: CleaningConfig) -> Iterator[Step]:
    """Rules in the order in which they are asked, then what no rule of this set asks for."""
    script = draft.language.script if draft.language else ""
    asked = {
        rule.name: rule.range
        for rule in rules_of(config.rules)
        if rule.name in draft.quality and (not rule.scripts or script in rule.scripts)
    }
    for name, limits in asked.items():
        value = draft.quality[name]
        decision = HELD if limits.holds(value) else DROP
        yield Step(step=name, decision=decision, value=_number(value), threshold=_range(limits))
    for name, value in draft.quality.items():
        if name not in asked:
            yield _noted(name, _number(value))


def _range(asked: Range) -> str:
    least = "" if asked.least == -math.inf else f"≥ {_number(asked.least)}"
    most = "" if asked.most == math.inf else f"≤ {_number(asked.most)}"
    return ", ".join(filter(None, (least, most)))


def _noted(step: str, value: str) -> Step:
    return Step(step=step, decision=NOTE, value=value)


def _number(value: float) -> str:
    return f"{value:.{_LONGEST_NUMBER}g}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
