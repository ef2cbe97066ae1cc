"""Wikimedia dumps: Wikipedia, Wikisource, Wiktionary in Kazakh, as XML or as rendered HTML."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from kaz_crawlers.inputs.packed import damage_named, open_packed
from kaz_crawlers.inputs.text_archive import Item, Skipped, TextDocument
from kaz_crawlers.inputs.wiki_words import DISAMBIGUATION, REDIRECT
from kaz_crawlers.inputs.wikimedia_html import EXTRACTOR as HTML_EXTRACTOR
from kaz_crawlers.inputs.wikimedia_html import Article, article_text, read_articles
from kaz_crawlers.inputs.wikimedia_xml import Site, WikiPage, moment, read_xml
from kaz_crawlers.inputs.wikitext import EXTRACTOR as WIKITEXT_EXTRACTOR
from kaz_crawlers.inputs.wikitext import plain_text
from kaz_crawlers.inputs.workers import Broken, Workers
from kaz_datasets.errors import Corrupt
from kaz_datasets.record_facts import RecordFacts

LICENCE: Final = "CC-BY-SA-4.0"
"""Of all text in Wikimedia's wikis since June 2023 (Terms of Use, section 7)."""
LARGEST_TEXT: Final = 2_200_000
"""Characters of markup: MediaWiki refuses texts of more than 2 MiB."""
_LARGEST_HTML: Final = 10_000_000
_SCANNED_PAGES: Final = frozenset({"page", "бет", "парақ"})
"""Names of the namespace in which Wikisource keeps the text of scanned pages."""
_TEMPLATE: Final = re.compile(r"\{\{\s*([^{}|\n]{1,60}?)\s*(?:\||\}\})")
_TITLE_ENDING: Final = re.compile(r"\(([^()]+)\)$")


@dataclass(frozen=True, kw_only=True)
class WikimediaOptions:
    """How dumps are read."""

    workers: int = 1
    timeout: float = 20.0
    """Seconds for one page."""
    retrieved_at: datetime | None = None
    licence: str = LICENCE


@dataclass(frozen=True, kw_only=True)
class Markup:
    """What a worker is given: the markup and what kind it is."""

    text: str
    is_html: bool


def read_dumps(paths: Sequence[Path], options: WikimediaOptions) -> Iterator[Item]:
    """A document, or the rule that skipped it, for every page of every dump, in order.

    Rules: `redirect`, `namespace`, `disambiguation`, `content-model`, `too-large`, `unparsable`,
    `not-json`. Raises NotFound, and Corrupt for a file that is torn or is no dump.
    """
    now = options.retrieved_at or datetime.now(UTC)
    pieces = (piece for path in paths for piece in _pieces(path, options, now))
    workers = Workers(function=to_text, count=options.workers, timeout=options.timeout)
    for item, text in workers.map(pieces):
        yield item if isinstance(item, Skipped) else _with_text(item, text)


def to_text(markup: Markup) -> str:
    """The work of a worker."""
    return article_text(markup.text) if markup.is_html else plain_text(markup.text)


def _with_text(document: TextDocument, text: str | Broken) -> Item:
    if isinstance(text, Broken):
        return Skipped(rule="unparsable", url=document.url, value=text.reason)
    return TextDocument(
        url=document.url, text=text, facts=document.facts, retrieved_at=document.retrieved_at
    )


def _pieces(
    path: Path, options: WikimediaOptions, now: datetime
) -> Iterator[tuple[Any, Markup | None]]:
    if ".tar" in path.suffixes or path.suffix == ".tgz":
        yield from _archived(path, options, now)
        return
    with open_packed(path) as stream:
        if ".ndjson" in path.suffixes or ".json" in path.suffixes:
            yield from _articles(stream, path.name, options, now)
        else:
            yield from _pages(stream, path.name, options, now)


def _archived(
    path: Path, options: WikimediaOptions, now: datetime
) -> Iterator[tuple[Any, Markup | None]]:
    """The members of a tar file, read as a stream: nothing is unpacked onto the disk."""
    found = False
    with (
        open_packed(path) as stream,
        damage_named(path),
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        for member in archive:
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None and member.name.endswith(".ndjson"):
                found = True
                yield from _articles(content, f"{path.name}/{member.name}", options, now)
    if not found:
        raise Corrupt(f"{path} holds no .ndjson file: it is no dump of Wikimedia Enterprise")


def _pages(
    stream: IO[bytes], name: str, options: WikimediaOptions, now: datetime
) -> Iterator[tuple[Any, Markup | None]]:
    site: Site | None = None
    for element in read_xml(stream, name):
        if isinstance(element, Site):
            site = element
            continue
        if site is None:
            raise Corrupt(f"{name} has pages before it says of which wiki: get the file again")
        url = site.address(element.title)
        rule = _why_not(element, site)
        if rule is not None:
            yield Skipped(rule=rule, url=url), None
            continue
        facts = _facts(element.title, element.revised, options.licence, WIKITEXT_EXTRACTOR)
        document = TextDocument(url=url, text="", facts=facts, retrieved_at=now)
        yield document, Markup(text=element.text, is_html=False)


def _why_not(page: WikiPage, site: Site) -> str | None:
    ending = _TITLE_ENDING.search(page.title)
    if page.namespace not in text_namespaces(site):
        return "namespace"
    if page.redirect or REDIRECT.match(page.text):
        return "redirect"
    if page.model not in ("wikitext", "proofread-page"):
        return "content-model"
    if len(page.text) > LARGEST_TEXT:
        return "too-large"
    if ending and ending[1].strip().lower() in DISAMBIGUATION:
        return "disambiguation"
    names = {name.lower().replace("_", " ") for name in _TEMPLATE.findall(page.text)}
    return "disambiguation" if names & DISAMBIGUATION or "__DISAMBIG__" in page.text else None


def text_namespaces(site: Site) -> set[int]:
    """Articles; on Wikisource also scanned pages, which its articles only transclude."""
    if not site.name.endswith("wikisource"):
        return {0}
    scanned = {key for key, name in site.namespaces.items() if name.lower() in _SCANNED_PAGES}
    return {0} | scanned


def _articles(
    stream: IO[bytes], name: str, options: WikimediaOptions, now: datetime
) -> Iterator[tuple[Any, Markup | None]]:
    for number, article in enumerate(read_articles(stream), start=1):
        if article is None:
            yield Skipped(rule="not-json", value=f"{name}:{number}"), None
            continue
        url, markup = article.text("url"), article.text("article_body", "html")
        rule = _why_no_article(article, markup)
        if rule is not None:
            yield Skipped(rule=rule, url=url or None, value=f"{name}:{number}"), None
            continue
        revised = moment(article.text("date_modified"))
        licence = article.licence or options.licence
        facts = _facts(article.text("name"), revised, licence, HTML_EXTRACTOR)
        document = TextDocument(url=url, text="", facts=facts, retrieved_at=now)
        yield document, Markup(text=markup, is_html=True)


def _why_no_article(article: Article, markup: str) -> str | None:
    if not article.text("url").startswith(("http://", "https://")):
        return "no-address"
    if article.namespace != 0:
        return "namespace"
    if not markup.strip():
        return "empty"
    if len(markup) > _LARGEST_HTML:
        return "too-large"
    return "disambiguation" if article.disambiguates else None


def _facts(title: str, revised: datetime | None, licence: str, extractor: str) -> RecordFacts:
    """`published_at` is the day of the revision: a wiki's page has no other date of its text."""
    return RecordFacts(
        title=title or None,
        published_at=revised.date() if revised else None,
        licence=licence,
        extractor=extractor,
    )
