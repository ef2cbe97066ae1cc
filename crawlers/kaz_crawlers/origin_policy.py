"""What an origin says to this crawl, remembered for as long as it may be believed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kaz_crawlers.host_rights import HostRights
    from kaz_crawlers.robots_rules import RobotsRules

LIFE: Final = 24 * 3600.0
"""Seconds for which rules are believed: RFC 9309, section 2.4."""
LIFE_OF_SILENCE: Final = 3600.0
"""Seconds until an origin that gave no rules is asked again."""
MOST_ORIGINS: Final = 500
MOST_TEXT: Final = 1_000_000
"""Characters of all rules together; parsed rules take up to 70 bytes for each."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of an origin for us, and its statements about use."""

    rules: RobotsRules
    rights: HostRights

    @property
    def size(self) -> int:
        """Characters that are kept of the origin's files."""
        return self.rules.size + self.rights.size

    @property
    def life(self) -> float:
        """Seconds for which this holds."""
        return LIFE if self.rules.reachable else LIFE_OF_SILENCE


class PolicyCache:
    """The policies of the origins met lately, each fetched once however many ask at a time.

    The cache is bounded in number and size, so that a source of many hosts, or a hostile one with
    a long robots.txt under each of its names, cannot fill the memory; what was forgotten is
    fetched again.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Policy]],
        clock: Callable[[], float] = time.monotonic,
        *,
        most_origins: int = MOST_ORIGINS,
        most_text: int = MOST_TEXT,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._most_origins = most_origins
        self._most_text = most_text
        self._known: dict[str, tuple[Policy, float]] = {}
        self._asked: dict[str, asyncio.Future[Policy]] = {}

    async def policy(self, origin: str) -> Policy:
        """The policy of `origin`: known and fresh, or asked for now."""
        known = self._known.pop(origin, None)
        if known and self._clock() - known[1] < known[0].life:
            self._known[origin] = known  # at the end: the order is that of use
            return known[0]
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._remembered(origin))
        return await self._asked[origin]

    async def _remembered(self, origin: str) -> Policy:
        try:
            policy = await self._fetch(origin)
        finally:
            del self._asked[origin]
        self._known[origin] = (policy, self._clock())
        self._forget()
        return policy

    def _forget(self) -> None:
        text = sum(policy.size for policy, _ in self._known.values())
        while len(self._known) > self._most_origins or (
            text > self._most_text and len(self._known) > 1
        ):
            policy, _ = self._known.pop(next(iter(self._known)))
            text -= policy.size
