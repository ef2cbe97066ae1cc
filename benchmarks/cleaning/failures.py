"""Hostile pages through the stage's own killable pool: seconds, memory and outcome of each.

`python -m benchmarks.cleaning.failures`. One worker takes them one after another, as in a build;
its high-water mark is set back before each (`clear_refs`, proc(5)). Memory is all that it holds:
code, model and libraries too.
"""

from __future__ import annotations

import math
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cleaning.hostile import HOSTILE
from benchmarks.tables import print_table

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.killable import Stopped, run_killable
from kaz_cleaning.pool import clean_entries
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page

DEADLINE = 5.0
"""Seconds of work, as the stage allows by default."""
MOST_MEMORY = 500.0
"""MB of a worker, all that it has loaded included."""


def main() -> None:
    """Clean each page, print the table; ends with 1 where a page took too much."""
    rows, broken, peak = [], [], 0.0
    list(run_killable(measured, [(hostile_page("none", b""),)], 1, DEADLINE))  # starts the worker
    for name, make in HOSTILE.items():
        page = hostile_page(name, make())
        started = time.perf_counter()
        (found,) = run_killable(measured, [(page,)], 1, DEADLINE)
        wall = time.perf_counter() - started
        if isinstance(found, Stopped):
            seconds, memory, said = math.nan, math.nan, f"{found.rule}: {found.value}"
        else:
            seconds, memory, said = found
        peak = max(peak, memory)
        if wall >= DEADLINE or memory > MOST_MEMORY:
            broken.append(name)
        sizes = (f"{len(page.body) / 1e6:.1f}", f"{wall:.2f}", f"{seconds:.2f}", f"{memory:.0f}")
        rows.append([name, *sizes, said])
        print(*rows[-1], sep="  ", file=sys.stderr, flush=True)
    title = f"{len(rows)} hostile pages through one worker, most memory {peak:.0f} MB"
    print_table(title, ["page", "MB", "s", "CPU s", "MB of worker", "outcome"], rows)
    if broken:
        sys.exit(f"more than {DEADLINE:g} s or {MOST_MEMORY:g} MB: {', '.join(broken)}")


def measured(page: Page) -> tuple[float, float, str]:
    """In the worker: seconds of work, the most memory that it held meanwhile (MB), outcome."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    started = time.process_time()
    cleaned = clean_entries([page], SourceFacts(id="hostile"), CleaningConfig())
    (outcome,) = cleaned.outcomes()
    seconds = time.process_time() - started
    status = Path("/proc/self/status").read_text("ascii")
    peak = next(int(line.split()[1]) for line in status.split("\n") if line.startswith("VmHWM"))
    return seconds, peak * 1024 / 1e6, _said(outcome)


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
