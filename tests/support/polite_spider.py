"""The politeness middlewares in a crawl of their own: `python polite_spider.py` with a job as JSON.

Standard input: `{"proxy", "floor", "urls", "concurrency", "deadline"}`. Standard output: one JSON
object an address, in the order of their ends: `url`, `status` or `refused`, `signals`, `refusal`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from kaz_crawlers.guard import RequestRefused
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.pacing import Pacer
from kaz_crawlers.settings import scrapy_settings


class PoliteSpider(Spider):
    """Asks for the addresses of a job; what the middlewares need of a spider, and no more."""

    name = "polite"

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__()
        self.options = CrawlOptions(proxy=job["proxy"], delay=job["floor"])
        self.pacer = Pacer(job["floor"], time.monotonic)
        self.urls: list[str] = job["urls"]

    async def start(self) -> AsyncIterator[Request]:
        """All at once: pace is the middlewares' business."""
        for url in self.urls:
            yield Request(url, callback=self.arrived, errback=self.failed, dont_filter=True)

    def archive(self, request: Request) -> None:
        """Nothing is kept here."""

    def arrived(self, response: Response) -> None:
        """Tell of an answer."""
        assert response.request is not None
        _tell(response.request, status=response.status)

    def failed(self, failure: Failure) -> None:
        """Tell of a refusal."""
        error = failure.value
        reason = error.reason if isinstance(error, RequestRefused) else type(error).__name__
        _tell(failure.request, refused=reason)  # type: ignore[attr-defined]


def _tell(request: Request, **outcome: Any) -> None:
    meta = {name: request.meta.get(name) for name in ("signals", "refusal")}
    print(json.dumps({"url": request.url, **outcome, **meta}), flush=True)


def main() -> None:
    """Crawl the job's addresses."""
    job = json.load(sys.stdin)
    settings = scrapy_settings(user_agent="kazcorpus/0.1", delay=job["floor"])
    settings["DOWNLOADER_MIDDLEWARES"]["kaz_crawlers.pacing.PacingMiddleware"] = 760
    settings |= {
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "DOWNLOAD_TIMEOUT": job["deadline"],
    }
    settings |= {"CONCURRENT_REQUESTS": job["concurrency"]}
    process = AsyncCrawlerProcess(settings)
    process.crawl(PoliteSpider, job=job)
    process.start()


if __name__ == "__main__":
    main()
