"""The last crawl of each source on one line."""

from __future__ import annotations

from collections.abc import Iterator

from kaz_datasets.workspace import Workspace
from kaz_flows.health.bands import FEWEST_CRAWLS, MEASURES
from kaz_flows.health.history import History

Row = dict[str, str | int | float]


def health_rows(workspace: Workspace) -> Iterator[Row]:
    """Source, crawls, the last one's measures, and whether it is usual, held back or let in."""
    for source, history in History.all(workspace).items():
        judged = list(history.judged())
        if not judged:
            continue
        last, found = judged[-1]
        if found:
            state = f"let in: {last.let_in}" if last.let_in else "held back"
        elif len(judged) <= FEWEST_CRAWLS:
            state = f"no band before {FEWEST_CRAWLS + 1} crawls"
        else:
            state = "as usual"
        yield {
            "source": source,
            "crawls": len(judged),
            "last": last.crawl,
            **{name: last.measured.get(name, "") for name in MEASURES},
            "state": state,
        }
