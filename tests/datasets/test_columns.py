"""Columns made from buffers are those that Arrow makes itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_datasets.columns import array_of, table_of
from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA

PAIRS = SCHEMA.field("quality").type
RIGHTS = SCHEMA.field("rights").type
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_PAIR = st.fixed_dictionaries({"rule": _TEXT, "value": st.floats(width=32)})
KINDS: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.string(), _TEXT),
    (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.float32(), st.floats(allow_nan=False, width=64, min_value=-1e30, max_value=1e30)),
    (pa.float64(), st.floats(allow_nan=False)),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
    (pa.timestamp("ms", tz="UTC"), st.datetimes(timezones=st.just(UTC))),
    (pa.list_(pa.string()), st.lists(_TEXT, max_size=3)),
    (PAIRS, st.lists(_PAIR.filter(lambda pair: pair["value"] == pair["value"]), max_size=3)),
    (RIGHTS, st.fixed_dictionaries({"basis": _TEXT, "signals": st.lists(_TEXT, max_size=3)})),
]


@pytest.mark.parametrize(("kind", "values"), KINDS, ids=lambda value: str(value)[:20])
def test_an_array_is_the_one_that_arrow_makes(
    kind: pa.DataType, values: st.SearchStrategy[Any]
) -> None:
    @settings(deadline=None)  # the first array loads pandas
    @given(st.lists(st.none() | values, max_size=9))
    def check(column: list[Any]) -> None:
        made = array_of(column, kind)
        made.validate(full=True)
        assert made.equals(pa.array(column, kind))

    check()


@pytest.mark.parametrize("schema", [SCHEMA, REJECTED_SCHEMA], ids=["documents", "rejects"])
def test_a_table_is_the_one_that_arrow_makes(schema: pa.Schema) -> None:
    rows = [
        {
            "id": "1",
            "text": "мәтін",
            "words": 1,
            "rights": {"basis": "own", "signals": ["a=b"]},
            "published_at": date(2026, 1, 2),
            "retrieved_at": datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC),
            "masked": [{"type": "iin", "count": 2}],
        },
        {"id": "2", "language_score": 0.1},
    ]
    assert table_of(rows, schema).equals(pa.Table.from_pylist(rows, schema=schema))
    assert table_of([], schema).equals(schema.empty_table())
    assert table_of(rows, schema).schema.metadata == schema.metadata


def test_a_value_of_another_type_is_an_error() -> None:
    with pytest.raises(AttributeError):
        array_of([1], pa.string())
    with pytest.raises(OverflowError):
        array_of([2**31], pa.int32())


@settings(deadline=None)
@given(st.lists(st.dictionaries(_TEXT, st.floats(width=32, allow_nan=False), max_size=3)))
def test_pairs_may_be_given_as_mappings(mappings: list[dict[str, float]]) -> None:
    listed = [
        [{"rule": name, "value": values[name]} for name in sorted(values)] for values in mappings
    ]
    for stated, meant in ((mappings, listed), (mappings[:1] * 3, listed[:1] * 3)):
        made = array_of(stated, PAIRS)
        made.validate(full=True)
        assert made.equals(array_of(meant, PAIRS))
