"""Held back from a release: the documents of crawls that left the band of their source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_datasets.account import Account, Bookkeeper, Tally, add_accounts
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.shards import ShardWriter, iter_batches
from kaz_datasets.stage import Stage
from kaz_datasets.workspace import Workspace
from kaz_flows.health.history import History
from kaz_flows.health.measuring import measures_of_cleaning
from kaz_flows.plan import Unit
from kaz_flows.steps import Shard

STAGE: Final = "health"
RULE: Final = "quarantine"
VERSION: Final = 1


def judge_crawls(
    workspace: Workspace, units: Sequence[Unit], cleaned: Sequence[Shard]
) -> dict[str, str]:
    """Enter what cleaning made of each crawl; why some are held back, by `<source>/<crawl>`."""
    accounts: dict[str, list[Account]] = {}
    for unit, shard in zip(units, cleaned, strict=True):
        if (unit.crawl.folder / FRONTIER_FILE).is_file():
            accounts.setdefault(unit.crawl.name, []).append(shard.result.account)
    histories: dict[str, History] = {}
    for name, parts in sorted(accounts.items()):
        source, _, crawl = name.partition("/")
        history = histories.get(source) or History.of(workspace, source)
        histories[source] = history.enter(crawl, measures_of_cleaning(add_accounts(parts)))
    return {
        f"{source}/{crawl}": "; ".join(departure.sentence for departure in found)
        for source, history in sorted(histories.items())
        for crawl, found in history.held().items()
    }


def hold_back(unit: Unit, documents: Shard, why: str, workspace: Workspace) -> Shard:
    """Every document of a shard as a rejected row that says why."""
    folder = workspace.documents / unit.crawl.name / "held"
    path = folder / f"{unit.archive.name}.parquet"
    stage = Stage(
        name=unit.archive.name,
        folder=folder,
        inputs={"documents": documents.digest},
        config={"why": why},
        version=VERSION,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        books = Bookkeeper()
        with ShardWriter(path, REJECTED_SCHEMA) as writer:
            for batch in iter_batches(documents.path, ["id", "url", "source"]):
                added = {"stage": STAGE, "rule": RULE, "value": why}
                rows = [{**row, **added} for row in batch.to_pylist()]
                for source, count in Counter(row["source"] for row in rows).items():
                    books.enter(source, count)
                    books.drop(source, RULE, count)
                writer.write(rows)
        return books.account(), [path]

    result = stage.run(work)
    return replace(
        documents, path=path, digest=result.outputs[path.name], rejected=path, result=result
    )


def let_through(cleaned: Account, held: Account) -> Account:
    """The account of this stage: everything that was cleaned came in, what was held dropped out."""
    none = Tally()
    return Account(
        sources={
            source: Tally(
                entered=tally.kept,
                kept=tally.kept - held.sources.get(source, none).entered,
                dropped=held.sources.get(source, none).dropped,
            )
            for source, tally in cleaned.sources.items()
        }
    )
