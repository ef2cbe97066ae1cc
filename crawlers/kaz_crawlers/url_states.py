"""What a crawl's frontier says to others: the end of every address, the traffic of every host."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kaz_crawlers.addresses import UrlState
from kaz_datasets.errors import Corrupt, NotFound

FRONTIER_FILE: Final = "frontier.sqlite"


@dataclass(frozen=True, kw_only=True)
class HostTraffic:
    """What a host was asked for and has sent in one crawl."""

    pages: int
    bytes: int


def url_states(folder: Path) -> Iterator[UrlState]:
    """Every address that the crawl in `folder` knows, in the order they were found.

    Raises NotFound without a frontier, Corrupt if the file is none.
    """
    with _opened(folder) as database:
        for url, state, reason, target in database.execute(
            "SELECT url, state, reason, target FROM address ORDER BY number"
        ):
            yield UrlState(url=url, state=state, reason=reason, target=target)


def host_traffic(folder: Path) -> Mapping[str, HostTraffic]:
    """Pages and bytes by host. Raises NotFound without a frontier, Corrupt if the file is none."""
    with _opened(folder) as database:
        rows = database.execute("SELECT name, pages, bytes FROM host ORDER BY name").fetchall()
    return {name: HostTraffic(pages=pages, bytes=size) for name, pages, size in rows}


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    path = folder / FRONTIER_FILE
    if not path.is_file():
        raise NotFound(f"{folder} holds no crawl (it has no {FRONTIER_FILE})")
    database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        yield database
    except sqlite3.DatabaseError as error:
        raise Corrupt(
            f"{path} cannot be read ({error}): remove the folder and crawl again"
        ) from error
    finally:
        database.close()
