"""Text that others made plain: `conversion` and `resource` records of text/plain in an archive.

Dumps, journals, PDF and text files arrive so from `kazcorpus ingest`, with their title, date,
licence and author beside the text (`kaz_datasets.record_facts`); Common Crawl's WET files hold
text alone. A response of text/plain is robots.txt or a listing more often than an article, and is
no such record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kaz_cleaning.charset import decode
from kaz_cleaning.extraction import Extracted
from kaz_datasets.release.licences import is_licence
from kaz_datasets.rights.licences import spdx_of
from kaz_datasets.warc import Page

_TEXT: Final = "text/plain"
_TEXT_RECORDS: Final = ("conversion", "resource")
_UNNAMED: Final = "text"
"""Extractor of a text whose maker did not say how it was made."""


def is_text_record(page: Page) -> bool:
    """Whether the archive holds a text here, and not a page of HTML."""
    return page.content_type == _TEXT and page.record_type in _TEXT_RECORDS


def read_text(page: Page, encoding: str | None = None) -> Extracted | None:
    """The text, one paragraph a line, with what its maker knew; None where there is none."""
    decoded = decode(page.body, page.headers.get("content-type"), encoding)
    facts = page.facts
    text = "\n".join(_lines(decoded.text, facts.title))
    if not text:
        return None
    return Extracted(
        text=text,
        title=facts.title,
        author=facts.author,
        date=facts.published_at,
        licence=stated_licence(facts.licence),
        extractor=facts.extractor or _UNNAMED,
    )


def stated_licence(stated: str | None) -> str | None:
    """What a row may state as its licence: an SPDX identifier or an address, or nothing."""
    if not stated:
        return None
    return spdx_of(stated) or (stated if is_licence(stated) else None)


def _lines(text: str, title: str | None) -> Iterator[str]:
    """Lines without outer and double spaces; a first line that is the title has its own column."""
    heading = " ".join(title.split()) if title else None
    lines = (" ".join(line.split()) for line in text.splitlines())
    for number, line in enumerate(line for line in lines if line):
        if number or line != heading:
            yield line
