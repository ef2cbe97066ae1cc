"""Pages out of Common Crawl: the rows of its index, each fetched as one stretch of a WARC file.

A record is checked by its digests, kept as it is, and says where it came from. Where the index also
holds the crawl's robots.txt files (subset `robotstxt`), these are asked as in a crawl of our own: a
page that its owner closes to crawlers or to training is skipped by that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

from kaz_crawlers.host_rights import HostRights
from kaz_crawlers.inputs.columnar_index import Index, IndexRow
from kaz_crawlers.inputs.ranges import Ranges
from kaz_crawlers.inputs.text_archive import FetchedPage, Item, Skipped
from kaz_crawlers.robots import origin_of
from kaz_crawlers.robots_rules import RobotsRules, whole_lines
from kaz_crawlers.warc_writer import Exchange
from kaz_datasets.errors import NotFound
from kaz_datasets.record_facts import RecordFacts
from kaz_datasets.rights.statement import PRODUCT_TOKEN
from kaz_datasets.warc import Damage, page_of
from kaz_datasets.warc_records import Broken, Record, records_of

ROOT: Final = "https://data.commoncrawl.org/"
"""Where the files that the index names lie; with an account, `s3://commoncrawl/` is the same."""
LARGEST_RECORD: Final = 16 << 20
"""Bytes of a packed record; Common Crawl cuts pages long before."""
PAGES_OF_ARCHIVE: Final = 500
"""Pages that are taken in as one piece of work: about 17 minutes at two seconds a page."""

_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, kw_only=True)
class OriginRules:
    """What the robots.txt of one origin said when Common Crawl came by."""

    exchange: Exchange
    rules: RobotsRules
    rights: HostRights


def read_pages_of(
    rows: Sequence[IndexRow], ranges: Ranges, root: str, index: Index | None = None
) -> Iterator[Item]:
    """One item a row, and the robots.txt records that were asked.

    Rules: `gone` (no such file), `damaged-record`, `wrong-record` (another address), `too-large`,
    `robots`, `rights`. Raises Failed and its kin where a server cannot be reached.
    """
    origins = _origins(rows, ranges, root, index)
    for origin in sorted(origins):
        yield origins[origin].exchange
    for row in rows:
        yield _item(row, ranges, root, origins)


def _item(
    row: IndexRow, ranges: Ranges, root: str, origins: Mapping[str, OriginRules]
) -> FetchedPage | Skipped:
    place = f"{root}{row.file}@{row.offset}+{row.length}"
    known = origins.get(origin_of(row.url))
    facts = RecordFacts(came_from=place)
    if known is not None:
        if known.rules.refusal(row.url):
            return Skipped(rule="robots", url=row.url, value=place)
        verdict = known.rights.verdict(row.url)
        if verdict.refusal:
            return Skipped(rule="rights", url=row.url, value=verdict.refusal)
        facts = replace(facts, signals=verdict.signals)
    fetched = _fetched(row, ranges, root, facts)
    return fetched if isinstance(fetched, Skipped) else FetchedPage(exchange=fetched)


def _fetched(row: IndexRow, ranges: Ranges, root: str, facts: RecordFacts) -> Exchange | Skipped:
    place = facts.came_from or f"{root}{row.file}@{row.offset}+{row.length}"
    if not 0 < row.length <= LARGEST_RECORD:
        return Skipped(rule="too-large", url=row.url, value=place)
    try:
        data = ranges.read(root + row.file, row.offset, row.length)
    except NotFound:
        return Skipped(rule="gone", url=row.url, value=place)
    record = next(iter(records_of(BytesIO(data))), None)
    if record is None or isinstance(record, Broken):
        reason = "nothing is there" if record is None else record.reason
        return Skipped(rule="damaged-record", url=row.url, value=f"{place}: {reason}")
    page = page_of(record, row.file)
    if page is None or (not isinstance(page, Damage) and page.url != row.url):
        return Skipped(rule="wrong-record", url=row.url, value=place)
    if isinstance(page, Damage):
        return Skipped(rule="damaged-record", url=row.url, value=f"{place}: {page.reason}")
    return replace(_exchange(record, page.status), facts=facts, retrieved_at=page.retrieved_at)


def _exchange(record: Record, status: int) -> Exchange:
    """The message in a record, its headers as they stand there."""
    end = _END_OF_HEAD.search(record.block)
    head = record.block if end is None else record.block[: end.start()]
    lines = (line.rstrip(b"\r").partition(b":") for line in head.split(b"\n")[1:])
    return Exchange(
        url=record.headers["warc-target-uri"].strip(" <>"),
        status=status,
        headers=tuple((name.strip(), value.strip()) for name, colon, value in lines if colon),
        body=b"" if end is None else record.block[end.end() :],
        address=record.headers.get("warc-ip-address"),
    )


def _origins(
    rows: Sequence[IndexRow], ranges: Ranges, root: str, index: Index | None
) -> dict[str, OriginRules]:
    """The rules of each origin for which the index names a robots.txt; the last one counts."""
    if index is None:
        return {}
    hosts = sorted({urlsplit(row.url).hostname or "" for row in rows})
    origins: dict[str, OriginRules] = {}
    for row in index.robots(hosts):
        fetched = _fetched(row, ranges, root, RecordFacts(came_from=f"{root}{row.file}"))
        if isinstance(fetched, Skipped):
            continue
        earlier = origins.get(origin_of(row.url))
        if earlier is None or earlier.exchange.retrieved_at < fetched.retrieved_at:
            origins[origin_of(row.url)] = _rules(fetched)
    return origins


def _rules(exchange: Exchange) -> OriginRules:
    text = whole_lines(exchange.body).decode("utf-8-sig", "replace")
    return OriginRules(
        exchange=exchange,
        rules=RobotsRules.from_answer(exchange.status, exchange.body, PRODUCT_TOKEN),
        rights=HostRights.parse(text, None, None, PRODUCT_TOKEN),
    )
