"""Hostile pages through the stage's own killable pool: seconds, memory and outcome of each.

`python -m benchmarks.cleaning.failures`. One worker takes them one after another, as in a build;
its high-water mark is set back before each (`clear_refs`, proc(5)). Memory is its own, with model
and machine code; the code of libraries, which all processes share, is shown apart.
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
"""MB of a worker's own, the model and machine code included."""


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
            seconds, memory, whole = math.nan, math.nan, math.nan
            said = f"{found.rule}: {found.value}"
        else:
            seconds, memory, whole, said = found
        peak = max(peak, memory)
        if wall >= DEADLINE or memory > MOST_MEMORY:
            broken.append(name)
        size, times = f"{len(page.body) / 1e6:.1f}", (f"{wall:.2f}", f"{seconds:.2f}")
        rows.append([name, size, *times, f"{memory:.0f}", f"{whole:.0f}", said])
        print(*rows[-1], sep="  ", file=sys.stderr, flush=True)
    title = f"{len(rows)} hostile pages through one worker, most own memory {peak:.0f} MB"
    print_table(title, ["page", "MB", "s", "CPU s", "own MB", "with libraries", "outcome"], rows)
    if broken:
        sys.exit(f"more than {DEADLINE:g} s or {MOST_MEMORY:g} MB: {', '.join(broken)}")


def measured(page: Page) -> tuple[float, float, float, str]:
    """In the worker: seconds of work, the most memory that it held meanwhile (MB), outcome.

    Memory of its own, and with the code of libraries, which all processes share.
    """
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    started = time.process_time()
    cleaned = clean_entries([page], SourceFacts(id="hostile"), CleaningConfig())
    (outcome,) = cleaned.outcomes()
    seconds = time.process_time() - started
    status = Path("/proc/self/status").read_text("ascii")
    sizes = dict(line.split(":", 1) for line in status.splitlines())
    peak, code = (int(sizes[name].split()[0]) * 1024 / 1e6 for name in ("VmHWM", "RssFile"))
    return seconds, peak - code, peak, _said(outcome)


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
