"""Addresses that a website makes without end: calendars, loops of paths, session numbers.

What is said here is said from the address alone, in time linear in its length, so it costs nothing
beside the budgets of pages and depth, which end every other kind of trap. A false alarm loses a
page, so each limit lies far beyond what news sites use.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

LONGEST: Final = 2000
"""Characters: RFC 9110, section 4.1, asks for 8,000 octets, sitemaps.org allows 2,048."""
MOST_SEGMENTS: Final = 20
MOST_PARAMETERS: Final = 12
MOST_REPEATS: Final = 3
EARLIEST_YEAR: Final = 1900
"""A chronicle may name any day of a century; a calendar without end goes on past it."""
YEARS_AHEAD: Final = 1

_PLAIN: Final = re.compile("https?://[^/?#;(%=:]+(?::[0-9]{1,5})?(/[^?#;(%=:]*)?")
_YEAR: Final = re.compile("/[0-9]{4}(?:[/-]|$)")
_SESSION_NAMES: Final = frozenset(
    {"jsessionid", "phpsessid", "aspsessionid", "asp.net_sessionid", "sessionid", "session_id"}
    | {"sid", "cfid", "cftoken", "zenid", "oscsid", "s_id", "sessid"}
)
_SESSION_VALUE: Final = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z,-]{16,128}")
_PATH_SESSION: Final = re.compile(
    r"[;/](?:jsessionid|phpsessid)=|\([sS]\([0-9a-zA-Z]{20,40}\)\)", re.IGNORECASE
)
_NESTED: Final = re.compile(
    r"https?(?::|%(?:25){0,8}3a)(?:/|%(?:25){0,8}2f)(?:/|%(?:25){0,8}2f)?", re.IGNORECASE
)
# Numbers of articles look like years (`/news/4521/2`, `/8432-15-zhasar`), so a year counts only
# as part of a whole date, or in a path that speaks of a calendar.
_WHOLE_DATE: Final = re.compile(
    r"/([0-9]{4})(?:/(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12][0-9]|3[01])|-(?:0[1-9]|1[0-2])-[0-3][0-9])"
    r"(?=/|$)"
)
_MONTH_OF_CALENDAR: Final = re.compile(
    r"/(?:calendar|kalendar|events?|archives?|arhiv|muragat|kuntizbe|afisha)"
    r"(?:/[a-z]{1,10})?/([0-9]{4})[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)",
    re.IGNORECASE,
)
_DATE_NAMES: Final = frozenset({"year", "month", "date", "day", "jyl", "zhyl", "kun", "god"})
_DATE_VALUE: Final = re.compile(r"([0-9]{4})(?:[-./]?[0-9]{1,2}){0,2}")


def trap(url: str, *, this_year: int | None = None) -> str | None:
    """The kind of trap that `url` looks like, or None.

    `too-long`, `too-deep`, `repeated-path`, `nested-address`, `session`, `too-many-parameters`,
    `calendar` (a date before 1900 or after next year, `this_year` being the year of today).
    """
    if len(url) > LONGEST:
        return "too-long"
    if _is_ordinary(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None  # no address at all: refused by the guard under its own name
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > MOST_SEGMENTS:
        return "too-deep"
    if repeats(segments):
        return "repeated-path"
    return _kind(parts, this_year or datetime.now(UTC).year)


def _is_ordinary(url: str) -> bool:
    """A quick look that settles most links of a page: no query, no year, no segment twice."""
    if not _PLAIN.fullmatch(url) or _YEAR.search(url):
        return False
    segments = url.split("/")[3:]
    return len(set(segments)) == len(segments) <= MOST_SEGMENTS


def repeats(segments: list[str]) -> bool:
    """Whether a run of one or more segments follows itself three times: `a/b/a/b/a/b`."""
    for period in range(1, len(segments) // MOST_REPEATS + 1):
        alike = 0
        for index in range(period, len(segments)):
            alike = alike + 1 if segments[index] == segments[index - period] else 0
            if alike == period * (MOST_REPEATS - 1):
                return True
    return False


def _kind(parts: SplitResult, this_year: int) -> str | None:
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    if _NESTED.search(parts.path) or _nests(parts.query):
        return "nested-address"
    if _PATH_SESSION.search(parts.path) or any(map(_is_session, parameters)):
        return "session"
    if len(parameters) > MOST_PARAMETERS:
        return "too-many-parameters"
    years = [
        int(match[1])
        for pattern in (_WHOLE_DATE, _MONTH_OF_CALENDAR)
        for match in pattern.finditer(parts.path)
    ]
    years += [year for pair in parameters if (year := _year(pair)) is not None]
    if any(not EARLIEST_YEAR <= year <= this_year + YEARS_AHEAD for year in years):
        return "calendar"
    return None


def _nests(query: str) -> bool:
    """Whether addresses are packed into each other: one in a share link is ordinary."""
    return len(_NESTED.findall(query)) > 1


def _is_session(parameter: tuple[str, str]) -> bool:
    name, value = parameter
    return name.lower() in _SESSION_NAMES and bool(_SESSION_VALUE.fullmatch(value))


def _year(parameter: tuple[str, str]) -> int | None:
    name, value = parameter
    if name.lower() not in _DATE_NAMES:
        return None
    match = _DATE_VALUE.fullmatch(value)
    return int(match[1]) if match else None


class ShapeCount:
    """Counts the views of a page: addresses whose paths are alike and whose queries are not.

    A path with queries of two parameters and more in over `limit` shapes is one page sorted and
    filtered in every way. Numbers count as one another, in the path and in the query, so a list
    of many pages, or of articles that are told apart by number, is one shape and no trap. The
    order of parameters does not count.

    At most `memory` paths are held; the one that was not met for longest is forgotten. Nothing is
    kept between runs of a crawl: a restart gives a path `limit` more views, and the budgets of
    pages and depth, which are kept, bound the crawl all the same.
    """

    def __init__(self, limit: int = 200, memory: int = 1000) -> None:
        self._limit = limit
        self._memory = memory
        self._views: dict[str, set[int]] = {}

    def trap(self, url: str) -> str | None:
        """Count an address; `too-many-views` if it is a view beyond the limit."""
        if "&" not in url:
            return None
        parts = urlsplit(url)
        path = parts.netloc + _without_numbers(parts.path)
        views = self._views.pop(path, set())
        self._views[path] = views  # at the end: the order is that of use
        if len(self._views) > self._memory:
            del self._views[next(iter(self._views))]
        view = hash(frozenset(_without_numbers(parts.query).split("&")))
        if view not in views and len(views) >= self._limit:
            return "too-many-views"
        views.add(view)
        return None


def _without_numbers(text: str) -> str:
    return re.sub("[0-9]+", "0", text)
