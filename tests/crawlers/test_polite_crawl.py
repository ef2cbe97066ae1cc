"""Robots, rights and pace on the wire: what sites are asked for, and when.

Two crawls of many hosts at once, since each costs the start of a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .conftest import Answer, LoopbackSite

SPIDER = Path(__file__).parent.parent / "support" / "polite_spider.py"
FILES = ["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"]
TDMREP = [{"location": "/zhabyq/*", "tdm-reservation": 1}]
ROUNDING = 0.05  # the server notes when it reads, which a busy machine delays unevenly
FLOOR = 0.2
DEADLINE = 1.5
SLOWNESS = {"http://silent.example/a": DEADLINE + 0.5, "http://seconds.example/a": 3 * FLOOR}
"""Seconds until an answer. Also slower than the delay: the next request must not run ahead."""


class Crawl:
    """One run of the spider over the hosts of a loopback site: outcomes and moments by host."""

    def __init__(self, site: LoopbackSite) -> None:
        self._site = site
        self.asked: defaultdict[str, list[str]] = defaultdict(list)
        self.moments: defaultdict[str, list[float]] = defaultdict(list)
        self.outcomes: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        site.on_request = self._note

    def serve(self, host: str, path: str, body: bytes = b"", **answer: Any) -> None:
        self._site.answers[f"http://{host}{path}"] = Answer(body=body, **answer)

    def run(self, urls: list[str], *, floor: float, deadline: float) -> None:
        job = {"proxy": self._site.proxy, "floor": floor, "concurrency": 32, "urls": urls}
        job["deadline"] = deadline
        child = subprocess.run(
            [sys.executable, str(SPIDER)],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        for line in child.stdout.splitlines():
            outcome = json.loads(line)
            parts = urlsplit(outcome["url"])
            self.outcomes[parts.netloc][parts.path] = outcome

    def gaps(self, host: str) -> list[float]:
        return [later - earlier for earlier, later in pairwise(self.moments[host])]

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        self.asked[parts.netloc].append(parts.path)
        self.moments[parts.netloc].append(time.monotonic())
        time.sleep(SLOWNESS.get(url, 0.0))


@pytest.fixture(scope="module")
def site() -> Iterator[LoopbackSite]:
    site = LoopbackSite()
    yield site
    site.close()


ROBOTS: dict[str, Answer] = {
    "rules.example": Answer(body=b"User-agent: *\nDisallow: /zhabyq/\nDisallow: /ai"),
    "closed.example": Answer(body=b"User-agent: kazcorpus\nDisallow: /"),
    "busy.example": Answer(status=429),
    "broken.example": Answer(status=500),
    "down.example": Answer(status=503),
    "resting.example": Answer(status=503, headers={"Retry-After": "3600"}),
    "moved.example": Answer(status=301, headers={"Location": "http://rules.example/robots.txt"}),
    "inside.example": Answer(status=302, headers={"Location": "http://127.0.0.1/robots.txt"}),
    "nowhere.example": Answer(status=302, headers={"Location": "http://["}),
    "file.example": Answer(status=302, headers={"Location": "file:///etc/passwd"}),
    "loop.example": Answer(status=302, headers={"Location": "/robots.txt"}),
    "long.example": Answer(
        body=b"User-agent: *\nDisallow: /zhabyq/\n" + b"# bos\n" * 1_700_000 + b"Disallow: /a\n"
    ),
    "endless.example": Answer(body=b"#" * (17 << 20)),
}


@pytest.fixture(scope="module")
def hurried(site: LoopbackSite) -> Crawl:
    """Every host above, two that have no robots.txt, and an address that leads inside."""
    crawl = Crawl(site)
    hosts = [*ROBOTS, "rights.example", "soft404.example"]
    for host, answer in ROBOTS.items():
        site.answers[f"http://{host}/robots.txt"] = answer
    crawl.serve("rights.example", "/.well-known/tdmrep.json", json.dumps(TDMREP).encode())
    html = {"Content-Type": "text/html; charset=utf-8"}
    crawl.serve("soft404.example", "/ai.txt", b"User-Agent: *\nDisallow: /", headers=html)
    urls = [f"http://{host}{path}" for host in hosts for path in ("/zhabyq/1", "/a")]
    crawl.run([*urls, "http://10.0.0.1/a"], floor=0.0, deadline=30.0)
    return crawl


@pytest.mark.parametrize(
    ("host", "forbidden", "page"),
    [
        ("rules.example", "robots", None),
        ("closed.example", "robots", "robots"),
        ("busy.example", "robots-unreachable", "robots-unreachable"),
        ("broken.example", "robots-unreachable", "robots-unreachable"),
        ("down.example", "robots-unreachable", "robots-unreachable"),
        ("resting.example", "robots-unreachable", "robots-unreachable"),
        ("moved.example", "robots", None),
        ("inside.example", "robots-unreachable", "robots-unreachable"),
        ("nowhere.example", "robots-unreachable", "robots-unreachable"),
        ("file.example", "robots-unreachable", "robots-unreachable"),
        ("loop.example", None, None),  # more than five redirects: taken for "unavailable"
        ("long.example", "robots", None),  # the first 500 KiB of ten megabytes count
        ("endless.example", "robots-unreachable", "robots-unreachable"),
        ("rights.example", "rights", None),
        ("soft404.example", None, None),
    ],
)
def test_outcomes(hurried: Crawl, host: str, forbidden: str | None, page: str | None) -> None:
    outcomes = hurried.outcomes[host]
    assert outcomes["/zhabyq/1"].get("refused") == forbidden
    assert outcomes["/a"].get("refused") == page


def test_an_address_that_the_guard_refuses_is_not_asked_for_robots(hurried: Crawl) -> None:
    assert hurried.outcomes["10.0.0.1"]["/a"]["refused"] == "guard"
    assert hurried.asked["10.0.0.1"] == hurried.asked["127.0.0.1"] == []


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("rights.example", [*FILES, "/a"]),
        ("rules.example", ["/robots.txt", "/robots.txt", "/.well-known/tdmrep.json", "/a"]),
        ("closed.example", ["/robots.txt"]),
        ("busy.example", ["/robots.txt"] * 3),
        ("resting.example", ["/robots.txt"]),
        ("loop.example", ["/robots.txt"] * 6 + [*FILES[1:], "/a", "/zhabyq/1"]),
    ],
)
def test_requests(hurried: Crawl, host: str, asked: list[str]) -> None:
    # rules.example is asked for its robots.txt twice: moved.example sends us there.
    assert sorted(hurried.asked[host]) == sorted(asked)
    assert hurried.asked[host][0] == "/robots.txt"


def test_the_statement_that_refused_is_named(hurried: Crawl) -> None:
    refused, page = (hurried.outcomes["rights.example"][path] for path in ("/zhabyq/1", "/a"))
    assert refused["refusal"] in refused["signals"]
    assert refused["refusal"].startswith("tdmrep.json:")
    assert page["refusal"] is None


@pytest.fixture(scope="module")
def paced(site: LoopbackSite, hurried: Crawl) -> Crawl:
    """Hosts that ask for time in every way, crawled side by side with a floor."""
    crawl = Crawl(site)
    ahead = {
        name: formatdate(time.time() + seconds, usegmt=True)
        for name, seconds in (("Date", 3600), ("Retry-After", 3603))
    }
    crawl.serve("delay.example", "/robots.txt", b"User-agent: *\nCrawl-delay: 0.6\n")
    for path in ("/a", "/b", "/c"):
        crawl.serve("overload.example", path, status=503)
    crawl.serve("seconds.example", "/a", status=503, headers={"Retry-After": "2"})
    crawl.serve("date.example", "/a", status=503, headers=ahead)
    hosts = ("plain", "delay", "overload", "seconds", "date", "silent")
    urls = [f"http://{host}.example{path}" for path in ("/a", "/b", "/c") for host in hosts]
    crawl.run(urls, floor=FLOOR, deadline=DEADLINE)
    return crawl


@pytest.mark.parametrize("host", ["plain", "delay", "overload", "seconds", "date", "silent"])
def test_no_host_is_asked_faster_than_the_floor(paced: Crawl, host: str) -> None:
    assert len(paced.moments[f"{host}.example"]) == 6
    assert min(paced.gaps(f"{host}.example")) >= FLOOR - ROUNDING


def test_a_crawl_delay_is_kept_from_the_answer_on(paced: Crawl) -> None:
    assert min(paced.gaps("delay.example")) >= 0.6 - ROUNDING


@pytest.mark.parametrize("host", ["seconds.example", "date.example"])
def test_requests_that_wait_already_sit_a_retry_after_out(paced: Crawl, host: str) -> None:
    # The date is an hour ahead, as is the server's clock: three seconds remain.
    rest = paced.gaps(host)[paced.asked[host].index("/a")]
    assert 2.0 - ROUNDING + SLOWNESS.get(f"http://{host}/a", 0.0) <= rest < 6.0


def test_a_host_in_trouble_is_asked_ever_more_slowly(paced: Crawl) -> None:
    first, second = paced.gaps("overload.example")[-2:]
    assert first >= 2 * FLOOR - ROUNDING
    assert second >= 4 * FLOOR - ROUNDING


def test_after_a_time_out_a_host_is_left_alone_for_longer(paced: Crawl) -> None:
    assert paced.outcomes["silent.example"]["/a"]["refused"] == "DownloadTimeoutError"
    pause = paced.gaps("silent.example")[paced.asked["silent.example"].index("/a")]
    assert pause >= DEADLINE + 2 * FLOOR - ROUNDING


def test_one_host_does_not_wait_for_another(paced: Crawl) -> None:
    assert max(paced.gaps("plain.example")) < 2.0
