"""Pages out of a small Common Crawl: found by its index, fetched by stretches, checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawl_index import MOMENT, Fetched, write_crawl
from kaz_crawlers.inputs.columnar_index import Index, IndexQuery, IndexRow
from kaz_crawlers.inputs.common_crawl import read_pages_of
from kaz_crawlers.inputs.guarded_http import ClientOptions, GuardedClient
from kaz_crawlers.inputs.ranges import AnyRanges, LocalRanges
from kaz_crawlers.inputs.text_archive import FetchedPage, Skipped
from kaz_crawlers.warc_writer import Exchange
from kaz_datasets.errors import BadConfiguration, Corrupt, NotFound
from range_server import Files, serve

A, B = "https://a.example", "https://b.kz"
PAGES = (
    Fetched(url=f"{A}/kk/1", body="<p>Бір</p>".encode()),
    Fetched(url=f"{A}/ru/2", languages="rus"),
    Fetched(url=f"{B}/3", languages="rus,kaz"),
    Fetched(url=f"{B}/4", status=404),
    Fetched(url=f"{B}/5", languages=""),
    Fetched(url=f"{A}/zhabyq/6"),
    Fetched(url=f"{A}/kk/7"),
)
ROBOTS = (
    Fetched(
        url=f"{A}/robots.txt",
        languages="",
        body=b"User-agent: *\nDisallow: /zhabyq/\nContent-Usage: /kk/7 train-ai=n\n"
        b"Content-Signal: search=yes\n",
        headers=((b"Content-Type", b"text/plain"),),
    ),
    Fetched(url="https://other.example/robots.txt", languages=""),
)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index([str(write_crawl(tmp_path, PAGES))], LocalRanges())


def urls(rows: list[IndexRow]) -> list[str]:
    return [row.url for row in rows]


def test_pages_are_found_by_language(index: Index) -> None:
    assert urls(index.pages(IndexQuery())) == [
        f"{A}/kk/1", f"{B}/3", f"{A}/zhabyq/6", f"{A}/kk/7",
    ]  # fmt: skip
    assert urls(index.pages(IndexQuery(hosts=("kz",)))) == [f"{B}/3"]
    assert urls(index.pages(IndexQuery(language="rus", limit=1))) == [f"{A}/ru/2"]
    assert index.pages(IndexQuery(language="kir")) == []


def test_each_row_is_one_page_as_it_was(index: Index, tmp_path: Path) -> None:
    rows = index.pages(IndexQuery())
    first, *_ = items = list(read_pages_of(rows, LocalRanges(), f"{tmp_path}/"))
    assert len(items) == len(rows)
    assert isinstance(first, FetchedPage)
    exchange = first.exchange
    assert (exchange.url, exchange.status, exchange.body) == (
        PAGES[0].url,
        200,
        "<p>Бір</p>".encode(),
    )
    assert exchange.headers == PAGES[0].headers
    assert (exchange.retrieved_at, exchange.address) == (MOMENT, "93.184.216.34")
    assert exchange.facts.came_from == (
        f"{tmp_path}/{rows[0].file}@{rows[0].offset}+{rows[0].length}"
    )


def test_the_crawls_robots_files_are_obeyed(index: Index, tmp_path: Path) -> None:
    robots = write_crawl(tmp_path, ROBOTS, name="robotstxt")
    both = Index([*index.files, str(robots)], LocalRanges())
    rows = both.pages(IndexQuery())
    items = list(read_pages_of(rows, LocalRanges(), f"{tmp_path}/", both))
    assert isinstance(items[0], Exchange)
    assert items[0].body == ROBOTS[0].body
    assert [type(item) for item in items[1:]] == [FetchedPage, FetchedPage, Skipped, Skipped]
    page, other, closed, refused = items[1:]
    assert isinstance(page, FetchedPage)
    assert page.exchange.facts.signals == ("robots.txt:content-signal=search=yes",)
    assert isinstance(other, FetchedPage)
    assert other.exchange.facts.signals == ()
    assert isinstance(closed, Skipped)
    assert (closed.rule, closed.url) == ("robots", f"{A}/zhabyq/6")
    assert isinstance(refused, Skipped)
    assert (refused.rule, refused.value) == ("rights", "robots.txt:content-usage=train-ai=n")


def test_what_is_not_as_the_index_says_is_skipped_by_name(index: Index, tmp_path: Path) -> None:
    row = index.pages(IndexQuery())[0]
    archive = tmp_path / row.file
    changed = bytearray(archive.read_bytes())
    wrong = [
        IndexRow("crawl-data/gone.warc.gz", 0, 10, row.url),
        IndexRow(row.file, row.offset, row.length, f"{A}/basqa"),
        IndexRow(row.file, row.offset + 1, row.length, row.url),
        IndexRow(row.file, row.offset, row.length // 2, row.url),
        IndexRow(row.file, len(changed), 10, row.url),
        IndexRow(row.file, 0, row.offset, row.url),  # the warcinfo record
        IndexRow(row.file, row.offset, 1 << 30, row.url),
    ]
    items = list(read_pages_of(wrong, LocalRanges(), f"{tmp_path}/"))
    assert [item.rule for item in items if isinstance(item, Skipped)] == [
        "gone", "wrong-record", "damaged-record", "damaged-record", "damaged-record",
        "wrong-record", "too-large",
    ]  # fmt: skip
    changed[row.offset + row.length - 20] ^= 0xFF
    archive.write_bytes(changed)
    (damaged,) = read_pages_of([row], LocalRanges(), f"{tmp_path}/")
    assert isinstance(damaged, Skipped)
    assert damaged.rule == "damaged-record"


def test_index_and_archive_may_lie_on_a_server(index: Index, tmp_path: Path) -> None:
    warc = "crawl-data/part-00000.warc.gz"
    stored = {name: (tmp_path / name).read_bytes() for name in ("part.parquet", warc)}
    with serve(Files(stored)) as files:
        options = ClientOptions(user_agent="kazcorpus/0.1", allowed=frozenset({files.endpoint}))
        ranges = AnyRanges(lambda: GuardedClient(options))
        rows = Index([f"{files.url}part.parquet"], ranges).pages(IndexQuery())
        assert rows == index.pages(IndexQuery())
        files.asked.clear()
        items = list(read_pages_of(rows, ranges, files.url))
        assert all(isinstance(item, FetchedPage) for item in items)
        assert files.asked == [
            (warc, f"bytes={row.offset}-{row.offset + row.length - 1}") for row in rows
        ]
        with pytest.raises(NotFound, match=r"gone\.parquet"):
            Index([f"{files.url}gone.parquet"], ranges).pages(IndexQuery())


def test_what_is_no_index_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1nonsensePAR1")
    with pytest.raises(Corrupt, match="the index cannot be read"):
        Index([str(path)], LocalRanges()).pages(IndexQuery())


@pytest.mark.parametrize("stated", [{"language": "kk"}, {"language": "%"}, {"hosts": ("%",)}])
def test_questions_that_are_none(stated: dict[str, object]) -> None:
    with pytest.raises(BadConfiguration):
        IndexQuery(**stated)  # type: ignore[arg-type]
