from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_datasets.account import Account, Bookkeeper, Tally, add_accounts, check_chain
from kaz_datasets.errors import AccountsDisagree

counts = st.integers(min_value=0, max_value=1000)


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    kept = draw(counts)
    dropped = draw(st.dictionaries(st.sampled_from(["short", "russian", "spam"]), counts))
    return Tally(entered=kept + sum(dropped.values()), kept=kept, dropped=dropped)


accounts = st.dictionaries(st.sampled_from(["a", "b", "c"]), tallies()).map(
    lambda sources: Account(sources=sources)
)


@pytest.mark.parametrize(
    ("entered", "kept", "dropped"),
    [(1, 0, {}), (0, 1, {}), (3, 1, {"a": 1}), (2, 1, {"a": 1, "b": 1}), (1, 2, {"a": -1})],
)
def test_a_tally_that_does_not_add_up(entered: int, kept: int, dropped: dict[str, int]) -> None:
    with pytest.raises(AccountsDisagree):
        Tally(entered=entered, kept=kept, dropped=dropped)


@settings(deadline=None)
@given(accounts)
def test_input_is_kept_plus_dropped(account: Account) -> None:
    assert account.entered == account.kept + sum(account.dropped.values())
    assert account.entered == sum(tally.entered for tally in account.sources.values())


@settings(deadline=None)
@given(accounts, accounts, accounts)
def test_adding_accounts_loses_nothing(left: Account, middle: Account, right: Account) -> None:
    total = add_accounts([left, middle, right])
    assert total.entered == left.entered + middle.entered + right.entered
    assert total.to_json() == add_accounts([right, left, middle]).to_json()


@settings(deadline=None)
@given(accounts)
def test_json_and_back(account: Account) -> None:
    told = json.loads(json.dumps(account.to_json()))
    assert Account.from_json(told).to_json() == account.to_json()


def example() -> dict[str, Any]:
    book = Bookkeeper()
    book.enter("tan", 5)
    book.keep("tan", 3)
    book.drop("tan", "short")
    book.drop("tan", "spam")
    book.enter("zan")
    book.keep("zan")
    return book.account().to_json()


def test_json_as_it_is_stored() -> None:
    assert example() == {
        "in": 6,
        "kept": 4,
        "dropped": {"short": 1, "spam": 1},
        "sources": {
            "tan": {"in": 5, "kept": 3, "dropped": {"short": 1, "spam": 1}},
            "zan": {"in": 1, "kept": 1, "dropped": {}},
        },
    }


@pytest.mark.parametrize(
    "path",
    [
        ("in",),
        ("kept",),
        ("dropped", "short"),
        ("sources", "tan", "in"),
        ("sources", "tan", "kept"),
        ("sources", "tan", "dropped", "spam"),
        ("sources", "zan", "kept"),
    ],
)
def test_any_changed_number_is_noticed(path: tuple[str, ...]) -> None:
    value = copy.deepcopy(example())
    place: Any = value
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += 1
    with pytest.raises(AccountsDisagree):
        Account.from_json(value)


@pytest.mark.parametrize("forgotten", ["enter", "keep", "drop"])
def test_a_bookkeeper_notices_a_row_lost_or_counted_twice(forgotten: str) -> None:
    book = Bookkeeper()
    book.enter("tan", 2 if forgotten != "enter" else 1)
    if forgotten != "keep":
        book.keep("tan")
    if forgotten != "drop":
        book.drop("tan", "short")
    with pytest.raises(AccountsDisagree):
        book.account()


def test_chain_that_holds_and_one_that_does_not() -> None:
    clean = Account(sources={"tan": Tally(entered=3, kept=2, dropped={"short": 1})})
    dedup = Account(sources={"tan": Tally(entered=2, kept=2)})
    other = Account(sources={"zan": Tally(entered=2, kept=2)})
    check_chain([("clean", clean), ("dedup", dedup)])
    check_chain([])
    with pytest.raises(AccountsDisagree, match="clean kept 2 rows of tan but dedup took in 0"):
        check_chain([("clean", clean), ("dedup", other)])
    with pytest.raises(AccountsDisagree, match="dedup kept 2 rows of tan but clean took in 3"):
        check_chain([("clean", clean), ("dedup", dedup), ("clean", clean)])
