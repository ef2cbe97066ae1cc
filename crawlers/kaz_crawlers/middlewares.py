"""The two Scrapy middlewares next to the wire: the way to a proxy, and the answer as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

from kaz_crawlers.warc_records import Exchange, request_message

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from kaz_crawlers.spider import SourceSpider

EXCHANGE = "exchange"


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


class WireMiddleware:
    """Keeps each answer as it came, before Scrapy unpacks it: that is what the archive holds."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Copy the answer: a later middleware changes the headers in place."""
        request.meta[EXCHANGE] = Exchange(
            url=request.url,
            status=response.status,
            headers=tuple(
                (name, value) for name, values in response.headers.items() for value in values
            ),
            body=response.body,
            address=None if request.meta.get("proxy") else _text(response.ip_address),
            request=_sent(request),
        )
        return response


def _sent(request: Request) -> bytes:
    """The request as it went out, but for what the connection added."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {b"Host": [parts.netloc.encode()], **dict(request.headers.items())}
    return request_message(request.method, target, headers)


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
