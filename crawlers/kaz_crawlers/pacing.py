"""How often a host is asked: never more often than it, its robots.txt or our own floor allow.

The delay of a host runs from the start of one request to the start of the next. It is the largest
of the floor, the Crawl-delay of robots.txt, and a back-off that grows while the host is slow or
busy and shrinks slowly when it is well again. A Retry-After makes the host rest. Nothing that is
learnt can make a delay smaller than the first two.

The adaptive part follows Scrapy's AutoThrottle (a delay in proportion to latency), without its
flaw: AutoThrottle sets the delay itself, and so erodes what robots.txt asks for.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self, cast

from scrapy.exceptions import DownloadTimeoutError

from kaz_crawlers.retry_after import retry_after
from kaz_crawlers.web_client import SENT
from kaz_datasets.identity import host_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from kaz_crawlers.spider import SourceSpider

LONGEST_REST: Final = 3600.0
"""Seconds: a Retry-After beyond an hour is taken for an hour, so that a crawl ends some day."""
LONGEST_BACK_OFF: Final = 60.0
"""Seconds: what we slow down to by ourselves; a host that wants more can say so."""
LATENCY_FACTOR: Final = 2.0
"""Delay in latencies: at 2 a host that answers one request at a time is half idle."""
DECAY: Final = 0.9
"""Of the back-off remains after a good answer: 7 of them undo one doubling."""
BUSY: Final = frozenset({429, 503})
_TURN: Final = "turn"  # key of a request's meta: it holds its host's turn


@dataclass(slots=True)
class _Pace:
    asked: float = 0.0
    back_off: float = 0.0


class Pacer:
    """The pace of each host of a crawl. A host is the host name of an address, without port.

    `floor` is the least delay in seconds, `clock` a monotonic clock in seconds. A floor of 0,
    which only a loopback crawl may have, switches back-off off as well: then only Crawl-delay
    and Retry-After count.
    """

    def __init__(self, floor: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._floor = floor
        self._clock = clock
        self._paces: dict[str, _Pace] = {}
        self._not_before: dict[str, float] = {}
        self._rest_until: dict[str, float] = {}

    @property
    def one_at_a_time(self) -> bool:
        """Whether a host has to have answered before it is asked again."""
        return self._floor > 0

    def ask(self, host: str, seconds: float) -> None:
        """Take in a delay that a robots.txt of the host asks for.

        The largest counts, since a host has a robots.txt for each scheme and port; that one of
        them has come down is seen by the next crawl.
        """
        pace = self._pace(host)
        pace.asked = max(pace.asked, seconds)

    def delay(self, host: str) -> float:
        """Seconds from the start of a request to the start of the next."""
        pace = self._paces.get(host)
        return max(self._floor, pace.asked, pace.back_off) if pace else self._floor

    def rest(self, host: str) -> float:
        """Seconds that are left of a rest which the host asked for or its trouble suggests."""
        left = self._rest_until.get(host, 0.0) - self._clock()
        if left <= 0:
            self._rest_until.pop(host, None)
        return max(0.0, left)

    def started(self, host: str) -> None:
        """A request to the host is on its way."""
        self._wait_until(host, self._clock() + self.delay(host))

    def answered(
        self,
        host: str,
        *,
        status: int | None,
        latency: float = 0.0,
        retry_after: float | None = None,
    ) -> None:
        """Learn from an answer: its status (None: none came in time) and latency in seconds."""
        now = self._clock()
        busy = status is None or status in BUSY
        if self._floor > 0:
            self._adapt(host, None if busy else status, latency)
        rest = min(retry_after or 0.0, LONGEST_REST)
        if busy:
            rest = max(rest, self.delay(host))
        if rest > 0:
            self._rest_until[host] = max(self._rest_until.get(host, 0.0), now + rest)
        self._wait_until(host, max(now - latency + self.delay(host), now + rest))

    def resting(self) -> frozenset[str]:
        """The hosts that must not be asked now."""
        now = self._clock()
        over = [host for host, moment in self._not_before.items() if moment <= now]
        for host in over:
            del self._not_before[host]
        return frozenset(self._not_before)

    def wakes_in(self) -> float | None:
        """Seconds until the first resting host may be asked; None if no host rests."""
        if not self.resting():
            return None
        return min(self._not_before.values()) - self._clock()

    def _adapt(self, host: str, status: int | None, latency: float) -> None:
        """Learn from an answer; status None stands for every sign of trouble."""
        pace = self._pace(host)
        if status is None:
            wanted = self.delay(host) * 2
        else:
            # Half way up to the latency at once, so that one slow answer among many weighs little.
            smoothed = (pace.back_off + latency * LATENCY_FACTOR) / 2
            # An error page comes fast; that is no sign of health.
            wanted = max(smoothed, pace.back_off * (DECAY if status < 400 else 1.0))
        pace.back_off = min(wanted, LONGEST_BACK_OFF)

    def _wait_until(self, host: str, moment: float) -> None:
        known = self._not_before.get(host, moment)
        self._not_before[host] = max(known, moment)

    def _pace(self, host: str) -> _Pace:
        return self._paces.setdefault(host, _Pace())


class PacingMiddleware:
    """Scrapy downloader middleware: tells the spider's pacer of each answer, obeys its delays.

    Scrapy spaces the requests of a host by the delay of the host's downloader slot; this keeps
    that delay up to date, for the slot there is and for one made after the host went idle. And it
    lets one request of a host pass at a time: Scrapy would send the next one that waits in the
    slot before it tells anyone that the last answer was a Retry-After or none.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the answer to the request before; set the delay that then remains."""
        host = host_of(request.url)
        if self._pacer.one_at_a_time:
            await self._turns[host].acquire()
            request.meta[_TURN] = True
        self._set_delay(host)
        self._pacer.started(host)

    def process_response(self, request: Request, response: Response) -> Response:
        """Learn from an answer."""
        self._learn(request, status=response.status, rest=_asked_rest(response))
        self._pass_turn(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Learn from an answer that did not come in time; other errors say nothing of the load."""
        if isinstance(exception, DownloadTimeoutError):
            self._learn(request, status=None, rest=None)
        self._pass_turn(request)

    def _learn(self, request: Request, *, status: int | None, rest: float | None) -> None:
        host = host_of(request.url)
        latency = float(request.meta.get("download_latency", 0.0))
        self._pacer.answered(host, status=status, latency=latency, retry_after=rest)
        self._set_delay(host, request.meta.get(SENT, 0.0))

    def _pass_turn(self, request: Request) -> None:
        if request.meta.pop(_TURN, False):
            self._turns[host_of(request.url)].release()

    def _set_delay(self, host: str, sent: float = 0.0) -> None:
        downloader = self._crawler.engine.downloader
        delay = self._pacer.delay(host)
        downloader.per_slot_settings[host] = {"delay": delay}
        if slot := downloader.slots.get(host):
            slot.delay = delay
            # Scrapy counts from the moment it had the request: a slow connection comes after that.
            slot.lastseen = max(slot.lastseen, sent)
            if rest := self._pacer.rest(host):
                # Scrapy sends the next request `delay` after `lastseen`.
                slot.lastseen = max(slot.lastseen, time.monotonic() + rest - delay)

    @property
    def _pacer(self) -> Pacer:
        return cast("SourceSpider", self._crawler.spider).pacer


def _asked_rest(response: Response) -> float | None:
    value, date = (
        (response.headers.get(name) or b"").decode("latin-1") for name in ("Retry-After", "Date")
    )
    return retry_after(value, date=date, now=datetime.now(UTC)) if value else None
