"""Pages that choke parsers: each ends with a result or a refusal by name, none takes another along.

Time is not asserted: the pool's deadline ends what hangs, and such an end fails the test here. The
table with seconds and memory, of more pages, is `make bench-failures`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks.cleaning.failures import hostile_page
from benchmarks.cleaning.hostile import HOSTILE, SLOW

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.examine import examine_files
from kaz_cleaning.killable import CRASH, TIMEOUT, Stopped, run_killable
from kaz_cleaning.pool import clean_in_order
from kaz_datasets.source_facts import SourceFacts

NAMES = [name for name in HOSTILE if name not in SLOW]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Kept | Dropped]:
    pages = (hostile_page(name, HOSTILE[name]()) for name in NAMES)
    config = CleaningConfig(workers=1, page_timeout=60)
    return dict(zip(NAMES, clean_in_order(pages, SourceFacts(id="hostile"), config), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_page_ends_by_name(outcomes: dict[str, Kept | Dropped], name: str) -> None:
    outcome = outcomes[name]
    assert isinstance(outcome, Kept) or outcome.rule not in (TIMEOUT, CRASH)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("20 MB of paragraphs", "unsafe-html"),
        ("300,000 attributes on one tag", "unsafe-html"),
        ("nesting of 100,000", "unsafe-html"),
        ("PDF under text/html", "not-html"),
        ("random bytes", "not-html"),
        ("an image", "not-html"),
        ("2 MB of null bytes", "not-html"),
    ],
)
def test_what_is_refused_says_why(
    outcomes: dict[str, Kept | Dropped], name: str, rule: str
) -> None:
    outcome = outcomes[name]
    assert isinstance(outcome, Dropped)
    assert (outcome.rule, bool(outcome.value)) == (rule, True)


def sleeps(seconds: int) -> int:
    import time

    time.sleep(seconds)
    return seconds


def test_what_hangs_is_stopped_and_the_rest_goes_on_in_order() -> None:
    found = list(run_killable(sleeps, [(0,), (600,), (0,)], workers=1, timeout=3))
    assert found == [0, Stopped(TIMEOUT, "3 s"), 0]


def bodies() -> Iterator[bytes]:
    yield b"%PDF-1.7"
    yield HOSTILE["nesting of 100,000"]()


def test_single_pages_go_through_the_same_pool() -> None:
    reasons = [page["reason"] for page in examine_files(bodies())]
    assert reasons == [
        "not-html: application/pdf by its content",
        "unsafe-html: elements nested more than 240 deep",
    ]
