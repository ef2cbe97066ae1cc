from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup_campaign import digests, families
from kaz_dedup import DedupConfig
from kaz_dedup.clusters import find_clusters
from kaz_dedup.engines import Engine, Processes, Threads
from kaz_dedup.keepers import ClusterRange
from kaz_dedup.signatures import sign_shard
from kaz_dedup.tables import read_tables


@pytest.fixture(params=["threads", "processes"])
def run(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Two workers."""
    if request.param == "threads":
        yield Threads(2)
    else:
        with Processes(2) as processes:
            yield processes


def test_who_runs_the_tasks_and_in_which_ranges_changes_no_byte(
    tmp_path: Path, run: Engine
) -> None:
    texts = families(60, 4)
    ids = random.Random(2).sample(range(10_000), len(texts))
    documents, signatures = [], []
    for number in range(3):
        path = tmp_path / f"{number}.parquet"
        table = {"id": [f"{name:05}" for name in ids[number::3]], "text": texts[number::3]}
        pq.write_table(pa.table(table), path)
        documents.append(path)
        signatures.append(tmp_path / "signed" / path.name)
        sign_shard(path, signatures[-1], DedupConfig())
    results = []
    for name, config, engine in (
        ("one", DedupConfig(), None),
        ("other", DedupConfig(range_rows=100), run),
    ):
        folder = tmp_path / name
        verdicts = [folder / "verdicts" / path.name for path in documents]
        find_clusters(
            signatures, documents, folder / "clusters.parquet", config,
            pairs=folder / "pairs.parquet", verdicts=verdicts, run=engine,
        )  # fmt: skip
        results.append(digests(folder))
    assert results[0] == results[1]
    assert len(results[0]) == 5


def test_no_task_holds_more_than_its_range_however_small_the_numbers_of_roots(
    tmp_path: Path,
) -> None:
    # The smallest of forty random documents is nearly always one of the first.
    texts = families(50, 40)
    ids = random.Random(3).sample(range(10_000), len(texts))
    documents, signatures = tmp_path / "texts.parquet", tmp_path / "signed.parquet"
    pq.write_table(pa.table({"id": [f"{name:05}" for name in ids], "text": texts}), documents)
    config = DedupConfig(range_rows=200)
    sign_shard(documents, signatures, config)
    held: list[int] = []

    def run(function: Any, tasks: Iterable[Any]) -> Iterator[Any]:
        for task in tasks:
            if isinstance(task, ClusterRange):
                held.append(len(read_tables(task.members) or ()))
            yield function(task)

    find_clusters([signatures], [documents], tmp_path / "clusters.parquet", config, run=run)
    assert sum(held) > len(texts) // 2
    assert len(held) >= len(texts) // config.range_rows
    assert max(held) <= 2 * config.range_rows
