"""robots.txt answers and what RFC 9309 makes of them."""

from __future__ import annotations

import pytest

from kaz_crawlers.robots import LARGEST_RULES, RobotsRules

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
