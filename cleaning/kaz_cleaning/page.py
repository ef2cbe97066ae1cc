"""One page to one row, or to the rule that dropped it: the order of all that cleaning does.

status → content type → rights → charset → extraction → normalisation → language → quality →
personal data → address and identifier. Each step adds to a draft or drops it, naming itself and
what it measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from kaz_cleaning.charset import decode
from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Draft, Drop, Dropped, Kept
from kaz_cleaning.extraction import extract_tree
from kaz_cleaning.html_tree import MOST_BYTES, UnsafePage, parse_html, refuse_long, sniff_binary
from kaz_cleaning.language import LanguageModel
from kaz_cleaning.language_gate import glance_all
from kaz_cleaning.metadata import page_address
from kaz_cleaning.normalise import normalise
from kaz_cleaning.page_kind import why_no_article
from kaz_cleaning.refining import refine_all
from kaz_cleaning.rights import read_rights
from kaz_cleaning.text_record import is_text_record, read_text
from kaz_datasets.identity import document_id, host_of
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page
from kaz_datasets.words import count_words

_HTML_TYPES: Final = ("text/html", "application/xhtml+xml", "")
_CREDIT: Final = ("CC-BY", "https://creativecommons.org/licenses/by")
"""Licences that ask for the author's name: CC BY 4.0, section 3(a)(1)(A)(i), and its kin."""
_LONGEST_AUTHOR: Final = 300
NO_ADDRESS: Final = "not-a-web-address"
LONGEST_SHOWN: Final = 200
_CLOCK_SKEW: Final = timedelta(days=2)


def clean_page(
    page: Page, facts: SourceFacts, config: CleaningConfig, model: LanguageModel
) -> Kept | Dropped:
    """Make a document of a page, or say which rule it failed."""
    return clean_pages([page], facts, config, model)[0]


def clean_pages(
    pages: Sequence[Page], facts: SourceFacts, config: CleaningConfig, model: LanguageModel
) -> list[Kept | Dropped]:
    """The outcome of each page, in order: what `clean_page` says, many times faster."""
    drafts = [Draft(page=page, facts=facts) for page in pages]
    markups = [_attempt(draft, _open) for draft in drafts]
    if config.language_gate:
        _look(drafts, markups, model)
    for number, draft in enumerate(drafts):
        _attempt(draft, _read, markups[number])
        markups[number] = None
        draft.tree = None  # many times the page's size, and nothing asks for it any more
    refine_all([draft for draft in drafts if draft.drop is None], config, model)
    return [page_outcome(draft) for draft in drafts]


def _attempt(draft: Draft, step: Callable[..., str | None], *more: str | None) -> str | None:
    """What `step` answers; its decision against the page is left in the draft."""
    try:
        return None if draft.drop is not None else step(draft, *more)
    except Drop as drop:
        draft.drop = drop
        return None


def _open(draft: Draft) -> str | None:
    check_response(draft.page)
    return open_document(draft)


def _look(drafts: Sequence[Draft], markups: Sequence[str | None], model: LanguageModel) -> None:
    """Ask the language gate for all pages that have markup."""
    asked = [(draft, markup) for draft, markup in zip(drafts, markups, strict=True) if markup]
    glances = glance_all([markup for _, markup in asked], model)
    for (draft, _), glance in zip(asked, glances, strict=True):
        draft.glance = glance
        draft.drop = why_foreign(draft)


def _read(draft: Draft, markup: str | None) -> None:
    if markup is not None:
        read_markup(draft, markup)
    draft.address = address_of(draft)


def address_of(draft: Draft) -> str | None:
    """The page's canonical address, or None where it has no web address."""
    try:
        return page_address(draft.tree, draft.page.url)
    except ValueError:
        return None  # only a page that passes all else is dropped for it


def page_outcome(draft: Draft) -> Kept | Dropped:
    """The row of a draft that went through all steps, or what dropped it."""
    url = draft.page.url
    if draft.drop is not None:
        return Dropped(draft.drop.rule, draft.drop.value, None, url or None)
    if draft.address is None:
        return Dropped(NO_ADDRESS, url[:LONGEST_SHOWN], None, url or None)
    return Kept(_row(draft, draft.address))


def check_response(page: Page) -> None:
    """Raise Drop for what the server did not call a page."""
    if page.status != 200:
        raise Drop("http-status", str(page.status))
    if page.content_type not in _HTML_TYPES and not is_text_record(page):
        raise Drop("not-html", page.content_type)


