"""The spider: what is done with each answer. Every address it is given ends in a state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call
from twisted.python.failure import Failure

from kaz_crawlers.addresses import (
    DONE,
    NOFOLLOW,
    UNCHANGED,
    Outcome,
    Role,
    Task,
    has_canonical_form,
)
from kaz_crawlers.discovery import Link, Unreadable, meta_refresh, redirect_target
from kaz_crawlers.frontier import Frontier
from kaz_crawlers.guard import is_web_address
from kaz_crawlers.journal import Journal
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.pacing import Pacer
from kaz_crawlers.revisits import lastmod_trust
from kaz_crawlers.robots import REFUSAL, SIGNALS
from kaz_crawlers.site import site_of
from kaz_crawlers.source import Source
from kaz_crawlers.verdicts import (
    ATTEMPTS,
    MOST_HOPS,
    REDIRECTS,
    TRANSIENT_STATUSES,
    end_of_error,
    is_transient,
)
from kaz_crawlers.visits import KnownPage, page_after
from kaz_crawlers.warc_records import Exchange, Original
from kaz_crawlers.web_client import EXCHANGE, RECEIVED
from kaz_datasets.identity import host_of
from kaz_datasets.record_facts import RecordFacts

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

TICK = 0.25
"""Seconds: how late a host's rest may be noticed to be over, or a commit to be due."""
MOST_REMEMBERED = 200_000
"""Links met lately: most links of a page are the site's menu, seen on every page before."""

logger = logging.getLogger(__name__)


