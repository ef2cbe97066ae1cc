"""The yields of a build's hosts: kept words for the megabytes that brought them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demo_build import Demo
from kaz_crawlers.url_states import host_traffic
from kaz_datasets.shards import iter_batches
from kaz_flows.configuration import make_workspace
from kaz_flows.yields import host_yields, yields_of

ROWS: dict[str, list[object]] = {
    "host": ["a.example", "b.example", "a.example"],
    "words": [300, 50, 700],
    "text": ["x", "x", "x"],
}


def shard(path: Path, rows: dict[str, list[object]]) -> Path:
    pq.write_table(pa.table(rows), path)
    return path


def test_words_for_a_megabyte(tmp_path: Path) -> None:
    shards = [shard(tmp_path / f"{number}.parquet", ROWS) for number in range(2)]
    sent = {"a.example": 40_000_000, "b.example": 20_000_000, "c.example": 90_000_000}
    yields = yields_of(sent, shards)
    assert yields == {"a.example": 50.0, "b.example": 5.0, "c.example": 0.0}


def test_a_host_that_sent_little_is_not_judged(tmp_path: Path) -> None:
    sent = {"a.example": 19_999_999, "b.example": 20_000_000}
    assert yields_of(sent, [shard(tmp_path / "0.parquet", ROWS)]).keys() == {"b.example"}
    assert yields_of(sent, [], fair_megabytes=21.0) == {}


def test_a_source_without_a_build_has_no_yields(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "workspace")
    assert host_yields(workspace, "sait-kz") == {}


def test_the_yields_of_a_real_build(demo: Demo) -> None:
    workspace = demo.workspace
    source = "demo-news"
    (crawl,) = (workspace.archive / source).iterdir()
    kept = sum(
        row["words"]
        for path in (workspace.dedup / "kept").glob(f"{source}--*.parquet")
        for batch in iter_batches(path, ["words"])
        for row in batch.to_pylist()
    )
    yields = host_yields(workspace, source, fair_megabytes=0.0)
    sent = host_traffic(crawl)
    assert yields
    assert sum(yields[host] * sent[host].bytes for host in yields) == pytest.approx(kept * 1e6)
    assert host_yields(workspace, source) == {}, "a few pages are no evidence"
