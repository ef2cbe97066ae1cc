"""The spider: what is done with each answer. Every address it is given ends in a state."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    CloseSpider,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError
from twisted.python.failure import Failure
from w3lib.url import safe_url_string

from kaz_crawlers.discovery import Unreadable, links_of
from kaz_crawlers.frontier import DONE, Frontier, Outcome, Role, Task
from kaz_crawlers.guard import AddressRefused, RequestRefused, is_web_address
from kaz_crawlers.middlewares import EXCHANGE
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Source
from kaz_crawlers.warc_writer import WarcWriter
from kaz_datasets.identity import canonical_url

ATTEMPTS: Final = 3
MOST_HOPS: Final = 10
LONGEST_PAUSE: Final = 600.0
"""Seconds: a Retry-After beyond ten minutes is taken for ten minutes."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TRANSIENT_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
_TRANSIENT_ERRORS: Final = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    ConnectError,
)

logger = logging.getLogger(__name__)


class SourceSpider(Spider):
    """Fetches one source into one archive folder."""

    name = "source"

    def __init__(
        self,
        *,
        source: Source,
        options: CrawlOptions,
        frontier: Frontier,
        writer: WarcWriter,
        report: Callable[[int], None],
    ) -> None:
        super().__init__()
        self.source = source
        self.options = options
        self.frontier = frontier
        self._writer = writer
        self._report = report
        self._rest_until = 0.0

    @property
    def delay(self) -> float:
        """Seconds between two requests to a host."""
        return self.source.polite.delay if self.options.delay is None else self.options.delay

    @property
    def resting(self) -> bool:
        """Whether the site has asked for a pause that is not over."""
        return time.monotonic() < self._rest_until

    def request_for(self, task: Task) -> Request:
        """The request that fetches `task`."""
        return Request(
            task.url,
            callback=self.arrived,
            errback=self.failed,
            meta={"task": task},
            dont_filter=True,
        )

    def archive(self, request: Request) -> None:
        """Write the answer to `request` as it came; it is durable once synced."""
        if exchange := request.meta.pop(EXCHANGE, None):
            self._writer.write(exchange)

    def arrived(self, response: Response) -> None:
        """Archive an answer and note what it means."""
        assert response.request is not None
        with _defects_end_the_crawl():
            self.archive(response.request)
            self._judge(response.request.meta["task"], response)
            self._writer.roll()
        self._report(self.frontier.fetched)

    def failed(self, failure: Failure) -> None:
        """Note why there is no answer."""
        task: Task = failure.request.meta["task"]  # type: ignore[attr-defined]
        error = failure.value
        with _defects_end_the_crawl():
            if isinstance(error, RequestRefused):
                self._end(task, Outcome(state="refused", reason=error.reason))
            elif isinstance(error, AddressRefused):
                self._end(task, Outcome(state="refused", reason="guard"))
            elif isinstance(error, IgnoreRequest | DownloadCancelledError):
                self._end(task, Outcome(state="failed", reason="too-large"))
            elif isinstance(error, _TRANSIENT_ERRORS):
                self._try_again(task, type(error).__name__, self.delay)
            else:
                logger.error("%s failed: %s", task.url, failure.getErrorMessage())
                self._end(task, Outcome(state="failed", reason=type(error).__name__))

    def _judge(self, task: Task, response: Response) -> None:
        reason = f"http-{response.status}"
        if 200 <= response.status < 300:
            self._read(task, response)
        elif response.status in _REDIRECTS and "Location" in response.headers:
            self._redirect(task, response)
        elif response.status in _TRANSIENT_STATUSES:
            self._try_again(task, reason, _retry_after(response) or self.delay)
        else:
            self._end(task, Outcome(state="failed", reason=reason))

    def _read(self, task: Task, response: Response) -> None:
        try:
            found = list(self._found(task, response))
        except Unreadable as error:
            logger.warning("%s", error)
            self._end(task, Outcome(state="failed", reason=f"unreadable-{task.role}"))
        else:
            self._end(task, DONE, found)

    def _found(self, task: Task, response: Response) -> Iterator[Task]:
        if task.role == "page" and not self.source.discover.follow:
            return
        for url, role in links_of(task.role, response):
            if self._admits(url, role):
                yield Task(url=url, role=role, depth=task.depth + 1)

    def _redirect(self, task: Task, response: Response) -> None:
        location = safe_url_string(response.headers["Location"] or b"")
        target = urldefrag(urljoin(task.url, location)).url
        hops = task.hops + 1
        if hops > MOST_HOPS or target == task.url:
            self._end(task, Outcome(state="failed", reason="redirect-loop", target=target))
        elif not self._admits(target, task.role):
            self._end(task, Outcome(state="redirected", target=target))
        elif canonical_url(target) == task.key:
            self.frontier.again(
                replace(task, url=target, hops=hops), checkpoint=self._writer.sync()
            )
        else:
            onward = Task(url=target, role=task.role, depth=task.depth, hops=hops)
            self._end(task, Outcome(state="redirected", target=target), [onward])

    def _try_again(self, task: Task, reason: str, pause: float) -> None:
        attempts = task.attempts + 1
        if attempts >= ATTEMPTS:
            self._end(task, Outcome(state="failed", reason=reason))
            return
        self._rest_until = time.monotonic() + min(pause * 2**task.attempts, LONGEST_PAUSE)
        self.frontier.again(replace(task, attempts=attempts), checkpoint=self._writer.sync())

    def _end(self, task: Task, outcome: Outcome, found: list[Task] | None = None) -> None:
        # The order that makes the promise: bytes on the device first, then the knowledge of them.
        checkpoint = self._writer.sync()
        self.frontier.settle(task, outcome, found=found or (), checkpoint=checkpoint)

    def _admits(self, url: str, role: Role) -> bool:
        if not is_web_address(url):
            return False
        return self.source.urls.accepts(url) if role == "page" else self._same_site(url)

    def _same_site(self, url: str) -> bool:
        discover = self.source.discover
        seeds = (self.source.homepage, *discover.sitemaps, *discover.feeds, *discover.listings)
        return _site(url) in {_site(seed) for seed in seeds}


def seeds_of(source: Source) -> list[Task]:
    """The addresses a crawl of `source` begins with."""
    named: list[tuple[Role, tuple[str, ...]]] = [
        ("sitemap", source.discover.sitemaps),
        ("feed", source.discover.feeds),
        ("listing", source.discover.listings),
    ]
    return [Task(url=url, role=role) for role, urls in named for url in urls]


@contextmanager
def _defects_end_the_crawl() -> Iterator[None]:
    """An answer that cannot be kept must end the crawl: going on would lose it in silence."""
    try:
        yield
    except Exception as error:
        logger.exception("%s", error)
        raise CloseSpider("defect") from error


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _retry_after(response: Response) -> float | None:
    """Seconds that a busy server asks for (RFC 9110, section 10.2.3; dates are not read)."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    return float(value) if value.isascii() and value.isdigit() else None
