"""The frontier's face towards Scrapy: a scheduler that hands out its tasks as requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

if TYPE_CHECKING:
    from scrapy import Spider

    from kaz_crawlers.spider import SourceSpider


class FrontierScheduler(BaseScheduler):
    """Gives out requests; takes none, since addresses enter the frontier with their page's end."""

    def open(self, spider: Spider) -> None:
        """Learn the spider, whose frontier this shows."""
        self._spider = cast("SourceSpider", spider)

    def has_pending_requests(self) -> bool:
        """Whether an address waits."""
        return self._spider.frontier.has_waiting

    def enqueue_request(self, request: Request) -> bool:
        """Refuse: whoever yields a request would go past the frontier's transactions."""
        raise TypeError(f"requests enter through the frontier, not through Scrapy: {request}")

    def next_request(self) -> Request | None:
        """The next address to fetch, of a host that may be asked now."""
        return self._spider.next_request()
