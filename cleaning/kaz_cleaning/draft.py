"""A page on its way to a row: what the steps have found so far, and what may come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kaz_cleaning.extraction import Extracted
from kaz_cleaning.language_gate import Glance
from kaz_cleaning.language_labels import Language
from kaz_cleaning.rights import Rights
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page


@dataclass(frozen=True)
class Kept:
    """A page that became a document: one row of `kaz_datasets.record.SCHEMA`."""

    row: dict[str, Any]


@dataclass(frozen=True)
class Dropped:
    """A page that did not: the rule, what it measured, and the document's id once it had one."""

    rule: str
    value: str | None
    id: str | None
    url: str | None


class Drop(Exception):  # a decision on its way up, not a failure
    """A step's decision that the page goes no further."""

    def __init__(self, rule: str, value: str | None = None) -> None:
        super().__init__(rule, value)
        self.rule = rule
        self.value = value


@dataclass(kw_only=True)
class Draft:
    """What is known of a page so far; the steps fill it in order."""

    page: Page
    facts: SourceFacts
    rights: Rights | None = None
    charset: str | None = None
    """What the page was decoded from, and why."""
    glance: Glance | None = None
    """What the language gate saw; None where it was not asked."""
    tree: Any = None
    """The parsed markup, as long as a step may ask for it."""
    address: str | None = None
    """The canonical address; None where the page has no web address."""
    extracted: Extracted | None = None
    no_article: str | None = None
    """What the page is instead of an article."""
    text: str | None = None
    title: str | None = None
    repaired: dict[str, int] = field(default_factory=dict)
    masked: dict[str, int] = field(default_factory=dict)
    language: Language | None = None
    quality: dict[str, float] = field(default_factory=dict)
    drop: Drop | None = None
    """The decision that ended the page, once one has."""
