"""robots.txt by RFC 9309: what may be fetched, and how often.

An answer of 2xx gives the rules; 4xx means that there are none; 5xx, 429 and no answer mean that
nothing may be fetched (section 2.3.1). Crawl-delay and Request-rate are no part of the RFC but
owners write them, so they are honoured.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Self, cast
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from kaz_crawlers.guard import AddressRefused, RequestRefused

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from kaz_crawlers.spider import SourceSpider

LARGEST_RULES: Final = 512_000
"""Bytes that are read of a robots.txt: RFC 9309, section 2.5, asks for 500 KiB at least."""
MOST_REDIRECTS: Final = 5
"""RFC 9309, section 2.3.1.2."""
ATTEMPTS: Final = 3

logger = logging.getLogger(__name__)


class RobotsRules:
    """The rules of one origin for one crawler. Without `text` nothing is allowed."""

    def __init__(self, text: str | None, product_token: str) -> None:
        self._rules = None if text is None else Protego.parse(text)
        self._token = product_token

    @classmethod
    def from_answer(cls, status: int, body: bytes, product_token: str) -> RobotsRules:
        """The rules that an answer to a request for robots.txt means (status 0: no answer)."""
        if 200 <= status < 300:
            return cls(_whole_lines(body).decode("utf-8-sig", "replace"), product_token)
        if 400 <= status < 500 and status != 429:
            return cls("", product_token)
        return cls(None, product_token)

    @property
    def reachable(self) -> bool:
        """Whether the origin answered at all."""
        return self._rules is not None

    def refusal(self, url: str) -> str | None:
        """Why `url` may not be fetched, or None if it may."""
        if self._rules is None:
            return "robots-unreachable"
        return None if self._rules.can_fetch(url, self._token) else "robots"

    @property
    def delay(self) -> float:
        """Seconds between requests that the owner asks for; 0 if nothing is asked."""
        if self._rules is None:
            return 0.0
        rate = self._rules.request_rate(self._token)
        between = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(float(self._rules.crawl_delay(self._token) or 0.0), between)


class RobotsMiddleware:
    """Scrapy downloader middleware: asks robots.txt before every request."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RequestRefused unless the owner lets this address be fetched."""
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._fetch(origin))
        rules = await self._rules[origin]
        if reason := rules.refusal(request.url):
            raise RequestRefused(reason)

    async def _fetch(self, origin: str) -> RobotsRules:
        token = self._spider.options.product_token
        rules = RobotsRules(None, token)
        for _ in range(ATTEMPTS):
            status, body = await self._ask(f"{origin}/robots.txt")
            rules = RobotsRules.from_answer(status, body, token)
            if rules.reachable:
                break
        self._slow_down(urlsplit(origin).hostname or "", rules.delay)
        return rules

    async def _ask(self, url: str) -> tuple[int, bytes]:
        for _ in range(MOST_REDIRECTS + 1):
            request = Request(url, callback=NO_CALLBACK, meta={"robots": True})
            try:
                response = await self._crawler.engine.download_async(request)
            except (AddressRefused, RequestRefused):
                raise  # the guard's word stands for every address of this origin
            except Exception as error:
                logger.warning("no robots.txt from %s (%s)", url, type(error).__name__)
                return 0, b""
            self._spider.archive(request)
            location = _location(response)
            if location is None:
                return response.status, response.body
            url = urljoin(url, location)
        return 404, b""  # RFC 9309: too many redirects may be taken for "unavailable"

    def _slow_down(self, host: str, delay: float) -> None:
        """Set a host's delay for its present slot and for those made after it went idle."""
        downloader = self._crawler.engine.downloader
        delay = max(delay, self._spider.delay)
        downloader.per_slot_settings[host] = {"delay": delay}
        if host in downloader.slots:
            downloader.slots[host].delay = delay

    @property
    def _spider(self) -> SourceSpider:
        return cast("SourceSpider", self._crawler.spider)


def _whole_lines(body: bytes) -> bytes:
    return body if len(body) <= LARGEST_RULES else body[:LARGEST_RULES].rpartition(b"\n")[0]


def _location(response: Response) -> str | None:
    value = response.headers.get("Location")
    return value.decode("latin-1") if value and 300 <= response.status < 400 else None
