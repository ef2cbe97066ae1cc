"""Rules and masks do what their tables say: floors over the reporting half of real text."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kaz_cleaning.rules import RulesConfig, rules_of

CHECKOUT = Path(__file__).resolve().parents[2]
FLOORS = tomllib.loads((CHECKOUT / "benchmarks/cleaning/floors.toml").read_text("utf-8"))


@pytest.mark.parametrize("kind", FLOORS["rules_keep"])
def test_good_text_is_kept(kind: str, shared_data: Path) -> None:
    from benchmarks.cleaning.rules_quality import keep_rate

    assert keep_rate("kazakh", kind) >= FLOORS["rules_keep"][kind]


@pytest.mark.parametrize("kind", FLOORS["rules_reject"])
def test_faulty_text_is_rejected_by_its_own_rules(kind: str, shared_data: Path) -> None:
    from benchmarks.cleaning.rules_quality import fault_found

    assert fault_found(kind) >= FLOORS["rules_reject"][kind]


@pytest.mark.parametrize("kind", FLOORS["personal_data"])
def test_personal_data_is_found_and_nothing_else(kind: str, shared_data: Path) -> None:
    from benchmarks.cleaning.personal_data import scores

    score = scores()[kind]
    assert score.recall >= FLOORS["personal_data"][kind]
    assert score.precision >= FLOORS["personal_data"][kind]


def test_the_page_for_readers_shows_every_rule() -> None:
    from benchmarks.cleaning.rules_quality import PAGE, stated

    page = PAGE.read_text("utf-8")
    for rule in rules_of(RulesConfig()):
        assert f"| `{rule.name}` | {stated(rule)} | {rule.why} |" in page


def test_the_page_for_readers_shows_what_is_measured(shared_data: Path) -> None:
    from benchmarks.cleaning.rules_quality import BEGIN, END, PAGE, table_lines

    written = PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert written.strip().splitlines() == table_lines()
