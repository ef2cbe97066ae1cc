"""Archives and Common Crawl from servers: fetched once, in pieces that stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawl_index import Fetched, write_crawl
from kaz_crawlers.inputs.columnar_index import IndexQuery
from kaz_crawlers.inputs.guarded_http import ClientOptions
from kaz_crawlers.inputs.ranges import Ranges
from kaz_datasets.errors import Failed, NotFound
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page, read_pages
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace
from kaz_flows.ingesting import ingest_archives
from kaz_flows.ingesting_pages import (
    CommonCrawlJob,
    ingest_common_crawl,
    local_archives,
    ranges_for,
    summed,
)
from range_server import Files, serve

FACTS = SourceFacts(id="cc", basis="text-and-data-mining")
PAGES = [Fetched(url=f"https://a.example/kk/{number}") for number in range(5)]
WARC = "crawl-data/part-00000.warc.gz"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def ranges(workspace: Workspace, files: Files) -> Ranges:
    client = ClientOptions(
        user_agent="kazcorpus/0.1",
        allowed=frozenset({files.endpoint}),
        sleep=lambda seconds: None,
    )
    return ranges_for(workspace, client=client)


def test_an_archive_elsewhere_is_fetched_once(workspace: Workspace, tmp_path: Path) -> None:
    write_crawl(tmp_path, PAGES)
    with serve(Files({"x.warc.gz": (tmp_path / WARC).read_bytes()})) as files:
        for _ in range(2):
            address = f"{files.url}x.warc.gz"
            paths = local_archives(workspace, [address], ranges(workspace, files))
            assert ingest_archives(workspace, paths, FACTS).pages == len(PAGES)
        assert len(files.asked) == 2  # its size and its bytes
    with pytest.raises(NotFound, match="no such file"):
        local_archives(workspace, ["gone.warc"], ranges(workspace, files))


def test_finished_archives_stay_when_a_server_fails(workspace: Workspace, tmp_path: Path) -> None:
    index = write_crawl(tmp_path, PAGES)
    with serve(Files({WARC: (tmp_path / WARC).read_bytes()}, busy_after=4)) as files:
        job = CommonCrawlJob(
            index=(str(index),), query=IndexQuery(), root=files.url, pages_of_archive=2
        )
        with pytest.raises(Failed, match="answers 503"):
            ingest_common_crawl(workspace, job, FACTS, ranges(workspace, files))
        files.busy_after = None
        files.asked.clear()
        reports = ingest_common_crawl(workspace, job, FACTS, ranges(workspace, files))
        assert len(files.asked) == 1
    assert [report.skipped for report in reports] == [True, True, False]
    assert (summed(reports).entered, summed(reports).kept) == (5, 5)
    archived = [
        page.url
        for path in sorted(workspace.archive.glob("cc/*/*.warc.gz"))
        for page in read_pages(path)
        if isinstance(page, Page)
    ]
    assert sorted(archived) == [page.url for page in PAGES]


def test_an_index_without_such_pages_is_named(workspace: Workspace, tmp_path: Path) -> None:
    index = write_crawl(tmp_path, [Fetched(url="https://a.example/1", languages="rus")])
    job = CommonCrawlJob(index=(str(index),), query=IndexQuery(), root="x/", pages_of_archive=2)
    with serve(Files()) as files, pytest.raises(NotFound, match="names no page in 'kaz'"):
        ingest_common_crawl(workspace, job, FACTS, ranges(workspace, files))
