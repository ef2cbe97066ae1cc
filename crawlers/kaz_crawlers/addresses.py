"""Addresses of a crawl: what is to be fetched, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urldefrag, urlsplit

from kaz_datasets.identity import TRACKING_PARAMETERS, canonical_url, host_of

Role = Literal["sitemap", "feed", "listing", "page"]
State = Literal["pending", "done", "unchanged", "failed", "refused", "redirected", "skipped"]

FETCHED: Final = ("done", "unchanged", "failed", "redirected")
BUDGET_REASONS: Final = ("budget-pages", "budget-bytes", "budget-yield")
BUDGET_DEPTH: Final = "budget-depth"
NOT_DUE: Final = "not-due"
NOFOLLOW: Final = "nofollow"

# Asked for twice in a row at most: when a link is found, and when it is taken in.
_canonical: Final = lru_cache(maxsize=4096)(canonical_url)
_TRACKING: Final = frozenset(TRACKING_PARAMETERS)


@dataclass(frozen=True, kw_only=True)
class Task:
    """An address to fetch: what it is, how far from a seed, how often it was tried."""

    url: str
    role: Role
    depth: int = 0
    hops: int = 0
    """Redirects that led here."""
    attempts: int = 0
    lastmod: str | None = None
    """When a sitemap or feed that is believed says it changed (ISO 8601)."""
    follow: bool = True
    """False while only links lead here that their owner wants nobody to follow."""

    @cached_property
    def key(self) -> str:
        """The canonical address: two spellings of one page are one task."""
        return _canonical(self.url)

    @property
    def host(self) -> str:
        """The host whose pace and budgets the task falls under."""
        return host_of(self.url)

    @property
    def modified(self) -> datetime | None:
        """`lastmod` as a moment."""
        return None if self.lastmod is None else datetime.fromisoformat(self.lastmod)

    def to_json(self) -> str:
        """The request as the frontier keeps it, without what is as usual."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        kept = {name: value for name, value in values.items() if _USUAL.get(name, "") != value}
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str, key: str | None = None) -> Task:
        """The task that `to_json` wrote; its `key`, which costs to make, if that is known."""
        task = cls(**json.loads(line))
        if key is not None:
            task.__dict__["key"] = key
        return task


_USUAL: Final[Mapping[str, Any]] = {
    field.name: field.default for field in fields(Task) if field.default is not MISSING
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a task; see `UrlState` for the reasons."""

    state: State
    reason: str | None = None
    target: str | None = None


DONE: Final = Outcome(state="done")
UNCHANGED: Final = Outcome(state="unchanged")


@dataclass(frozen=True, kw_only=True)
class UrlState:
    """What became of an address.

    `reason` of failed: `http-<status>` or an error's name; of refused: `robots`,
    `robots-unreachable`, `rights`, `guard`, `trap`, `budget-pages`, `budget-bytes`,
    `budget-depth` or `budget-yield`; of skipped: `not-due`, or `nofollow` where the owner
    wants no link to it followed. `target` is where a redirect led, or
    the statement or kind of trap for which it was refused. An `unchanged` page is archived as a
    revisit of an earlier record.
    """

    url: str
    state: State
    reason: str | None = None
    target: str | None = None


def has_canonical_form(url: str) -> bool:
    """Whether the frontier can name `url`: what stands on a page may be no address at all."""
    try:
        return bool(_canonical(url))
    except ValueError:
        return False


def address_to_fetch(url: str) -> str:
    """`url` without fragment, and in canonical form if it says where a reader came from."""
    query = urlsplit(url).query
    if query and any(name in _TRACKING for name, _ in parse_qsl(query, keep_blank_values=True)):
        return canonical_url(url)
    return urldefrag(url).url if "#" in url else url
