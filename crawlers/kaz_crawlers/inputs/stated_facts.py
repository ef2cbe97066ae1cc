"""The facts of one text, as its header or its line of JSON states them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote

from kaz_datasets.record_facts import RecordFacts

EXTRACTOR: Final = "text"


def record_facts(values: Mapping[str, Any]) -> RecordFacts:
    """Title, date, licence, author, language; a value that is no text is as good as absent."""
    return RecordFacts(
        title=_text(values, "title"),
        published_at=_date(_text(values, "date") or _text(values, "published_at")),
        licence=_text(values, "licence") or _text(values, "license"),
        author=_text(values, "author"),
        language=_text(values, "language"),
        extractor=_text(values, "extractor") or EXTRACTOR,
    )


def address_of(values: Mapping[str, Any], homepage: str, name: str, line: int | None) -> str | None:
    """The text's own address, else one below the collection's homepage; None without both."""
    stated = _text(values, "url")
    if stated is not None:
        return stated if stated.startswith(("https://", "http://")) else None
    if not homepage.startswith(("https://", "http://")):
        return None
    place = f"{homepage.rstrip('/')}/{quote(name)}"
    return place if line is None else f"{place}?line={line}"


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return " ".join(value.split())[:2000] or None if isinstance(value, str) else None


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None


def now() -> datetime:
    """The moment from which a text is kept here."""
    return datetime.now(UTC)
