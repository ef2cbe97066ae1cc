"""Before every request: does the owner of the origin let this address be fetched, and for us?

robots.txt is asked first, then what an origin says of its rights as a whole: TDMRep's
/.well-known/tdmrep.json and ai.txt (`kaz_crawlers.host_rights`), unless robots.txt forbids to ask
for them. The licence that an RSL line of robots.txt points to is evidence and is not fetched. An
origin is asked when its first page is due, again after 24 hours, and by every crawl anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self, cast
from urllib.parse import urlsplit

from kaz_crawlers.guard import RequestRefused
from kaz_crawlers.host_rights import HostRights
from kaz_crawlers.origin_files import OWN_REQUEST, FileAnswer, OriginFiles
from kaz_crawlers.origin_policy import Policy, PolicyCache
from kaz_crawlers.robots_rules import LARGEST_RULES, RobotsRules, whole_lines
from kaz_datasets.identity import host_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from kaz_crawlers.spider import SourceSpider

__all__ = ["LARGEST_RULES", "REFUSAL", "SIGNALS", "RobotsMiddleware", "RobotsRules"]

SIGNALS: Final = "signals"
"""Key of a request's meta: the statements about use that hold for its address."""
REFUSAL: Final = "refusal"
"""Key of a request's meta: the statement for which the address was refused by rights."""


class RobotsMiddleware:
    """Scrapy downloader middleware: lets through what robots.txt and the origin's rights let."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._files = OriginFiles(crawler)
        self._policies = PolicyCache(self._fetch)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RequestRefused unless the owner lets this address be fetched."""
        if request.meta.get(OWN_REQUEST):
            return
        policy = await self._policies.policy(origin_of(request.url))
        if reason := policy.rules.refusal(request.url):
            raise RequestRefused(reason)
        verdict = policy.rights.verdict(request.url)
        request.meta[SIGNALS] = verdict.signals
        if verdict.refusal:
            request.meta[REFUSAL] = verdict.refusal
            raise RequestRefused("rights")

    async def _fetch(self, origin: str) -> Policy:
        token = self._spider.options.product_token
        try:
            answer = await self._files.fetch(f"{origin}/robots.txt")
        except RequestRefused as refused:
            rules = RobotsRules(None, token, unreachable=refused.reason)
            return Policy(rules=rules, rights=HostRights.parse(None, None, None, token))
        rules = RobotsRules.from_answer(answer.status, answer.body, token)
        self._spider.pacer.ask(host_of(origin), rules.delay)
        tdmrep = await self._statement(f"{origin}/.well-known/tdmrep.json", rules)
        ai_txt = await self._statement(f"{origin}/ai.txt", rules)
        rights = HostRights.parse(_text(_body(answer)), tdmrep, _text(ai_txt), token)
        return Policy(rules=rules, rights=rights)

    async def _statement(self, url: str, rules: RobotsRules) -> bytes | None:
        """The file at `url`; None where it may not be fetched or there is none.

        A page of HTML is what some servers send for any address that they do not know.
        """
        if rules.refusal(url):
            return None
        answer = await self._files.fetch(url)
        return None if answer.content_type.endswith("html") else _body(answer)

    @property
    def _spider(self) -> SourceSpider:
        return cast("SourceSpider", self._crawler.spider)


def origin_of(url: str) -> str:
    """Scheme, host and port of `url` (RFC 6454, section 4), as the beginning of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _body(answer: FileAnswer) -> bytes | None:
    return whole_lines(answer.body) if 200 <= answer.status < 300 else None


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode("utf-8-sig", "replace")
