"""The files by which an origin speaks to crawlers: asked for like pages, archived like pages."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http.request import NO_CALLBACK
from w3lib.url import safe_url_string

from kaz_crawlers.guard import AddressRefused, RequestRefused, is_web_address
from kaz_datasets.identity import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from kaz_crawlers.spider import SourceSpider

OWN_REQUEST: Final = "robots"
"""Key of a request's meta: this request is made to learn the rules, so it is not held to them."""
MOST_REDIRECTS: Final = 5
"""RFC 9309, section 2.3.1.2."""
ATTEMPTS: Final = 3
LONGEST_PATIENCE: Final = 60.0
"""Seconds: a host that wants a longer rest than this is not asked again for the same file now."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FileAnswer:
    """What became of the request for a file; status 0 if there was no answer."""

    status: int = 0
    body: bytes = b""
    content_type: str = ""

    @property
    def settled(self) -> bool:
        """Whether asking again now would be pointless: the file is there, or surely not."""
        return 200 <= self.status < 300 or (400 <= self.status < 500 and self.status != 429)


class OriginFiles:
    """Fetches the files of origins through the engine of a crawl, at the pace of each host."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    async def fetch(self, url: str) -> FileAnswer:
        """The file at `url`; asked for three times if the server is in trouble.

        Raises RequestRefused where the guard refuses the origin itself. A body that is refused for
        its size (16 MiB by settings.py) is no answer: no robots.txt is as long, and what cannot be
        read must not be taken for a permission.
        """
        answer = FileAnswer()
        for _ in range(ATTEMPTS):
            answer = await self._follow(url)
            if answer.settled or self._spider.pacer.rest(host_of(url)) > LONGEST_PATIENCE:
                break
        return answer

    async def _follow(self, url: str) -> FileAnswer:
        for hop in range(MOST_REDIRECTS + 1):
            request = Request(url, callback=NO_CALLBACK, meta={OWN_REQUEST: True})
            try:
                response = await self._crawler.engine.download_async(request)
            except (AddressRefused, RequestRefused) as error:
                if hop == 0:
                    raise RequestRefused("guard") from error  # it holds for the whole origin
                return FileAnswer()
            except Exception as error:
                logger.warning("no answer for %s (%s)", url, type(error).__name__)
                return FileAnswer()
            self._spider.archive(request)
            target = _target(url, response)
            if target is None:
                return _answer(response)
            if not is_web_address(target):
                return FileAnswer()
            url = target
        # RFC 9309, section 2.3.1.2: more redirects may be taken for "unavailable".
        return FileAnswer(status=404)

    @property
    def _spider(self) -> SourceSpider:
        return cast("SourceSpider", self._crawler.spider)


def _target(url: str, response: Response) -> str | None:
    location = response.headers.get("Location")
    if not location or not 300 <= response.status < 400:
        return None
    try:
        return urljoin(url, safe_url_string(location))
    except ValueError:
        return ""


def _answer(response: Response) -> FileAnswer:
    content_type = response.headers.get("Content-Type") or b""
    return FileAnswer(
        status=response.status,
        body=response.body,
        content_type=content_type.decode("latin-1").partition(";")[0].strip().lower(),
    )
