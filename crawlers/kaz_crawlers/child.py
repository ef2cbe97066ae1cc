"""One crawl, one process: `python -m kaz_crawlers.child` with its job as JSON on standard input.

Scrapy's reactor can run only once in a process, and a crawl that eats its memory must take
nobody with it. Standard output carries one JSON object a line: `{"fetched": n}` while it goes,
`{"finish_reason": …}` at the end. The log goes to standard error. Exit code 0 means that nothing
is left to fetch (`finished`) or that the budget is spent (`budget`).
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from scrapy.crawler import AsyncCrawlerProcess

from kaz_crawlers.archive import SOURCE_FILE
from kaz_crawlers.budgets import Limits
from kaz_crawlers.frontier import Frontier
from kaz_crawlers.guard import Endpoint, guard_process
from kaz_crawlers.journal import Journal
from kaz_crawlers.options import CrawlOptions, proxy_endpoint
from kaz_crawlers.settings import MEMORY_WALL, scrapy_settings
from kaz_crawlers.source import Source, read_source
from kaz_crawlers.spider import SourceSpider, seeds_of
from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_crawlers.warc_writer import WarcWriter, recover
from kaz_datasets.errors import Failed, KazcorpusError

GOOD_ENDINGS: Final = ("finished", "budget")
_PR_SET_PDEATHSIG: Final = 1
_REPORT_INTERVAL: Final = 0.5  # seconds
_MEBIBYTE: Final = 1 << 20


def run(
    source: Source, folder: Path, options: CrawlOptions, previous: Path | None, out: IO[str]
) -> str:
    """Crawl until nothing is left; the reason for the end. Raises Failed."""
    frontier = Frontier(folder, _limits(source, options))
    writer = WarcWriter(folder, source.id, _info(source, options))
    try:
        recover(folder, frontier.archived)
        if frontier.empty:
            _begin(frontier, source, previous)
        frontier.add(seeds_of(source))
        return _scrape(source, options, Journal(frontier, writer), out)
    finally:
        if sys.exc_info()[0] is None and not frontier.uncommitted:
            writer.close()
        else:
            writer.abandon()  # else records that the frontier does not know would stay
        frontier.close()


def _limits(source: Source, options: CrawlOptions) -> Limits:
    polite = source.polite
    return Limits(
        max_pages=polite.max_pages,
        max_depth=polite.depth,
        max_bytes=polite.max_megabytes * 1_000_000,
        yields=options.yields,
    )


def _info(source: Source, options: CrawlOptions) -> dict[str, str]:
    """What the first record of each archive file says of the crawl."""
    configuration = hashlib.sha256(source.to_toml().encode()).hexdigest()
    return {
        "operator": options.contact or "",
        "robots": "obey",
        "http-header-user-agent": options.user_agent,
        "description": f"source {source.id}, configuration sha256:{configuration}",
    }


def _begin(frontier: Frontier, source: Source, previous: Path | None) -> None:
    """Take over what the last crawl knew: its unfinished addresses, and the pages that are due."""
    if previous is None:
        return
    unfinished = frontier.memory.inherit(previous / FRONTIER_FILE)
    tasks = [*unfinished, *frontier.memory.due(datetime.now(UTC))]
    frontier.add(task for task in tasks if task.role == "page" and source.urls.accepts(task.url))


def _scrape(source: Source, options: CrawlOptions, journal: Journal, out: IO[str]) -> str:
    frontier = journal.frontier
    settings = scrapy_settings(
        user_agent=options.user_agent,
        delay=source.polite.delay if options.delay is None else options.delay,
        concurrency=options.concurrency,
        deadline=options.deadline,
    )
    process = AsyncCrawlerProcess(settings)
    guard_process(_allowed(options), only=bool(options.allowed))
    crawler = process.create_crawler(SourceSpider)
    process.crawl(crawler, source=source, options=options, journal=journal, report=_reporter(out))
    process.start()
    if process.bootstrap_failed:
        raise Failed("the crawl could not be started: see the log")
    assert isinstance(crawler.spider, SourceSpider)
    reason = crawler.spider.finish_reason
    if reason == "finished" and frontier.pending:
        raise Failed(f"{frontier.pending} addresses were left without an end: see the log")
    return "budget" if reason == "finished" and frontier.budget_spent else reason


def _allowed(options: CrawlOptions) -> frozenset[Endpoint]:
    proxy = () if options.proxy is None else (proxy_endpoint(options.proxy),)
    return options.endpoints | frozenset(proxy)


def _reporter(out: IO[str]) -> Callable[[int], None]:
    last = 0.0

    def report(fetched: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _REPORT_INTERVAL:
            last = time.monotonic()
            _tell(out, {"fetched": fetched})

    return report


def _tell(out: IO[str], message: Mapping[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)  # it ended before the kernel was told


def cap_memory(mebibytes: int) -> None:
    """Let the kernel refuse this process more data than that, whatever its own counting misses."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = mebibytes * _MEBIBYTE
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def main() -> int:
    """Read the job, do it, say how it ended."""
    job = json.load(sys.stdin)
    die_with_parent(job["parent"])
    cap_memory(MEMORY_WALL)
    folder = Path(job["folder"])
    try:
        options = CrawlOptions(**{**job["options"], "allowed": tuple(job["options"]["allowed"])})
        previous = Path(job["previous"]) if job.get("previous") else None
        reason = run(read_source(folder / SOURCE_FILE), folder, options, previous, sys.stdout)
    except KazcorpusError as error:
        _tell(sys.stdout, {"error": str(error)})
        return 1
    _tell(sys.stdout, {"finish_reason": reason})
    return 0 if reason in GOOD_ENDINGS else 1


if __name__ == "__main__":
    sys.exit(main())
