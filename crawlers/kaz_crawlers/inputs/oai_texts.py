"""A journal's catalogue record to a text: its title and abstract in Kazakh, with their facts."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from urllib.parse import quote

from kaz_crawlers.inputs.oai_records import OaiRecord
from kaz_crawlers.inputs.text_archive import Skipped, TextDocument
from kaz_datasets.record_facts import RecordFacts

_KAZAKH: Final = re.compile(r"(?:kk|kaz|qaz|kz)(?:[-_].*)?|kazakh|қазақ.*|казах.*", re.IGNORECASE)
"""ISO 639-1 and -2, what catalogues write instead, and names of the language."""
_KAZAKH_LETTERS: Final = re.compile("[әғқңөұүһ]", re.IGNORECASE)
_FULL_TEXT: Final = re.compile(r"\.pdf(?:$|\?)|/download/|/article/view/\d+/\d+", re.IGNORECASE)
_MOST_FULL_TEXTS: Final = 10


def to_document(record: OaiRecord, base: str, moment: datetime) -> TextDocument | Skipped:
    """The text of a record, or the rule that skipped it.

    Rules: `deleted`, `no-language` (nothing says in which language it is), `not-kazakh-record`,
    `empty` (Kazakh, but without a title and an abstract).
    """
    url = _address(record, base)
    if record.deleted:
        return Skipped(rule="deleted", url=url)
    stated = record.texts("language")
    titles, abstracts = _kazakh(record, "title"), _kazakh(record, "description")
    if not titles and not abstracts:
        return _without_text(record, url)
    facts = RecordFacts(
        title=titles[0] if titles else None,
        published_at=_day(record),
        licence=_licence(record),
        author="; ".join(record.texts("creator")) or None,
        language=stated[0][:35] if stated else None,
        extractor="oai_dc",
    )
    return TextDocument(
        url=url,
        text="\n".join(dict.fromkeys([*titles, *abstracts])),
        facts=facts,
        retrieved_at=moment,
        full_texts=_full_texts(record) if _is_kazakh(record) else (),
    )


def _without_text(record: OaiRecord, url: str) -> Skipped:
    languages = sorted({*record.texts("language"), *_marks(record)})
    if not languages:
        return Skipped(rule="no-language", url=url)
    rule = "empty" if _is_kazakh(record) else "not-kazakh-record"
    return Skipped(rule=rule, url=url, value=", ".join(languages)[:200])


def _marks(record: OaiRecord) -> list[str]:
    values = (*record.values("title"), *record.values("description"))
    return [value.language for value in values if value.language]


def _is_kazakh(record: OaiRecord) -> bool:
    return any(_KAZAKH.fullmatch(each.strip()) for each in record.texts("language"))


def _kazakh(record: OaiRecord, name: str) -> list[str]:
    """Values marked as Kazakh; else unmarked ones, of several those with Kazakh letters."""
    values = record.values(name)
    marked = [value.text for value in values if _KAZAKH.fullmatch(value.language)]
    if marked or not _is_kazakh(record):
        return marked
    plain = [value.text for value in values if not value.language]
    return plain if len(plain) == 1 else [text for text in plain if _KAZAKH_LETTERS.search(text)]


def _address(record: OaiRecord, base: str) -> str:
    """The article's page, or the catalogue's own address of the record."""
    stated = (*record.texts("identifier"), *record.texts("source"))
    pages = [each for each in stated if each.startswith(("https://", "http://"))]
    pages.sort(key=lambda each: bool(_FULL_TEXT.search(each)))
    asked = f"verb=GetRecord&metadataPrefix=oai_dc&identifier={quote(record.identifier, safe='')}"
    return pages[0] if pages else f"{base}?{asked}"


def _full_texts(record: OaiRecord) -> tuple[str, ...]:
    stated = (*record.texts("relation"), *record.texts("identifier"))
    found = (each for each in stated if each.startswith(("https://", "http://")))
    return tuple(dict.fromkeys(each for each in found if _FULL_TEXT.search(each)))[
        :_MOST_FULL_TEXTS
    ]


def _day(record: OaiRecord) -> date | None:
    for text in record.texts("date"):
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            continue
    return None


def _licence(record: OaiRecord) -> str | None:
    """The address of a licence; free text about rights names an owner, not a licence."""
    stated = (*record.texts("rights"), *record.texts("license"))
    return next((each for each in stated if each.startswith(("https://", "http://"))), None)
