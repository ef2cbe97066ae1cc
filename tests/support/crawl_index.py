"""A small Common Crawl: WARC files and the Parquet index that says where their pages lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_crawlers.warc_writer import Exchange, WarcWriter

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
HTML = ((b"Content-Type", b"text/html; charset=utf-8"), (b"X-Robots-Tag", b"all"))


@dataclass(frozen=True, kw_only=True)
class Fetched:
    url: str
    languages: str = "kaz"
    body: bytes = b"<p>x</p>"
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = HTML


def write_crawl(folder: Path, pages: Sequence[Fetched], name: str = "part") -> Path:
    """WARC below `folder`, and the index of its pages beside it."""
    writer = WarcWriter(folder / "crawl-data", name)
    places = [
        writer.write(
            Exchange(
                url=page.url,
                status=page.status,
                headers=page.headers,
                body=page.body,
                retrieved_at=MOMENT,
                address="93.184.216.34",
            )
        )
        for page in pages
    ]
    writer.close()
    file = f"crawl-data/{name}-00000.warc.gz"
    ends = [*(place.offset for place in places[1:]), (folder / file).stat().st_size]
    table = pa.table(
        {
            "url": [page.url for page in pages],
            "url_host_name": [urlsplit(page.url).hostname for page in pages],
            "url_path": [urlsplit(page.url).path for page in pages],
            "fetch_status": pa.array([page.status for page in pages], pa.int16()),
            "content_languages": [page.languages or None for page in pages],
            "warc_filename": [file] * len(pages),
            "warc_record_offset": pa.array([place.offset for place in places], pa.int32()),
            "warc_record_length": pa.array(
                [end - place.offset for place, end in zip(places, ends, strict=True)], pa.int32()
            ),
        }
    )
    index = folder / f"{name}.parquet"
    pq.write_table(table, index)
    return index
