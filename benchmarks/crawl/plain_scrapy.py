"""What a good Scrapy project does out of the box: `python plain_scrapy.py START_URL OUTPUT.jsonl`.

Follows every link of the site and exports each page, its HTML included, as a line of JSON. The
console that only costs is off, the export is UTF-8, and robots.txt is obeyed, as it is in ours.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import HtmlResponse, Response


class PlainSpider(Spider):
    """Exports a page and follows its links."""

    name = "plain"

    def parse(self, response: Response, **_: Any) -> Iterator[Request | dict[str, Any]]:
        """One page."""
        assert isinstance(response, HtmlResponse)
        yield {
            "url": response.url,
            "title": response.css("title::text").get(),
            "html": response.text,
        }
        yield from response.follow_all(css="a")


def main() -> None:
    """Crawl."""
    settings = {
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_DELAY": 0,
        "FEEDS": {sys.argv[2]: {"format": "jsonlines", "encoding": "utf8"}},
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "STATS_DUMP": False,
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(PlainSpider, start_urls=[sys.argv[1]])
    process.start()


if __name__ == "__main__":
    main()
