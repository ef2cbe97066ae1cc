from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup_campaign import digests, families
from kaz_dedup import DedupConfig
from kaz_dedup.clusters import find_clusters
from kaz_dedup.engines import Engine, Processes, Threads
from kaz_dedup.signatures import sign_shard


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
