"""How much there is to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DELAY: Final = 2.0
"""Seconds between two requests to a host, where its source says nothing else."""
ARCHIVE_FILE: Final = 1 << 30
"""Bytes at which a WARC file is closed."""
PAGES_A_FILE: Final = 40_000
"""Of some 27 KB each, packed."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """Pages on their way to documents, and the hosts that have them."""

    pages: int
    cleaned: int
    """Documents that cleaning leaves."""
    kept: int
    """Documents that dedup leaves."""
    files: int
    """Archive files: no more workers than these can clean at once."""
    hosts: int
    slowest_host_seconds: float
    """Pages of the host that takes longest, times the delay that it is promised."""
    html: bool
    """Whether there is markup to extract text from."""
    page_bytes: float | None = None
    """Of a page in the archive, where that is assumed and not measured."""

    def scaled_to(self, documents: int, assumptions: Assumptions) -> Load:
        """The same mixture with `documents` kept; the hosts grow as `assumptions` say."""
        share = documents / max(self.kept, 1)
        pages = round(self.pages * share)
        return Load(
            pages=pages,
            cleaned=round(self.cleaned * share),
            kept=documents,
            files=max(1, -(-pages // assumptions.pages_a_file)),
            hosts=max(1, -(-pages // assumptions.pages_a_host)),
            slowest_host_seconds=assumptions.most_pages_a_host * assumptions.delay,
            html=self.html,
            page_bytes=self.page_bytes,
        )


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What no benchmark can measure: how the web is that would be crawled."""

    pages_a_document: float = 2.5
    """Pages fetched for one document kept: the others are lists, copies, other languages."""
    cleaned_a_document: float = 1.4
    """Documents that cleaning leaves for one that dedup keeps."""
    pages_a_host: int = 5_000
    most_pages_a_host: int = 1_000_000
    """Pages of the largest host that is crawled to its end."""
    delay: float = DELAY
    pages_a_file: int = PAGES_A_FILE


ASSUMED: Final = Assumptions()


def assumed_load(documents: int, assumptions: Assumptions = ASSUMED) -> Load:
    """A crawl of the open web that ends in so many documents."""
    one = Load(
        pages=round(assumptions.pages_a_document * 1_000),
        cleaned=round(assumptions.cleaned_a_document * 1_000),
        kept=1_000,
        files=1,
        hosts=1,
        slowest_host_seconds=0.0,
        html=True,
        page_bytes=ARCHIVE_FILE / assumptions.pages_a_file,
    )
    return one.scaled_to(documents, assumptions)
