"""Harvest of a journal's OAI-PMH server: politely, to the end, and through the guard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from kaz_crawlers.inputs.guarded_http import Fetched, GuardedClient
from kaz_crawlers.inputs.oai_records import OaiPage, read_page
from kaz_crawlers.inputs.oai_texts import to_document
from kaz_crawlers.inputs.text_archive import Item
from kaz_crawlers.robots import RobotsRules
from kaz_crawlers.warc_writer import Exchange
from kaz_datasets.errors import BadConfiguration, Failed

MOST_PAGES: Final = 20_000
"""Answers of one harvest: two million records where a server gives a hundred at a time."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?")


@dataclass(frozen=True, kw_only=True)
class OaiOptions:
    """Which records. Raises BadConfiguration for a date that the protocol does not know."""

    records_from: str | None = None
    """Only records changed on this day or later: `2026-01-31` (section 3.3.1)."""
    until: str | None = None
    part: str | None = None
    """The server's name of a set (section 2.6)."""

    def __post_init__(self) -> None:
        for value in (self.records_from, self.until):
            if value is not None and not _DAY.fullmatch(value):
                raise BadConfiguration(f"{value!r} is no date: write it as 2026-01-31")

    def query(self) -> dict[str, str]:
        """The arguments of the first request."""
        stated = {"set": self.part, "from": self.records_from, "until": self.until}
        return {
            "verb": "ListRecords",
            "metadataPrefix": "oai_dc",
            **{name: value for name, value in stated.items() if value},
        }


def harvest(url: str, options: OaiOptions, client: GuardedClient) -> Iterator[Item]:
    """Every record as a document or as skipped, and every answer as it came.

    Raises Failed where robots.txt does not allow it, the server answers with an error or goes in
    circles; AddressRefused and Unreachable by the client; Corrupt for what is no OAI-PMH.
    """
    base = url.partition("?")[0]
    yield from _ask_robots(base, client)
    query: dict[str, str] | None = options.query()
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        if query is None:
            return
        fetched = client.get(f"{base}?{urlencode(query)}")
        yield _exchange(fetched)
        page = _page(fetched)
        for record in page.records:
            yield to_document(record, base, fetched.retrieved_at)
        query = _next(page, base, seen)
    raise Failed(f"{base} did not end after {MOST_PAGES} answers: harvest it in parts with --from")


def _ask_robots(base: str, client: GuardedClient) -> Iterator[Item]:
    parts = urlsplit(base)
    answer = client.get(f"{parts.scheme}://{parts.netloc}/robots.txt", largest=1 << 20)
    yield _exchange(answer)
    token = client.user_agent.partition("/")[0]
    refusal = RobotsRules.from_answer(answer.status, answer.body, token).refusal(base)
    if refusal is not None:
        raise Failed(f"robots.txt of {parts.netloc} does not let {base} be fetched ({refusal})")


def _page(fetched: Fetched) -> OaiPage:
    if fetched.status != 200:
        raise Failed(
            f"{fetched.url} answers {fetched.status}: check the address or try again later"
        )
    page = read_page(fetched.body, fetched.url)
    if page.error not in (None, "noRecordsMatch"):
        raise Failed(f"{fetched.url} answers with the error {page.error}: harvest it again")
    return page


def _next(page: OaiPage, base: str, seen: set[str]) -> dict[str, str] | None:
    if page.token is None:
        return None
    if page.token in seen:
        raise Failed(f"{base} gives the same resumptionToken twice: its list has no end")
    seen.add(page.token)
    return {"verb": "ListRecords", "resumptionToken": page.token}


def _exchange(fetched: Fetched) -> Exchange:
    return Exchange(
        url=fetched.url,
        status=fetched.status,
        headers=fetched.headers,
        body=fetched.body,
        address=fetched.address,
        retrieved_at=fetched.retrieved_at,
    )
