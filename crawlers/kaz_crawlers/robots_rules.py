"""robots.txt by RFC 9309: what may be fetched, and how often.

An answer of 2xx gives the rules; 4xx means that there are none; 5xx, 429 and no answer mean that
nothing may be fetched (section 2.3.1), however long that lasts: the allowance to crawl a site that
is unreachable for 30 days is not used. Crawl-delay and Request-rate are no part of the RFC but
owners write them, so they are honoured up to an hour; whoever asks for more, less than 24 pages a
day, is taken to want no crawler, and all is refused.

Protego matches paths. The groups are chosen by `kaz_datasets.rights.robots_groups`: Protego would
compare every rule with every agent line above it (half a megabyte of them takes all memory), and
take `kaz` for `kazcorpus`, where section 2.2.1 asks for equal tokens.
"""

from __future__ import annotations

from typing import Final

from protego import Protego

from kaz_datasets.rights.robots_groups import addressed_lines

LARGEST_RULES: Final = 512_000
"""Bytes that are read of a robots.txt: RFC 9309, section 2.5, asks for 500 KiB at least."""
LONGEST_DELAY: Final = 3600.0
"""Seconds: beyond it nothing is fetched."""


class RobotsRules:
    """The rules of one origin for one crawler. Without `text` nothing is allowed.

    `unreachable` is the reason that is then given.
    """

    def __init__(
        self, text: str | None, product_token: str, *, unreachable: str = "robots-unreachable"
    ) -> None:
        own = None if text is None else group_text(text, product_token)
        self.size = len(own or "")
        """Characters of the rules that apply, for a cache to count."""
        self._rules = None if own is None else Protego.parse(own)
        self._unreachable = unreachable

    @classmethod
    def from_answer(cls, status: int, body: bytes, product_token: str) -> RobotsRules:
        """The rules that an answer to a request for robots.txt means (status 0: no answer)."""
        if 200 <= status < 300:
            return cls(whole_lines(body).decode("utf-8-sig", "replace"), product_token)
        if 400 <= status < 500 and status != 429:
            return cls("", product_token)
        return cls(None, product_token)

    @property
    def reachable(self) -> bool:
        """Whether the origin answered at all."""
        return self._rules is not None

    def refusal(self, url: str) -> str | None:
        """Why `url` may not be fetched, or None if it may."""
        if self._rules is None:
            return self._unreachable
        allowed = self._rules.can_fetch(url, "*") and self.delay <= LONGEST_DELAY
        return None if allowed else "robots"

    @property
    def delay(self) -> float:
        """Seconds between requests that the owner asks for; 0 if nothing is asked."""
        if self._rules is None:
            return 0.0
        rate = self._rules.request_rate("*")
        between = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(float(self._rules.crawl_delay("*") or 0.0), between)


def group_text(text: str, product_token: str) -> str:
    """The lines of all groups for `product_token`, or else for `*`, as one group for `*`."""
    return "\n".join(["User-agent: *", *addressed_lines(text, product_token).own])


def whole_lines(body: bytes) -> bytes:
    """The first 500 KiB of a body up to a line end: half a rule may say something else."""
    if len(body) <= LARGEST_RULES:
        return body
    body = body[:LARGEST_RULES]
    return body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
