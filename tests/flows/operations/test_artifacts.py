from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from demo_build import Demo
from kaz_crawlers.crawl import CrawlResult
from kaz_datasets.account import Account, Tally
from kaz_datasets.release.verify import verify_release
from kaz_flows.operations.build_artifacts import build_artifacts
from kaz_flows.operations.charts import Bar, bar_chart, data_uri
from kaz_flows.operations.crawl_artifacts import crawl_rows, state_rows
from kaz_flows.operations.release_summary import card_preview, release_summary


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
    )
    assert crawl_rows({"sait-kz": result})[0]["MB"] == 1.5
    assert [(row["end"], row["addresses"]) for row in state_rows({"sait-kz": result})] == [
        ("fetched", 2),
        ("http-404", 2),
        ("robots", 1),
    ]
