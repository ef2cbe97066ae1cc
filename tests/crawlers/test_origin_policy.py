"""The memory of origins: each is asked once, again after a day, and never all are held."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from kaz_crawlers.host_rights import HostRights
from kaz_crawlers.origin_policy import LIFE, LIFE_OF_SILENCE, Policy, PolicyCache
from kaz_crawlers.robots_rules import RobotsRules

NO_RIGHTS = HostRights.parse(None, None, None, "kazcorpus")


class Origins:
    """Answers for any origin with the same rules; counts how often each was asked."""

    def __init__(self, text: str | None = "") -> None:
        self.text = text
        self.asked: Counter[str] = Counter()
        self.now = 0.0

    async def fetch(self, origin: str) -> Policy:
        self.asked[origin] += 1
        await asyncio.sleep(0)
        if origin == "http://broken.example":
            raise OSError("no route")
        return Policy(rules=RobotsRules(self.text, "kazcorpus"), rights=NO_RIGHTS)

    def clock(self) -> float:
        return self.now


def test_many_requests_ask_once() -> None:
    origins = Origins()
    cache = PolicyCache(origins.fetch, origins.clock)

    async def work() -> None:
        await asyncio.gather(*(cache.policy(f"http://{n % 2}.example") for n in range(20)))

    asyncio.run(work())
    assert origins.asked == {"http://0.example": 1, "http://1.example": 1}


@pytest.mark.parametrize(("text", "life"), [("", LIFE), (None, LIFE_OF_SILENCE)])
def test_rules_are_asked_for_again_when_they_are_old(text: str | None, life: float) -> None:
    origins = Origins(text)
    cache = PolicyCache(origins.fetch, origins.clock)

    async def work() -> list[int]:
        counts = []
        for moment in (0.0, life - 1, life + 1, life + 2):
            origins.now = moment
            await cache.policy("http://a.example")
            counts.append(origins.asked["http://a.example"])
        return counts

    assert asyncio.run(work()) == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("bounds", "text"),
    [({"most_origins": 2}, ""), ({"most_text": 60}, "User-agent: *\nDisallow: /a")],
)
def test_the_least_used_is_forgotten(bounds: dict[str, int], text: str) -> None:
    origins = Origins(text)
    cache = PolicyCache(origins.fetch, origins.clock, **bounds)

    async def work() -> None:
        for name in ("a", "b", "a", "c", "a", "b"):
            await cache.policy(name)

    asyncio.run(work())
    assert origins.asked == {"a": 1, "b": 2, "c": 1}


def test_one_long_file_is_held_all_the_same() -> None:
    origins = Origins("User-agent: *\nDisallow: /" + "a" * 1000)
    cache = PolicyCache(origins.fetch, origins.clock, most_text=10)

    async def work() -> None:
        for _ in range(3):
            await cache.policy("a")

    asyncio.run(work())
    assert origins.asked == {"a": 1}


def test_a_failure_reaches_all_who_wait_and_is_not_remembered() -> None:
    origins = Origins()
    cache = PolicyCache(origins.fetch, origins.clock)

    async def work() -> list[object]:
        names = ["http://broken.example"] * 2
        return await asyncio.gather(*map(cache.policy, names), return_exceptions=True)

    assert all(isinstance(error, OSError) for error in asyncio.run(work()))
    asyncio.run(work())
    assert origins.asked["http://broken.example"] == 2
