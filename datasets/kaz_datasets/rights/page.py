"""What a page says of its own use: headers, and elements of its markup as pairs of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kaz_datasets.rights import aipref, content_signals, link_header, robots_tag, tdmrep
from kaz_datasets.rights.statement import LONGEST_READ, PRODUCT_TOKEN, Statement, kept


def header_statements(headers: Mapping[str, str]) -> list[Statement]:
    """Statements in response headers; names in lower case, repeated headers joined by commas."""
    found = [
        statement
        for name, value in headers.items()
        for statement in _named("header", name, value[:LONGEST_READ])
    ]
    return kept([*found, *link_header.licences(headers.get("link", "")[:LONGEST_READ])])


def meta_statements(elements: Iterable[tuple[str, str]]) -> list[Statement]:
    """Statements in meta elements, each given by its name (or http-equiv) and its content.

    Content-Usage and Content-Signal are defined for headers only; a page that has them in its
    markup is believed.
    """
    found = [
        statement
        for name, value in elements
        for statement in _named("meta", name.strip().lower(), value[:LONGEST_READ])
    ]
    return kept(list(dict.fromkeys(found)))


def _named(where: str, name: str, value: str) -> Iterator[Statement]:
    if not value.strip():
        return
    if name == aipref.NAME:
        yield aipref.read(where, value)
    elif name == content_signals.NAME:
        yield content_signals.read(where, value)
    elif name == tdmrep.RESERVATION:
        yield tdmrep.read_reservation(where, value)
    elif name == tdmrep.POLICY:
        yield tdmrep.read_policy(where, value)
    elif name in (robots_tag.HEADER, robots_tag.META, PRODUCT_TOKEN) and (
        statement := robots_tag.read(where, name, value)
    ):
        yield statement
