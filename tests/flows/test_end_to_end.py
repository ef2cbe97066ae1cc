"""The demo's release against the truth file: every address accounted for, row by row."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from demo_build import Demo
from kaz_crawlers.demosite.truth import Expected, load_truth
from kaz_datasets.release.verify import verify_release
from kaz_datasets.shards import read_shard
from kaz_flows.build import build
from kaz_flows.configuration import Configuration
from kaz_flows.runner import LocalRunner

TRUTH = load_truth()
KEPT_ALONE = [page for page in TRUTH if page.fate == "kept" and not page.cluster]
GONE = [page for page in TRUTH if page.fate not in ("kept", "not-crawled") and not page.cluster]
CLUSTERS = sorted({page.cluster for page in TRUTH if page.cluster})


@pytest.fixture(scope="module")
def rows(demo: Demo) -> dict[str, dict[str, Any]]:
    tables = [read_shard(path) for path in demo.build.release.glob("data/*/*/*.parquet")]
    listed = [row for table in tables for row in table.to_pylist()]
    by_url = {row["url"]: row for row in listed}
    assert len(by_url) == len(listed)
    return by_url


@pytest.fixture(scope="module")
def rejected(demo: Demo) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in demo.build.release.glob("rejected/*.parquet"):
        for row in read_shard(path).to_pylist():
            found.setdefault(row["url"], []).append(row)
    return found


def name(page: Expected) -> str:
    return page.url.removeprefix("http://")


@pytest.mark.parametrize("page", KEPT_ALONE, ids=name)
def test_a_page_to_keep_is_in_the_release(page: Expected, rows: dict[str, dict[str, Any]]) -> None:
    row = rows[page.url]
    assert row["script"] == page.script
    assert row["text"].startswith(page.starts)
    assert row["text"].endswith(page.ends)
    masked = {item["type"]: item["count"] for item in row["masked"]}
    assert masked == dict(page.masked)
    assert bool(row["repaired"]) >= page.repaired


@pytest.mark.parametrize("page", GONE, ids=name)
def test_a_page_to_drop_is_rejected_by_its_rule(
    page: Expected, rows: dict[str, dict[str, Any]], rejected: dict[str, list[dict[str, Any]]]
) -> None:
    assert page.url not in rows
    assert (page.stage, page.rule) in {
        (row["stage"], row["rule"]) for row in rejected.get(page.url, [])
    }


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_one_of_each_cluster_is_kept(
    cluster: str, rows: dict[str, dict[str, Any]], rejected: dict[str, list[dict[str, Any]]]
) -> None:
    members = [page for page in TRUTH if page.cluster == cluster]
    kept = [page for page in members if page.url in rows]
    assert len(kept) == 1
    assert rows[kept[0].url]["cluster_size"] == len(members)
    for page in members:
        if page is not kept[0]:
            assert [row["stage"] for row in rejected[page.url]] == ["dedup"]


def test_nothing_is_in_the_release_that_the_truth_does_not_name(
    rows: dict[str, dict[str, Any]], rejected: dict[str, list[dict[str, Any]]]
) -> None:
    named = {page.url for page in TRUTH}
    assert set(rows) <= named
    assert set(rejected) <= named


def test_every_address_has_one_fate(
    rows: dict[str, dict[str, Any]], rejected: dict[str, list[dict[str, Any]]]
) -> None:
    not_met = {page.url for page in TRUTH if page.fate == "not-crawled"}
    met = set(rows) | set(rejected)
    assert not met & not_met
    assert {page.url for page in TRUTH} == met | not_met
    assert not set(rows) & set(rejected)


def test_the_accounts_reconcile_with_the_rows(
    demo: Demo, rows: dict[str, dict[str, Any]], rejected: dict[str, list[dict[str, Any]]]
) -> None:
    by_rule = Counter((row["stage"], row["rule"]) for listed in rejected.values() for row in listed)
    stages = (("crawl", demo.build.crawled), *demo.build.funnel)
    for stage, account in stages:
        assert account.entered == account.kept + sum(account.dropped.values())
        for rule, count in account.dropped.items():
            assert by_rule[stage, rule] == count
    assert demo.build.funnel[-1][1].kept == len(rows)


def test_the_release_verifies(demo: Demo) -> None:
    assert not verify_release(demo.build.release).failed


def test_a_second_build_does_nothing_again(demo: Demo) -> None:
    again = build(demo.workspace, Configuration.of(demo.workspace), LocalRunner())
    assert again.skipped == again.done
    assert again.funnel == demo.build.funnel
