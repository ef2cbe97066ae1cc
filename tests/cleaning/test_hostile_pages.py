"""Pages that choke parsers: each ends with a result or a refusal by name, none takes another along.

Time is not asserted: the pool's deadline ends what hangs, and such an end fails the test here. The
table with seconds and memory, of more pages, is `make bench-failures`.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from benchmarks.cleaning.failures import hostile_page
from benchmarks.cleaning.hostile import HOSTILE, SLOW

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.examine import examine_files
from kaz_cleaning.killable import (
    CRASH,
    MEMORY,
    TIMEOUT,
    TOO_MUCH,
    WORKER_MEMORY,
    Stopped,
    run_killable,
)
from kaz_cleaning.pool import clean_in_order
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page

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
        ("100 tags of 4,000 attributes", "unsafe-html"),
        ("nesting of 100,000", "unsafe-html"),
        ("2 million hyphens and breaks", "unsafe-html"),
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


def harms(how: str) -> str:
    if how == "works for ever":
        while True:
            pass
    if how == "takes all memory":
        return str(len(bytearray(WORKER_MEMORY + 1)))
    return how


def test_endless_work_and_endless_memory_are_refused_by_name_and_the_rest_goes_on() -> None:
    jobs = [("a",), ("takes all memory",), ("b",), ("works for ever",), ("c",)]
    found = list(run_killable(harms, jobs, workers=1, timeout=3))
    assert found == [
        "a",
        Stopped(MEMORY, TOO_MUCH),
        "b",
        Stopped(TIMEOUT, "3 s"),
        "c",
    ]


class Huge(Page):
    """A page that fills the memory of the process that reads it, where that is a worker."""

    def __getattribute__(self, name: str) -> Any:
        if name == "body" and multiprocessing.parent_process() is not None:
            bytearray(WORKER_MEMORY + 1)
        return super().__getattribute__(name)


def test_a_page_that_takes_all_memory_costs_itself_only() -> None:
    small = hostile_page("none", HOSTILE["nesting of 240"]())
    huge = Huge(**vars(replace(small, url="https://hostile.example/huge")))
    outcomes = list(clean_in_order([small, huge, small], SourceFacts(id="x"), CleaningConfig()))
    assert outcomes[0] == outcomes[2]
    assert outcomes[1] == Dropped(MEMORY, TOO_MUCH, None, huge.url)


def bodies() -> Iterator[bytes]:
    yield b"%PDF-1.7"
    yield HOSTILE["nesting of 100,000"]()


def test_single_pages_go_through_the_same_pool() -> None:
    reasons = [page["reason"] for page in examine_files(bodies())]
    assert reasons == [
        "not-html: application/pdf by its content",
        "unsafe-html: elements nested more than 240 deep",
    ]
