"""Scrapy's settings: what is switched off is as much part of it as what is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response

LARGEST_BODY: Final = 16 << 20
"""Bytes of a page, also after unpacking: 658 bytes of gzip can otherwise fill the memory."""
LONGEST_DOWNLOAD: Final = 60
"""Seconds for a whole answer, so that a drip of bytes ends."""
MOST_HOSTS_AT_ONCE: Final = 4
"""Of one source; a request that waits for its host to rest is not handed to Scrapy at all."""
MEMORY_LIMIT: Final = 768
"""MiB after which Scrapy ends the process; the crawl goes on where it was when started again. Four
answers at a time, unpacked, need 330."""
MEMORY_WALL: Final = 1536
"""MiB that the kernel gives: Scrapy looks only every five seconds."""

_WEB_ONLY: Final = dict.fromkeys(("http", "https"), "kaz_crawlers.web_client.WebClient")
_CLIENT_DOES_THIS: Final = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
_FRONTIER_DOES_THIS: Final = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
}
_SPIDER_DOES_THIS: Final = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
_NOBODY_READS: Final = {
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.closespider.CloseSpider": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}


class NoLineForEachPage(LogFormatter):
    """The frontier says what became of each address; a line that nobody reads is not made."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> Any:
        """None: Scrapy would make the line even where its level is not logged."""
        return None


def scrapy_settings(
    *,
    user_agent: str,
    delay: float,
    concurrency: int | None = None,
    deadline: float | None = None,
) -> dict[str, Any]:
    """The settings of one crawl with `delay` seconds between two requests to a host.

    `concurrency` requests at a time instead of one a host, and `deadline` seconds for a whole
    answer instead of a minute, are for crawls on this machine.
    """
    return {
        "SCHEDULER": "kaz_crawlers.scheduler.FrontierScheduler",
        "DOWNLOADER_MIDDLEWARES": {
            **_CLIENT_DOES_THIS,
            **_FRONTIER_DOES_THIS,
            "kaz_crawlers.guard.GuardMiddleware": 50,
            "kaz_crawlers.robots.RobotsMiddleware": 100,
            "kaz_crawlers.proxy.ProxyMiddleware": 750,
            "kaz_crawlers.pacing.PacingMiddleware": 760,
        },
        "SPIDER_MIDDLEWARES": _SPIDER_DOES_THIS,
        "EXTENSIONS": {
            **_NOBODY_READS,
            "scrapy.extensions.memusage.MemoryUsage": None,
            "kaz_crawlers.memory.OwnMemoryUsage": 0,
        },
        # Only the web: a file: or data: address on a page must reach no handler.
        "DOWNLOAD_HANDLERS": {**dict.fromkeys(("file", "ftp", "s3", "data")), **_WEB_ONLY},
        "DOWNLOAD_MAXSIZE": LARGEST_BODY,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": deadline or LONGEST_DOWNLOAD,
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # jitter would go below the promised delay
        "CONCURRENT_REQUESTS": concurrency or MOST_HOSTS_AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency or 1,
        "CONCURRENT_ITEMS": 1,  # Scrapy starts as many tasks for each answer; we yield no items
        # Encodings that every WARC reader can unpack.
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
            "Accept-Language": "kk",
        },
        "USER_AGENT": user_agent,
        # Both would listen on a local port and run code for whoever connects.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "MEMUSAGE_LIMIT_MB": MEMORY_LIMIT,
        "MEMUSAGE_CHECK_INTERVAL_SECONDS": 5.0,
        "LOG_LEVEL": "WARNING",
        "LOG_FORMATTER": "kaz_crawlers.settings.NoLineForEachPage",
        "STATS_DUMP": False,
    }