def read_document(draft: Draft, gate: Callable[[str], None] | None = None) -> None:
    """Bytes to the page's own text, title and rights. Raises Drop.

    `gate` sees the decoded markup before it is parsed, and may raise Drop.
    """
    markup = open_document(draft)
    if markup is not None:
        if gate is not None:
            gate(markup)
        read_markup(draft, markup)


def open_document(draft: Draft) -> str | None:
    """The decoded markup of a page; None for a record of text, which is read. Raises Drop."""
    page = draft.page
    if not page.body.strip():
        raise Drop("no-article", "empty page")
    if (media_type := sniff_binary(page.body)) is not None:
        raise Drop("not-html", f"{media_type} by its content")
    _refuse_training(draft, None)
    if is_text_record(page):
        _take_text(draft)
        return None
    if len(page.body) > MOST_BYTES:
        raise Drop("unsafe-html", f"{len(page.body)} bytes of markup")
    decoded = decode(page.body, page.headers.get("content-type"), draft.facts.encoding)
    draft.charset = f"{decoded.encoding}: {decoded.reason}"
    try:
        refuse_long(decoded.text)
    except UnsafePage as refusal:
        raise Drop("unsafe-html", str(refusal)) from refusal
    return decoded.text


def read_markup(draft: Draft, markup: str) -> None:
    """The text, title and rights of decoded markup. Raises Drop."""
    page = draft.page
    try:
        draft.tree = parse_html(markup)
    except UnsafePage as refusal:
        raise Drop("unsafe-html", str(refusal)) from refusal
    _refuse_training(draft, draft.tree)
    if draft.tree is not None:
        draft.extracted = extract_tree(draft.tree, page.url, draft.facts, page.retrieved_at)
    if draft.extracted is None:
        raise Drop("no-article", "no text")
    draft.text, draft.title = draft.extracted.text, draft.extracted.title
    draft.no_article = why_no_article(draft.tree, draft.text, draft.title, page.url)
    if draft.no_article is not None:
        raise Drop("no-article", draft.no_article)


def take_glance(draft: Draft, model: LanguageModel, markup: str) -> None:
    """Look at the language of a page's markup, and leave what was seen in the draft."""
    (draft.glance,) = glance_all([markup], model)


def why_foreign(draft: Draft) -> Drop | None:
    """The language gate's decision, or None for what goes on."""
    seen = draft.glance
    return Drop("language-gate", str(seen)) if seen is not None and seen.is_foreign else None


def _take_text(draft: Draft) -> None:
    draft.extracted = read_text(draft.page, draft.facts.encoding)
    if draft.extracted is None:
        raise Drop("no-article", "no text")
    draft.text, draft.title = draft.extracted.text, draft.extracted.title


def _refuse_training(draft: Draft, tree: Any | None) -> None:
    draft.rights = read_rights(draft.page.headers, tree, draft.page.facts.signals)
    if draft.rights.refuses_training:
        raise Drop("no-ai-training", draft.rights.refusal)


def _row(draft: Draft, address: str) -> dict[str, Any]:
    page, facts, extracted = draft.page, draft.facts, draft.extracted
    language, text, rights = draft.language, draft.text, draft.rights
    if extracted is None or language is None or text is None or rights is None:
        raise AssertionError("a page is kept only after every step has filled its draft")
    licence = extracted.licence or facts.licence
    return {
        "id": document_id(address, text),
        "text": text,
        "title": draft.title,
        "author": _credited(extracted.author, licence),
        "url": address,
        "host": host_of(address),
        "source": facts.id,
        "kind": facts.kind,
        "licence": licence,
        "rights": {"basis": facts.basis, "signals": rights.signals},
        "published_at": plausible_date(extracted.date, page),
        "retrieved_at": page.retrieved_at,
        "script": language.script,
        "language_score": language.kazakh_share,
        "words": count_words(text) if draft.masked else int(draft.quality["words"]),
        "characters": len(text),
        "quality": draft.quality,
        "cluster_id": None,
        "cluster_size": None,
        "masked": draft.masked,
        "repaired": draft.repaired,
        "warc_file": page.file,
        "warc_offset": page.offset,
        "extractor": extracted.extractor,
        "charset": draft.charset,
        "added_in": None,
    }


def _credited(author: str | None, licence: str | None) -> str | None:
    """The author, where the licence asks for credit; elsewhere a name is personal data."""
    if author is None or licence is None or not licence.startswith(_CREDIT):
        return None
    return normalise(author[:_LONGEST_AUTHOR]).text or None


def plausible_date(stated: date | None, page: Page) -> date | None:
    """A date of publication that is not after the page was fetched."""
    if stated is None or stated > (page.retrieved_at + _CLOCK_SKEW).date():
        return None
    return stated