class SourceSpider(Spider):
    """Fetches one source into one archive folder."""

    name = "source"

    def __init__(
        self,
        *,
        source: Source,
        options: CrawlOptions,
        journal: Journal,
        report: Callable[[int], None],
    ) -> None:
        super().__init__()
        self.source = source
        self.options = options
        self.journal = journal
        self.frontier: Frontier = journal.frontier
        delay = source.polite.delay if options.delay is None else options.delay
        self.pacer = Pacer(delay)
        self._site = site_of(source)
        self._report = report
        self._met: set[str] = set()
        self.finish_reason = "none"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *arguments: Any, **named: Any) -> Self:
        """Scrapy's way to make a spider; the ticking begins when it is opened."""
        spider = super().from_crawler(crawler, *arguments, **named)
        crawler.signals.connect(spider.opened, signals.spider_opened)
        crawler.signals.connect(spider.idle, signals.spider_idle)
        crawler.signals.connect(spider.closed_at_last, signals.spider_closed)
        return spider

    def opened(self) -> None:
        """Begin to commit what waits and to wake the engine when a host's rest is over."""
        self._ticking = create_looping_call(self._tick)
        self._ticking.start(TICK, now=False)

    def idle(self) -> None:
        """Give an end to what Scrapy has swallowed, and go on if that made work."""
        with _defects_end_the_crawl():
            for task in self.frontier.in_flight:
                self.journal.settle(task, Outcome(state="failed", reason="dropped"))
            self.journal.commit()
        if self.frontier.has_waiting:
            raise DontCloseSpider

    def closed_at_last(self, reason: str) -> None:
        """Keep what came before the end, whatever the reason for the end."""
        self.finish_reason = reason
        if self._ticking.running:
            self._ticking.stop()
        self.journal.commit()

    def next_request(self) -> Request | None:
        """The next address to fetch, of a host that may be asked now."""
        with _defects_end_the_crawl():
            resting = self._resting()
            task = self.frontier.next(resting)
            if task is None and self.frontier.uncommitted:
                self.journal.commit()  # what waits there may be all there is to do
                task = self.frontier.next(resting)
        return None if task is None else self._request_for(task)

    def archive(self, request: Request) -> None:
        """Keep the answer to a request of the crawl's own, such as robots.txt."""
        if exchange := request.meta.pop(EXCHANGE, None):
            self.journal.archive(exchange)

    def arrived(self, response: Response) -> None:
        """Archive an answer and note what it means."""
        assert response.request is not None
        with _defects_end_the_crawl():
            task: Task = response.request.meta["task"]
            known: KnownPage | None = response.request.meta["known"]
            exchange = _exchange(response.request)
            if known is not None and _is_unchanged(exchange, known):
                self._settle_unchanged(task, exchange, response, known)
            else:
                self._judge(task, exchange, response, known)
        self._report(self.frontier.fetched)

    def failed(self, failure: Failure) -> None:
        """Note why there is no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        task: Task = request.meta["task"]
        error = failure.value
        with _defects_end_the_crawl():
            self._keep_what_came(request)
            if is_transient(error) and task.attempts + 1 < ATTEMPTS:
                self.journal.again(replace(task, attempts=task.attempts + 1))
                return
            outcome = end_of_error(error)
            if outcome.reason == "rights":
                outcome = replace(outcome, target=request.meta.get(REFUSAL))
            if outcome.state == "failed":
                logger.warning("%s: %s", task.url, failure.getErrorMessage())
            self.journal.settle(task, outcome)

    def _keep_what_came(self, request: Request) -> None:
        """Archive an answer that could not be unpacked; count what came of one that was given up.

        Else a host could send as much as it likes, since no budget would see it.
        """
        if EXCHANGE in request.meta:
            self.journal.archive(_exchange(request))
        else:
            self.frontier.received(host_of(request.url), request.meta.get(RECEIVED, 0))

    def _resting(self) -> frozenset[str]:
        """Hosts that must not be asked now; of those that are paced, one request at a time."""
        resting = self.pacer.resting()
        return resting if self.options.concurrency else resting | self.frontier.busy

    def _request_for(self, task: Task) -> Request:
        known = self.frontier.memory.page(task.key)
        request = Request(
            task.url,
            callback=self.arrived,
            errback=self.failed,
            meta={"task": task, "known": known},
            dont_filter=True,
        )
        if known is not None and known.url == task.url:
            # RFC 9110, section 13.1: sent whole or not at all if nothing has changed since
            if known.etag:
                request.headers["If-None-Match"] = known.etag
            if known.last_modified:
                request.headers["If-Modified-Since"] = known.last_modified
        return request

    def _settle_unchanged(
        self, task: Task, exchange: Exchange, response: Response, known: KnownPage
    ) -> None:
        self.journal.archive_revisit(exchange, known.original)
        page = known.seen_unchanged(exchange.retrieved_at, task)
        try:
            found = self._found(task, response) if exchange.status == 200 else []
        except Unreadable:
            found = []  # as it was the last time, when it named nothing either
        self.journal.settle(task, UNCHANGED, found=found, page=page)

    def _judge(
        self, task: Task, exchange: Exchange, response: Response, known: KnownPage | None
    ) -> None:
        location = self.journal.archive(exchange)
        if 200 <= response.status < 300:
            original = Original(
                url=task.url,
                retrieved_at=exchange.retrieved_at,
                digest=location.digest,
                record_id=location.record_id,
            )
            self._read(task, response, original, known)
        elif response.status in REDIRECTS and "Location" in response.headers:
            self._redirect(task, redirect_target(response))
        elif response.status in TRANSIENT_STATUSES and task.attempts + 1 < ATTEMPTS:
            self.journal.again(replace(task, attempts=task.attempts + 1))
        else:
            self._end(task, Outcome(state="failed", reason=f"http-{response.status}"))

    def _read(
        self, task: Task, response: Response, original: Original, known: KnownPage | None
    ) -> None:
        if task.role in ("page", "listing") and (target := meta_refresh(response)):
            self._redirect(task, target)
            return
        try:
            found = self._found(task, response)
        except Unreadable as error:
            logger.warning("%s", error)
            self._end(task, Outcome(state="failed", reason=f"unreadable-{task.role}"))
            return
        etag, modified = (_header(response, name) for name in ("ETag", "Last-Modified"))
        page = page_after(task, original, known, etag, modified)
        self.journal.settle(task, DONE, found=found, page=page)

    def _found(self, task: Task, response: Response) -> list[Task]:
        """The addresses that an answer leads to. Raises Unreadable."""
        if task.role == "page" and not self.source.discover.follow:
            return []
        try:
            links = [link for link in self._site.links(task.role, response) if self._is_new(link)]
        except Unreadable:
            raise
        except Exception as error:  # strangers wrote the page: it must end itself, not the crawl
            logger.exception("%s cannot be read", response.url)
            raise Unreadable(f"{response.url}: {error}") from error
        return list(self._tasks(task, links))

    def _tasks(self, task: Task, links: list[Link]) -> Iterator[Task]:
        dates = [link.lastmod for link in links if link.lastmod]
        trusted = lastmod_trust(dates, datetime.now(UTC), self.frontier.memory.moves)
        for link in links:
            lastmod = link.lastmod.isoformat() if trusted and link.lastmod else None
            if self._admits(link.url, link.role):
                yield Task(
                    url=link.url,
                    role=link.role,
                    depth=task.depth + 1,
                    lastmod=lastmod,
                    follow=link.follow,
                )

    def _is_new(self, link: Link) -> bool:
        """Whether a link was not met lately in this crawl."""
        met = link.url if link.follow else f"{NOFOLLOW} {link.url}"
        if met in self._met:
            return False
        if len(self._met) >= MOST_REMEMBERED:
            self._met.clear()
        self._met.add(met)
        return True

    def _redirect(self, task: Task, target: str | None) -> None:
        hops = task.hops + 1
        if target is None:
            self._end(task, Outcome(state="failed", reason="bad-redirect"))
        elif hops > MOST_HOPS or target == task.url:
            self._end(task, Outcome(state="failed", reason="redirect-loop", target=target))
        elif not self._admits(target, task.role):
            self._end(task, Outcome(state="redirected", target=target))
        elif Task(url=target, role=task.role).key == task.key:
            self.journal.again(replace(task, url=target, hops=hops))
        else:
            onward = Task(url=target, role=task.role, depth=task.depth, hops=hops)
            self._end(task, Outcome(state="redirected", target=target), onward)

    def _end(self, task: Task, outcome: Outcome, *found: Task) -> None:
        self.journal.settle(task, outcome, found=found)

    def _admits(self, url: str, role: Role) -> bool:
        if not is_web_address(url) or not has_canonical_form(url):
            return False
        if role != "page":
            return self._same_site(url)
        return self.source.urls.accepts(url)

    def _same_site(self, url: str) -> bool:
        discover = self.source.discover
        seeds = (self.source.homepage, *discover.sitemaps, *discover.feeds, *discover.listings)
        return _site(url) in {_site(seed) for seed in seeds}

    def _tick(self) -> None:
        try:
            self.journal.tick()
        except Exception as error:
            logger.exception("%s", error)
            self._ticking.stop()
            self._ending = asyncio.ensure_future(_end_crawl(self.crawler))
            return
        engine = self.crawler.engine
        if engine is not None and engine._slot is not None:
            engine._slot.nextcall.schedule()  # Scrapy itself looks again after five seconds


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
    except DontCloseSpider:
        raise
    except Exception as error:
        logger.exception("%s", error)
        raise CloseSpider("defect") from error


async def _end_crawl(crawler: Crawler) -> None:
    assert crawler.engine is not None
    await crawler.engine.close_spider_async(reason="defect")


def _is_unchanged(exchange: Exchange, known: KnownPage) -> bool:
    return exchange.status == 304 or (exchange.status == 200 and exchange.digest == known.digest)


def _exchange(request: Request) -> Exchange:
    exchange: Exchange = request.meta.pop(EXCHANGE)
    if signals_seen := request.meta.get(SIGNALS):
        return replace(exchange, facts=RecordFacts(signals=tuple(signals_seen)))
    return exchange


def _site(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value and len(value) <= 1000 else None
