"""docs/rights.md says what the code does: the table is made from it, and each example is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from kaz_cleaning.rights import Rights, read_rights
from kaz_crawlers.options import CrawlOptions
from kaz_datasets.rights.origin import OriginStatements
from kaz_datasets.rights.statement import PLACES, PRODUCT_TOKEN
from kaz_datasets.rights.table import SIGNALS, Signal, rights_table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rights.md"


def read(signal: Signal) -> Rights:
    """What is made of the example, where it stands."""
    if signal.where in ("robots.txt", "tdmrep.json", "ai.txt"):
        origin = OriginStatements(
            f"User-agent: *\n{signal.example}" if signal.where == "robots.txt" else None,
            signal.example.encode() if signal.where == "tdmrep.json" else None,
            signal.example if signal.where == "ai.txt" else None,
        ).verdict("https://a.example/kk/1")
        return Rights(list(origin.signals), origin.refusal)
    if signal.where == "header":
        name, _, value = signal.example.partition(":")
        return read_rights({name.lower(): value.strip()}, None)
    return read_rights({}, html.document_fromstring(f"<body>{signal.example}<p>x</p></body>"))


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.kept_as)
def test_an_example_does_what_the_table_says(signal: Signal) -> None:
    assert signal.where in PLACES
    rights = read(signal)
    assert rights.signals == [signal.kept_as]
    assert rights.refusal == (signal.kept_as if signal.refuses else None)


def test_the_page_shows_the_table_of_the_code() -> None:
    assert rights_table() in PAGE.read_text(encoding="utf-8"), (
        "docs/rights.md is stale: put kaz_datasets.rights.table.rights_table() into it"
    )


def test_the_crawler_has_the_name_that_statements_are_read_for() -> None:
    assert CrawlOptions().product_token == PRODUCT_TOKEN
