"""Hostile pages through the stage's own killable pool: seconds, memory and outcome of each.

`python -m benchmarks.cleaning.failures`. Every page has a worker of its own here, so that the peak
of memory is that page's.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import UTC, datetime

from benchmarks.cleaning.hostile import HOSTILE
from benchmarks.tables import print_table

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.pool import clean_in_order
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page

DEADLINE = 5.0


def main() -> None:
    """Clean each page, print the table; ends with 1 where a page took too long."""
    facts, config = SourceFacts(id="hostile"), CleaningConfig(page_timeout=DEADLINE)
    rows = []
    slow = False
    for name, make in HOSTILE.items():
        page = hostile_page(name, make())
        started = time.perf_counter()
        (outcome,) = clean_in_order([page], facts, config)
        seconds = time.perf_counter() - started
        slow = slow or seconds > DEADLINE + 3  # a worker takes a second or two to start
        rows.append([name, f"{len(page.body) / 1e6:.1f}", f"{seconds:.1f}", _said(outcome)])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    title = (
        f"{len(rows)} hostile pages, a worker each (its start included), most memory {peak:.0f} MB"
    )
    print_table(title, ["page", "MB", "s", "outcome"], rows)
    sys.exit(1 if slow else 0)


def hostile_page(name: str, body: bytes) -> Page:
    """The page as an archive would give it, under `text/html`."""
    return Page(
        url=f"https://hostile.example/{name.replace(' ', '-')}",
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        content_type="text/html",
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        file="hostile.warc.gz",
        offset=0,
    )


def _said(outcome: Kept | Dropped) -> str:
    if isinstance(outcome, Kept):
        return f"kept, {outcome.row['characters']} characters"
    return f"{outcome.rule}: {outcome.value}"


if __name__ == "__main__":
    main()
