"""The addresses that a crawl met and did not bring home, as rejected rows with their reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from kaz_crawlers.frontier import url_states
from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.shards import write_shard
from kaz_datasets.stage import Stage
from kaz_datasets.workspace import Workspace
from kaz_flows.plan import Crawl
from kaz_flows.steps import Shard

VERSION = 1


def record_crawl_rejects(crawl: Crawl, *, workspace: Workspace) -> Shard | None:
    """What one crawl refused or failed to fetch; None for an archive that others crawled."""
    if not (crawl.folder / "frontier.sqlite").is_file():
        return None
    states = [
        (state.url, state.state, state.reason or "", state.target or "")
        for state in url_states(crawl.folder)
    ]
    folder = workspace.documents / crawl.name
    path = folder / "rejected" / "crawl.parquet"
    digest = hashlib.sha256(repr(sorted(states)).encode()).hexdigest()
    stage = Stage(
        name="crawl", folder=folder, inputs={"states": digest}, config={}, version=VERSION
    )

    def work() -> tuple[Account, Sequence[Path]]:
        books, rows = Bookkeeper(), []
        for url, state, reason, target in sorted(states):
            books.enter(crawl.facts.id)
            if state == "done":
                books.keep(crawl.facts.id)
                continue
            rule = reason if state in ("refused", "failed") and reason else state
            books.drop(crawl.facts.id, rule)
            rows.append(
                {
                    "id": None,
                    "url": url,
                    "source": crawl.facts.id,
                    "stage": "crawl",
                    "rule": rule,
                    "value": target or None,
                }
            )
        write_shard(path, rows, REJECTED_SCHEMA)
        return books.account(), [path]

    result = stage.run(work)
    digest = result.outputs["rejected/crawl.parquet"]
    return Shard(name=crawl.name, path=path, digest=digest, rejected=path, result=result)
