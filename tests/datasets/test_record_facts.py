from __future__ import annotations

from datetime import date

import pytest

from kaz_datasets.record_facts import RecordFacts


def test_facts_survive_the_header_line() -> None:
    facts = RecordFacts(
        signals=("robots.txt:content-usage=train-ai=y",),
        title="Қазақ тілі\r\nжәне әдебиет",
        published_at=date(2026, 1, 2),
        licence="CC-BY-SA-4.0",
        language="kk",
        extractor="mwparserfromhell/0.7.2",
    )
    line = facts.to_header()
    assert line.isascii()
    assert "\n" not in line
    assert RecordFacts.from_header(line) == facts


def test_no_facts_are_no_line() -> None:
    assert RecordFacts().to_header() == ""
    assert RecordFacts.from_header("") == RecordFacts()


@pytest.mark.parametrize(
    "line", ["{", "[]", '"x"', '{"published_at": "soon"}', '{"signals": 1}', "{}" + " " * 9000]
)
def test_damaged_facts_are_absent(line: str) -> None:
    assert RecordFacts.from_header(line) == RecordFacts()
