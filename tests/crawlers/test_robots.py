"""robots.txt answers and what RFC 9309 makes of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_crawlers.robots_rules import LARGEST_RULES, LONGEST_DELAY, RobotsRules, group_text

RULES = b"""\
User-agent: *
Disallow: /zhabyq/
Allow: /zhabyq/ashyq
Disallow: /*.pdf$

User-agent: kazcorpus
Disallow: /only-us/
Crawl-delay: 3
"""


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (200, None),
        (204, None),
        (400, None),
        (403, None),
        (404, None),
        (410, None),
        (429, "robots-unreachable"),
        (500, "robots-unreachable"),
        (503, "robots-unreachable"),
        (304, "robots-unreachable"),
        (0, "robots-unreachable"),
    ],
)
def test_statuses(status: int, refusal: str | None) -> None:
    rules = RobotsRules.from_answer(status, b"", "kazcorpus")
    assert rules.refusal("http://site.example/a") == refusal


@pytest.mark.parametrize("status", [401, 404])
def test_the_body_of_an_error_is_no_rule(status: int) -> None:
    rules = RobotsRules.from_answer(status, b"User-agent: *\nDisallow: /", "kazcorpus")
    assert rules.refusal("http://site.example/a") is None


@pytest.mark.parametrize(
    ("token", "path", "refusal"),
    [
        ("other", "/zhabyq/1", "robots"),
        ("other", "/zhabyq/ashyq", None),
        ("other", "/a.pdf", "robots"),
        ("other", "/only-us/", None),
        ("kazcorpus", "/only-us/", "robots"),
        ("kazcorpus", "/zhabyq/1", None),
    ],
)
def test_rules(token: str, path: str, refusal: str | None) -> None:
    rules = RobotsRules.from_answer(200, RULES, token)
    assert rules.refusal(f"http://site.example{path}") == refusal


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        (RULES, 3.0),
        (b"", 0.0),
        (b"User-agent: *\nCrawl-delay: 2.5", 2.5),
        (b"User-agent: *\nRequest-rate: 1/10", 10.0),
        (b"User-agent: *\nCrawl-delay: 4\nRequest-rate: 1/10s\nDisallow:", 10.0),
        (b"User-agent: basqa\nCrawl-delay: 9\nDisallow:\n\nUser-agent: *\nDisallow: /a", 0.0),
        (b"User-agent: *\nCrawl-delay: -1", 0.0),
        (b"User-agent: *\nCrawl-delay: soon", 0.0),
        (b"User-agent: *\nCrawl-delay: nan", 0.0),
        (b"User-agent: *\nCrawl-delay: inf", 0.0),
    ],
)
def test_delays(text: bytes, delay: float) -> None:
    assert RobotsRules.from_answer(200, text, "kazcorpus").delay == delay


def test_a_byte_order_mark_does_not_hide_the_first_rule() -> None:
    rules = RobotsRules.from_answer(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", "kazcorpus")
    assert rules.refusal("http://site.example/a") == "robots"


def test_a_long_file_is_read_up_to_a_whole_line() -> None:
    # The cut would otherwise turn the last line into "Disallow: /", which forbids all.
    body = b"User-agent: *\n".ljust(LARGEST_RULES - 12, b"#") + b"\nDisallow: /b/\n"
    assert body[:LARGEST_RULES].endswith(b"Disallow: /")
    rules = RobotsRules.from_answer(200, body, "kazcorpus")
    assert rules.refusal("http://site.example/a") is None


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("user-agent: KAZCORPUS\ndisallow: /", "robots"),
        ("User-agent: kazcorpus/2.0\nDisallow: /", "robots"),
        ("User-agent: Kazcorpus crawler\nDisallow: /", "robots"),
        ("User-agent: kaz\nDisallow: /", None),
        ("User-agent: kazcorpus-news\nDisallow: /", None),
        ("User-agent: corpus\nDisallow: /", None),
        ("User-agent : *\nDisallow : /", "robots"),
        ("User agent *\nDisallow /", "robots"),
        ("\n\n  User-agent: *  # barshasy\n\tDisallow: / # tyiym", "robots"),
        ("User-agent: *\rDisallow: /\r", "robots"),
        ("Disallow: /", None),
        ("User-agent:\nDisallow: /", None),
        # Several agents share a group; groups of the same agent are one (section 2.2.1).
        ("User-agent: a\nUser-agent: kazcorpus\nUser-agent: b\nDisallow: /", "robots"),
        ("User-agent: a\nDisallow: /\nUser-agent: kazcorpus\nDisallow: /b", None),
        ("User-agent: kazcorpus\nDisallow: /b\nUser-agent: *\nDisallow: /", None),
        ("User-agent: kazcorpus\nDisallow: /b\n\nUser-agent: kazcorpus\nDisallow: /", "robots"),
        # A group without rules is a group: the general one does not count.
        ("User-agent: *\nDisallow: /\n\nUser-agent: kazcorpus\n", None),
        ("User-agent: kazcorpus\nDisallow:\n\nUser-agent: *\nDisallow: /", None),
        # Other records neither begin nor end a group (section 2.2.4).
        ("User-agent: *\nSitemap: http://site.example/s.xml\nDisallow: /", "robots"),
        ("User-agent: kazcorpus\nCrawl-delay: 2\nUser-agent: *\nDisallow: /", "robots"),
        ("User-agent: *\nContent-Usage: train-ai=n\nDisallow: /", "robots"),
    ],
)
def test_the_group_that_applies(text: str, refusal: str | None) -> None:
    assert RobotsRules(text, "kazcorpus").refusal("http://site.example/a") == refusal


@pytest.mark.parametrize(
    ("seconds", "refusal"), [(LONGEST_DELAY, None), (LONGEST_DELAY + 1, "robots")]
)
def test_an_owner_who_asks_for_days_between_pages_wants_no_crawler(
    seconds: float, refusal: str | None
) -> None:
    rules = RobotsRules(f"User-agent: *\nCrawl-delay: {seconds}", "kazcorpus")
    assert rules.refusal("http://site.example/a") == refusal


def test_the_reason_of_an_origin_that_cannot_be_asked() -> None:
    rules = RobotsRules(None, "kazcorpus", unreachable="guard")
    assert rules.refusal("http://site.example/a") == "guard"
    assert rules.delay == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(16_000)) + "Allow: /\n" * 27_000,
        "User-agent: *\n" + "Allow: /" + "*a" * 250_000,
        "User-agent: *\n" + f"Allow: /{'*a' * 12}\n" * 14_000,
        "User-agent" + " " * 500_000,
        "\r" * 500_000,
    ],
    ids=["agents", "one-pattern", "patterns", "spaces", "line-ends"],
)
def test_a_hostile_file_costs_little(text: str) -> None:
    began = time.perf_counter()
    RobotsRules.from_answer(200, text.encode(), "kazcorpus").refusal(
        "http://s.example/" + "a" * 999
    )
    assert time.perf_counter() - began < 5


@given(st.binary(max_size=400))
def test_any_body_has_an_answer(body: bytes) -> None:
    rules = RobotsRules.from_answer(200, b"User-agent: *\nDisallow: /\n" + body, "kazcorpus")
    assert rules.refusal("http://site.example/a") in ("robots", None)
    assert rules.delay >= 0


lines = st.sampled_from(
    ["User-agent: *", "User-agent: kazcorpus", "User-agent: b", "Disallow: /a", "Allow: /", "#", ""]
)


@given(st.lists(lines, max_size=12))
def test_only_lines_of_the_file_are_applied(text: list[str]) -> None:
    head, *rules = group_text("\n".join(text), "kazcorpus").split("\n")
    assert head == "User-agent: *"
    assert set(rules) <= {"Disallow: /a", "Allow: /"}
