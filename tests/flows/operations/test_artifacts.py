from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demo_build import Demo
from kaz_crawlers.crawl import CrawlResult
from kaz_datasets.account import Account, Tally
from kaz_datasets.errors import DiskFull, NotFound
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.release.verify import verify_release
from kaz_datasets.shards import write_shard
from kaz_flows.operations.build_artifacts import build_artifacts
from kaz_flows.operations.charts import Bar, bar_chart, data_uri
from kaz_flows.operations.crawl_artifacts import crawl_rows, state_rows
from kaz_flows.operations.failing import failure_text
from kaz_flows.operations.release_summary import card_preview, release_summary
from kaz_flows.operations.work_artifacts import (
    SAMPLES,
    machine_rows,
    reject_samples,
    work_rows,
)
from kaz_flows.watching import StageWork


@pytest.mark.parametrize(
    "bars",
    [
        [],
        [Bar(label="none", count=0)],
        [Bar(label="<b>&'\"", count=3), Bar(label="қазақ", count=1, dropped=True)],
    ],
)
def test_a_chart_is_xml_with_a_bar_for_each_number(bars: list[Bar]) -> None:
    picture = ElementTree.fromstring(bar_chart("Қысқаша <1>", bars))
    rectangles = [item for item in picture if item.tag.endswith("rect")]
    assert len(rectangles) == 1 + len(bars)
    texts = [item.text for item in picture if item.tag.endswith("text")]
    assert texts[0] == "Қысқаша <1>"
    assert texts[1::2] == [bar.label for bar in bars]


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = bar_chart("t", [Bar(label="a", count=10), Bar(label="b", count=5)])
    lengths = [int(width) for width in re.findall(r'width="(\d+)" height="18"', svg)]
    assert lengths == [380, 190]
    assert data_uri(svg).startswith("data:image/svg+xml;base64,")


def test_the_tables_of_a_build_add_up(demo: Demo) -> None:
    shown = build_artifacts(demo.build)
    funnel = dict(demo.build.funnel)
    assert sum(int(row["records"]) for row in shown.sources) == funnel["clean"].entered
    assert sum(int(row["kept"]) for row in shown.sources) == funnel["dedup"].kept
    dropped = sum(int(row["dropped"]) for row in shown.rules if row["stage"] != "crawl")
    assert dropped == funnel["clean"].entered - funnel["dedup"].kept
    for svg in shown.charts.values():
        ElementTree.fromstring(svg)


def test_a_release_fits_one_screen(demo: Demo) -> None:
    summary = release_summary(demo.build, verify_release(demo.build.release))
    assert len(summary.splitlines()) < 40
    assert f"**{demo.build.funnel[-1][1].kept} documents**" in summary
    card = card_preview(demo.build.release)
    assert "dataset_info" not in card
    assert card.startswith("#")


def test_a_crawl_says_what_became_of_every_address() -> None:
    tally = Tally(entered=5, kept=2, dropped={"robots": 1, "http-404": 2})
    result = CrawlResult(
        account=Account(sources={"sait-kz": tally}),
        pages=2,
        bytes=1_500_000,
        finish_reason="finished",
        states={},
        hosts={},
        fetched=4,
        seconds=16.0,
    )
    (row,) = crawl_rows({"sait-kz": result})
    assert (row["MB"], row["a minute"]) == (1.5, 15.0)
    assert [(row["end"], row["addresses"]) for row in state_rows({"sait-kz": result})] == [
        ("fetched", 2),
        ("http-404", 2),
        ("robots", 1),
    ]


def test_each_rule_has_pages_to_look_at(demo: Demo) -> None:
    lines = reject_samples(demo.build.release).splitlines()
    rules = {tuple(line.split(" | ")[:2]) for line in lines[2:]}
    dropped = {
        (f"| {stage}", rule) for stage, account in demo.build.funnel for rule in account.dropped
    }
    assert dropped <= rules
    assert all(line.count("](http") <= SAMPLES for line in lines)


def test_a_strange_address_stays_within_its_link(tmp_path: Path) -> None:
    url = "http://sait.kz/a|b](javascript:alert(1))\n<b>"
    row = {"id": None, "url": url, "source": "a", "stage": "clean", "rule": "x", "value": "|![]("}
    write_shard(tmp_path / "rejected/a.parquet", [row], REJECTED_SCHEMA)
    line = reject_samples(tmp_path).splitlines()[-1]
    assert line.count("|") == 4
    assert line.count("(") == line.count(")") == 1
    assert "<" not in line


def test_what_a_build_cost(demo: Demo) -> None:
    work = StageWork(stage="clean", units=4, done=4, skipped=1, records=300, wall=60.0, work=100.0)
    clean, rest = work_rows([work], 90.0)
    assert (clean["took"], clean["records a second"], clean["done before"]) == ("60 s", 5, 1)
    assert rest["took"] == "30 s"
    rows = {row["what"]: row["GB"] for row in machine_rows(demo.workspace, 2_500_000_000)}
    assert rows["memory at its most"] == 2.5
    assert set(rows) > {"archive", "releases", "free disk"}


def test_a_failure_says_whether_the_same_again_helps() -> None:
    stuck = failure_text("build", "/srv/corpus", DiskFull("no space left to write /srv/x"))
    assert "**Retry**" in stuck
    assert "kazcorpus build --workspace /srv/corpus" in stuck
    assert "change what the sentence names" in failure_text("crawl", "/srv", NotFound("no a"))
    with pytest.raises(KeyError) as caught:
        raise KeyError("x")
    assert "test_artifacts.py" in failure_text("health", "/srv", caught.value)
