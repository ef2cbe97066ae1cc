"""The pace of a host: what was asked for is never undercut, whatever the host answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_crawlers.pacing import LONGEST_BACK_OFF, LONGEST_REST, Pacer
from kaz_crawlers.retry_after import retry_after

HOST = "sait.example"
ROUNDING = 1e-6
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Reply:
    status: int | None
    latency: float
    retry_after: float | None


replies = st.builds(
    Reply,
    status=st.sampled_from([200, 304, 404, 429, 500, 503, None]),
    latency=st.floats(0, 90),
    retry_after=st.none() | st.floats(0, 10_000),
)


def wait_for_turn(pacer: Pacer, clock: Clock, started: float | None) -> None:
    """What the scheduler and the downloader's slot do between them."""
    if (wait := pacer.wakes_in()) is not None:
        clock.now += wait
    while HOST in pacer.resting():  # rounding may leave a rest of less than a microsecond
        clock.now += ROUNDING
    if started is not None:
        clock.now = max(clock.now, started + pacer.delay(HOST))


@given(st.lists(replies, max_size=30), st.floats(0.5, 10), st.floats(0, 100))
def test_neither_floor_nor_crawl_delay_nor_rest_is_undercut(
    sequence: list[Reply], floor: float, crawl_delay: float
) -> None:
    clock = Clock()
    pacer = Pacer(floor, clock)
    pacer.ask(HOST, crawl_delay)
    started: float | None = None
    rest_until = 0.0
    for reply in sequence:
        wait_for_turn(pacer, clock, started)
        assert clock.now >= rest_until
        if started is not None:
            assert clock.now - started >= max(floor, crawl_delay) - ROUNDING
        started = clock.now
        pacer.started(HOST)
        clock.now += reply.latency
        pacer.answered(
            HOST, status=reply.status, latency=reply.latency, retry_after=reply.retry_after
        )
        rest_until = max(rest_until, clock.now + min(reply.retry_after or 0.0, LONGEST_REST))


@given(st.lists(replies, max_size=60))
def test_a_host_always_wakes(sequence: list[Reply]) -> None:
    clock = Clock()
    pacer = Pacer(2.0, clock)
    for reply in sequence:
        pacer.answered(
            HOST, status=reply.status, latency=reply.latency, retry_after=reply.retry_after
        )
    assert (pacer.wakes_in() or 0.0) <= LONGEST_REST
    assert pacer.delay(HOST) <= LONGEST_BACK_OFF
    clock.now += LONGEST_REST + 1
    assert pacer.resting() == frozenset()
    assert pacer.wakes_in() is None


@pytest.mark.parametrize("status", [429, 503, None])
def test_trouble_doubles_the_delay_and_good_answers_take_it_back_slowly(
    status: int | None,
) -> None:
    pacer = Pacer(2.0, Clock())
    for expected in (4.0, 8.0, 16.0, 32.0, 60.0, 60.0):
        pacer.answered(HOST, status=status)
        assert pacer.delay(HOST) == expected
    pacer.answered(HOST, status=200, latency=0.1)
    assert 50 < pacer.delay(HOST) < 60
    for _ in range(60):
        pacer.answered(HOST, status=200, latency=0.1)
    assert pacer.delay(HOST) == 2.0


def test_an_error_page_is_no_sign_of_health() -> None:
    pacer = Pacer(2.0, Clock())
    pacer.answered(HOST, status=503)
    for _ in range(20):
        pacer.answered(HOST, status=404, latency=0.1)
    assert pacer.delay(HOST) == 4.0


def test_trouble_rests_from_the_answer_not_from_the_request() -> None:
    clock = Clock()
    pacer = Pacer(2.0, clock)
    pacer.answered(HOST, status=None, latency=60.0)
    assert pacer.resting() == {HOST}
    assert pacer.wakes_in() == pytest.approx(4.0)


def test_a_slow_host_is_left_half_idle() -> None:
    pacer = Pacer(2.0, Clock())
    for _ in range(20):
        pacer.answered(HOST, status=200, latency=5.0)
    assert pacer.delay(HOST) == pytest.approx(10.0, rel=0.01)


def test_one_host_does_not_slow_another() -> None:
    pacer = Pacer(2.0, Clock())
    pacer.answered(HOST, status=503, retry_after=300.0)
    pacer.ask("basqa.example", 5.0)
    assert pacer.resting() == {HOST}
    assert pacer.rest(HOST) == 300.0
    assert (pacer.delay("basqa.example"), pacer.delay("ushinshi.example")) == (5.0, 2.0)


def test_of_several_robots_files_of_a_host_the_slowest_counts() -> None:
    pacer = Pacer(2.0, Clock())
    for seconds in (0.0, 5.0, 3.0, 0.0):
        pacer.ask(HOST, seconds)
    assert pacer.delay(HOST) == 5.0


def test_a_retry_after_counts_with_any_status() -> None:
    pacer = Pacer(0.0, Clock())
    pacer.answered(HOST, status=301, retry_after=7.0)
    assert pacer.wakes_in() == 7.0


def test_a_loopback_crawl_is_hurried_but_for_what_is_asked() -> None:
    pacer = Pacer(0.0, Clock())
    pacer.answered(HOST, status=503, latency=3.0)
    assert (pacer.delay(HOST), pacer.resting()) == (0.0, frozenset())
    pacer.ask(HOST, 1.5)
    assert pacer.delay(HOST) == 1.5


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", "", 120.0),
        (" 0 ", "", 0.0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", "", 120.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", "", 0.0),
        ("Sunday, 01-Mar-26 12:02:00 GMT", "", 120.0),
        ("Sun Mar  1 12:02:00 2026", "", 120.0),
        # The server's clock is ten minutes ahead of ours: its own Date is what it counts from.
        ("Sun, 01 Mar 2026 12:12:00 GMT", "Sun, 01 Mar 2026 12:10:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", "kesh", 120.0),
        ("-5", "", None),
        ("1.5", "", None),
        ("٣", "", None),
        ("soon", "", None),
        ("", "", None),
        ("9" * 400, "", None),
        ("Sun, 99 Mar 2026 12:02:00 GMT", "", None),
        ("Sun, 01 Mar 99999999 12:02:00 GMT", "", None),
    ],
)
def test_retry_after(value: str, date: str, seconds: float | None) -> None:
    assert retry_after(value, date=date, now=NOW) == seconds


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_header_breaks_the_crawl(value: str, date: str) -> None:
    seconds = retry_after(value, date=date, now=NOW)
    assert seconds is None or seconds >= 0
