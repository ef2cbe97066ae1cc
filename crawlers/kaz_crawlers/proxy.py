"""The way to a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from kaz_crawlers.spider import SourceSpider


class ProxyMiddleware:
    """Sends every request, robots.txt too, to the proxy of the crawl's options."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Name the proxy to the download handler."""
        proxy = cast("SourceSpider", self._crawler.spider).options.proxy
        if proxy is not None:
            request.meta["proxy"] = proxy
