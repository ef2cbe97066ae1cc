"""One page of HTML looked at alone, for the command line and for people who write sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.page import Draft, Drop, plausible_date, read_document, refine
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


def examine(
    body: bytes,
    *,
    url: str = "",
    declared: str | None = None,
    facts: SourceFacts,
    config: CleaningConfig,
    model: LanguageModel,
) -> Examined:
    """Clean the bytes of one page; `declared` is the charset or Content-Type it was sent with."""
    draft = Draft(page=_page(body, url, declared), facts=facts)
    reason = None
    try:
        read_document(draft)
        refine(draft, config, model)
    except Drop as drop:
        reason = drop.rule if drop.value is None else f"{drop.rule}: {drop.value}"
    return _examined(draft, reason)


def examine_files(bodies: Iterable[bytes], *, url: str = "") -> Iterator[dict[str, Any]]:
    """Examine pages that come without a source file, one result a page, in order."""
    facts, config, model = SourceFacts(id="file"), CleaningConfig(), load_model()
    for body in bodies:
        yield asdict(examine(body, url=url, facts=facts, config=config, model=model))


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


def _examined(draft: Draft, reason: str | None) -> Examined:
    when = plausible_date(draft.extracted.date, draft.page) if draft.extracted else None
    language = draft.language
    return Examined(
        kept=reason is None,
        reason=reason,
        text=draft.text,
        title=draft.title,
        date=when.isoformat() if when else None,
        language=language.label if language else None,
        script=language.script if language else None,
        score=round(language.kazakh_share, 4) if language else None,
    )
