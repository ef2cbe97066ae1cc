from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.quality.measures import NAMES, measure_text
from kaz_cleaning.rules import Range, RulesConfig, first_failed, rules_of
from kaz_cleaning.second_thoughts import first_failures, try_rules
from kaz_datasets.columns import table_of
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA
from kaz_datasets.shards import write_shard

COLUMNS = pa.schema([SCHEMA.field(name) for name in ("kind", "script", "quality")])
STRICT = RulesConfig(ranges={"words": Range(least=5)})


def row(values: dict[str, float], kind: str = "news", script: str = "Cyrl") -> dict[str, Any]:
    quality = [{"rule": name, "value": value} for name, value in sorted(values.items())]
    return {"kind": kind, "script": script, "quality": quality}


@settings(deadline=None, max_examples=30)  # the first call loads pandas
@given(
    st.lists(
        st.tuples(
            st.fixed_dictionaries({name: st.integers(0, 9).map(lambda n: n / 8) for name in NAMES}),
            st.sampled_from(["Cyrl", "Latn", "Arab"]),
        ),
        max_size=4,
    )
)
def test_rows_are_judged_as_their_texts_were(drawn: list[tuple[dict[str, float], str]]) -> None:
    # eighths are the same in 32 bits
    table = table_of([row(values, script=script) for values, script in drawn], COLUMNS)
    for config in (RulesConfig(), RulesConfig(preset="fineweb2"), STRICT):
        expected = [first_failed(values, script, rules_of(config)) for values, script in drawn]
        assert first_failures(table, config).to_pylist() == expected


def test_a_value_on_the_very_limit_holds_though_rows_keep_fewer_digits() -> None:
    config = RulesConfig(ranges={"digits": Range(most=0.2)}, preset="gopher")
    values = measure_text("") | {rule.name: rule.range.least for rule in rules_of(config)}
    finite = {name: value if abs(value) < 1e30 else 0.0 for name, value in values.items()}
    table = table_of([row(finite | {"digits": 0.2})], COLUMNS)
    assert first_failures(table, config).to_pylist() != ["digits"]


def test_rows_without_measures_fail_nothing() -> None:
    assert first_failures(table_of([row({})], COLUMNS), STRICT).to_pylist() == [None]
    assert first_failures(COLUMNS.empty_table(), STRICT).to_pylist() == []


def test_a_trial_counts_by_kind_and_says_what_may_come_back(tmp_path: Path) -> None:
    rows = [row({"words": 3}), row({"words": 9}), row({"words": 2}, kind="law")]
    write_shard(tmp_path / "d.parquet", rows, COLUMNS)
    drops = [
        {"source": "s", "stage": "clean", "rule": rule, "value": value}
        for rule, value in [("words", "6"), ("words", "4"), ("language", "rus 1.0")]
    ]
    write_shard(tmp_path / "r.parquet", drops, REJECTED_SCHEMA)
    trial = try_rules([tmp_path / "d.parquet"], [tmp_path / "r.parquet"], STRICT)
    assert trial.to_json() == {
        "in": 3,
        "kept": 1,
        "kinds": {
            "law": {"in": 1, "dropped": {"words": 1}},
            "news": {"in": 2, "dropped": {"words": 1}},
        },
        "regained_at_most": {"words": 1},
    }


def test_an_unknown_measure_is_named() -> None:
    with pytest.raises(BadConfiguration, match="did you mean"):
        first_failures(COLUMNS.empty_table(), RulesConfig(ranges={"word": Range()}))
