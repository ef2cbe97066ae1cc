"""One page of HTML looked at alone, for the command line and for people who write sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Draft, Drop
from kaz_cleaning.explain import Step, explain
from kaz_cleaning.killable import Stopped, run_killable
from kaz_cleaning.language import LanguageModel
from kaz_cleaning.model_choice import check_model, chosen_model
from kaz_cleaning.page import (
    LONGEST_SHOWN,
    NO_ADDRESS,
    address_of,
    plausible_date,
    read_document,
    take_glance,
    why_foreign,
)
from kaz_cleaning.refining import refine
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What cleaning makes of a page; `text` is there also when a later rule drops the page."""

    kept: bool
    reason: str | None
    """The rule that drops it and what it measured, as `rule: value`."""
    text: str | None
    title: str | None
    date: str | None
    """ISO 8601."""
    language: str | None
    script: str | None
    score: float | None
    """Share of the text that is Kazakh."""
    steps: tuple[Step, ...] = ()
    """Every decision on the way; empty unless an explanation was asked for."""


def examine(
    body: bytes,
    *,
    url: str = "",
    declared: str | None = None,
    facts: SourceFacts,
    config: CleaningConfig,
    model: LanguageModel,
    explained: bool = False,
) -> Examined:
    """Clean the bytes of one page; `declared` is the charset or Content-Type it was sent with."""
    draft = Draft(page=_page(body, url, declared), facts=facts)
    dropped: Drop | None = None
    try:
        # a page that the gate would end is read all the same: whoever asks wants to see its text
        read_document(draft, partial(take_glance, draft, model) if config.language_gate else None)
        refine(draft, config, model)
        _check_address(draft)
    except Drop as drop:
        dropped = drop
    dropped = why_foreign(draft) or dropped
    return _examined(draft, dropped, tuple(explain(draft, dropped, config)) if explained else ())


def _check_address(draft: Draft) -> None:
    """Raise Drop for an address that the stage would refuse; a file without one may have none."""
    draft.address = address_of(draft)
    if draft.page.url and draft.address is None:
        raise Drop(NO_ADDRESS, draft.page.url[:LONGEST_SHOWN])


def examine_files(
    bodies: Iterable[bytes],
    *,
    url: str = "",
    explained: bool = False,
    config: CleaningConfig | None = None,
) -> Iterator[dict[str, Any]]:
    """Examine pages that come without a source file, one result a page, in order.

    Each is worked on in a process that is stopped at `CleaningConfig.page_timeout`.
    """
    facts, config = SourceFacts(id="file"), config or CleaningConfig()
    check_model(config.language_model)
    jobs = ((body, url, facts, config, explained) for body in bodies)
    ready = partial(chosen_model, config.language_model)
    for outcome in run_killable(
        _examine_one, jobs, config.workers, config.page_timeout, ready=ready
    ):
        yield asdict(outcome if isinstance(outcome, Examined) else _stopped(outcome))


def _examine_one(
    body: bytes, url: str, facts: SourceFacts, config: CleaningConfig, explained: bool
) -> Examined:
    model = chosen_model(config.language_model)
    return examine(body, url=url, facts=facts, config=config, model=model, explained=explained)


def _stopped(stop: Stopped) -> Examined:
    return Examined(
        kept=False,
        reason=f"{stop.rule}: {stop.value}",
        text=None,
        title=None,
        date=None,
        language=None,
        script=None,
        score=None,
    )


def _page(body: bytes, url: str, declared: str | None) -> Page:
    return Page(
        url=url,
        status=200,
        headers={"content-type": declared} if declared else {},
        body=body,
        content_type="text/html",
        retrieved_at=datetime.now(UTC),
        file="",
        offset=0,
    )


def _examined(draft: Draft, drop: Drop | None, steps: tuple[Step, ...]) -> Examined:
    when = plausible_date(draft.extracted.date, draft.page) if draft.extracted else None
    language = draft.language
    return Examined(
        kept=drop is None,
        reason=None if drop is None else _said(drop),
        text=draft.text,
        title=draft.title,
        date=when.isoformat() if when else None,
        language=language.label if language else None,
        script=language.script if language else None,
        score=round(language.kazakh_share, 4) if language else None,
        steps=steps,
    )


def _said(drop: Drop) -> str:
    return drop.rule if drop.value is None else f"{drop.rule}: {drop.value}"
