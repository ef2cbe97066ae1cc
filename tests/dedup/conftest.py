"""Shards of invented documents, signed and clustered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaz_dedup import DedupConfig
from kaz_dedup.clusters import find_clusters
from kaz_dedup.signatures import sign_shard

Rows = Sequence[dict[str, Any]]
Cluster = Callable[..., list[dict[str, Any]]]


def write_documents(path: Path, rows: Rows, schema: pa.Schema | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = schema or pa.schema([("id", pa.string()), ("text", pa.string())])
    table = pa.Table.from_pylist(list(rows), schema=schema if rows else plain)
    pq.write_table(table, path)
    return path


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """`cluster(shards, config)`: the rows of clusters.parquet over the given shards' rows."""
    runs = iter(range(1_000_000))

    def run(shards: Iterable[Rows], config: DedupConfig | None = None) -> list[dict[str, Any]]:
        config = config or DedupConfig()
        folder = tmp_path / f"run{next(runs)}"
        documents = [
            write_documents(folder / f"{number}.parquet", rows)
            for number, rows in enumerate(shards)
        ]
        signatures = [folder / "signed" / path.name for path in documents]
        for path, signed in zip(documents, signatures, strict=True):
            sign_shard(path, signed, config)
        clusters = folder / "clusters.parquet"
        verdicts = [folder / f"verdict-{path.name}" for path in documents]
        find_clusters(signatures, documents, clusters, config, verdicts=verdicts)
        return pq.read_table(clusters).to_pylist()

    return run
