"""The addresses that a crawl met and did not bring home, as rejected rows with their reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from kaz_crawlers.crawl import account_of, drop_rule
from kaz_crawlers.url_states import FRONTIER_FILE, url_states
from kaz_datasets.account import Account
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.shards import write_shard
from kaz_datasets.stage import Stage
from kaz_datasets.workspace import Workspace
from kaz_flows.ingest_rejects import ingest_rejects
from kaz_flows.plan import Crawl
from kaz_flows.steps import Shard

VERSION = 1


def record_crawl_rejects(crawl: Crawl, *, workspace: Workspace) -> Shard | None:
    """What one crawl refused or failed to fetch; None for an archive that others crawled."""
    if not (crawl.folder / FRONTIER_FILE).is_file():
        return ingest_rejects(crawl)
    states = sorted(url_states(crawl.folder), key=lambda state: state.url)
    rows = [
        {
            "id": None,
            "url": state.url,
            "source": crawl.facts.id,
            "stage": "crawl",
            "rule": drop_rule(state),
            "value": state.target,
        }
        for state in states
        if state.state != "done"
    ]
    account = account_of(crawl.facts.id, states)
    folder = workspace.documents / crawl.name
    path = folder / "rejected" / "crawl.parquet"
    stage = Stage(
        name="crawl",
        folder=folder,
        inputs={"states": hashlib.sha256(repr((rows, account.to_json())).encode()).hexdigest()},
        config={},
        version=VERSION,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        write_shard(path, rows, REJECTED_SCHEMA)
        return account, [path]

    result = stage.run(work)
    digest = result.outputs["rejected/crawl.parquet"]
    return Shard(name=crawl.name, path=path, digest=digest, rejected=path, result=result)
