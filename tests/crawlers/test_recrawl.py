"""A crawl that follows another: what has not changed is neither fetched nor archived again."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from kaz_crawlers.crawl import CrawlResult, crawl
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.url_states import FRONTIER_FILE, url_states

from .conftest import HOST, Answer, LoopbackSite, make_source

HTML = {"Content-Type": "text/html; charset=utf-8"}


def options(site: LoopbackSite) -> CrawlOptions:
    return CrawlOptions(proxy=site.proxy, delay=0.0)


def sitemap(*entries: tuple[str, str]) -> Answer:
    urls = "".join(
        f"<url><loc>{HOST}{path}</loc><lastmod>{day}</lastmod></url>" for path, day in entries
    )
    return Answer(body=f"<urlset>{urls}</urlset>".encode())


def run(site: LoopbackSite, folder: Path, previous: Path | None = None) -> CrawlResult:
    source = make_source(discover={"sitemaps": [f"{HOST}/sitemap.xml"], "listings": []})
    return crawl(source, folder, options(site), previous=previous)


def ends(folder: Path) -> dict[str, tuple[str, str | None]]:
    return {end.url.removeprefix(HOST): (end.state, end.reason) for end in url_states(folder)}


def records(folder: Path) -> list[tuple[str, str, str]]:
    """Address, type and profile of the records of an archive, requests left out."""
    found = []
    for archive in sorted(folder.glob("*.warc.gz")):
        with archive.open("rb") as stream:
            for record in ArchiveIterator(stream):
                names = ("WARC-Target-URI", "WARC-Type", "WARC-Profile")
                url, kind, profile = (record.headers.get(name) or "" for name in names)
                if kind != "request":
                    found.append((url.removeprefix(HOST), kind, profile.rpartition("/")[2]))
    return found


def kinds(folder: Path, path: str) -> list[str]:
    return [kind for url, kind, _ in records(folder) if url == path]


def long_ago(folder: Path, days: int) -> None:
    """Let the crawl in `folder` have been so many days earlier."""
    database = sqlite3.connect(folder / FRONTIER_FILE)
    seconds = days * 86_400
    database.execute("UPDATE visit SET first = first - ?, last = last - ?", (seconds, seconds))
    database.commit()
    database.close()


def fill(site: LoopbackSite) -> None:
    """Four pages: one with a validator, two without, one that is missing."""
    paths = ("/kk/tag", "/kk/plain", "/kk/moved-on", "/kk/missing")
    site.answers["/sitemap.xml"] = sitemap(*((path, "2020-01-01") for path in paths))
    for path in paths[:3]:
        site.page(path)
    site.answers["/kk/tag"].headers["ETag"] = '"1"'


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished crawl of the filled site, made once: a crawl takes seconds to start."""
    site = LoopbackSite()
    fill(site)
    folder = tmp_path_factory.mktemp("crawled")
    run(site, folder)
    site.close()
    assert ends(folder)["/kk/tag"] == ("done", None)
    return folder


@pytest.fixture
def first(site: LoopbackSite, tmp_path: Path, crawled: Path) -> Path:
    """The finished crawl, to be changed, and the site as it was then."""
    fill(site)
    return shutil.copytree(crawled, tmp_path / "first")


def test_what_was_just_fetched_is_not_asked_for_again(
    site: LoopbackSite, tmp_path: Path, first: Path
) -> None:
    result = run(site, tmp_path / "second", first)
    assert ends(tmp_path / "second") == {
        "/sitemap.xml": ("unchanged", None),
        "/kk/tag": ("skipped", "not-due"),
        "/kk/plain": ("skipped", "not-due"),
        "/kk/moved-on": ("skipped", "not-due"),
        "/kk/missing": ("failed", "http-404"),
    }
    assert result.account.dropped == {"unchanged": 1, "not-due": 3, "http-404": 1}
    assert result.states == {"unchanged": 1, "skipped": 3, "failed": 1}


def test_a_page_that_is_due_is_asked_for_with_its_validators(
    site: LoopbackSite, tmp_path: Path, first: Path
) -> None:
    long_ago(first, 10)
    site.page("/kk/plain", "/kk/new")
    second = tmp_path / "second"
    run(site, second, first)
    found = ends(second)
    assert (found["/kk/tag"], found["/kk/moved-on"]) == (("unchanged", None),) * 2
    assert found["/kk/plain"] == ("done", None)
    assert kinds(second, "/kk/tag") == kinds(second, "/kk/moved-on") == ["revisit"]
    assert kinds(second, "/kk/plain") == ["response"]
    profiles = Counter(profile for _, _, profile in records(second) if profile)
    assert profiles == {"server-not-modified": 1, "identical-payload-digest": 2}


def test_a_date_that_moved_on_is_believed_unless_all_dates_do(
    site: LoopbackSite, tmp_path: Path, first: Path
) -> None:
    site.answers["/sitemap.xml"] = sitemap(
        ("/kk/tag", "2020-01-01"), ("/kk/moved-on", "2090-01-01")
    )
    run(site, tmp_path / "second", first)
    assert ends(tmp_path / "second")["/kk/tag"] == ("skipped", "not-due")
    assert ends(tmp_path / "second")["/kk/moved-on"] == ("unchanged", None)
    stamped = [(f"/kk/{n}", "2090-01-01") for n in range(30)]
    site.answers["/sitemap.xml"] = sitemap(("/kk/tag", "2090-01-01"), *stamped)
    run(site, tmp_path / "third", tmp_path / "second")
    assert ends(tmp_path / "third")["/kk/tag"] == ("skipped", "not-due")


def test_a_page_that_nothing_links_to_any_more_is_still_looked_after(
    site: LoopbackSite, tmp_path: Path, first: Path
) -> None:
    long_ago(first, 10)
    site.answers["/sitemap.xml"] = sitemap()
    site.answers["/kk/plain"] = Answer(status=410)
    run(site, tmp_path / "second", first)
    assert ends(tmp_path / "second")["/kk/plain"] == ("failed", "http-410")


def test_what_the_last_crawl_left_unfinished_is_taken_up(
    site: LoopbackSite, tmp_path: Path
) -> None:
    site.answers["/sitemap.xml"] = sitemap(*((f"/kk/{n}", "2020-01-01") for n in range(5)))
    site.answers["/sitemap.xml"].headers["ETag"] = '"s"'
    for n in range(5):
        site.page(f"/kk/{n}")
    small = make_source(
        discover={"sitemaps": [f"{HOST}/sitemap.xml"], "listings": []}, polite={"max_pages": 3}
    )
    crawl(small, tmp_path / "first", options(site))
    run(site, tmp_path / "second", tmp_path / "first")
    second = ends(tmp_path / "second")
    assert second["/sitemap.xml"] == ("unchanged", None)  # so it named none of the pages
    done = [path for path, end in second.items() if end == ("done", None)]
    assert len(done) == 3


def test_knowledge_outlives_any_number_of_crawls(
    site: LoopbackSite, tmp_path: Path, first: Path
) -> None:
    run(site, tmp_path / "second", first)
    long_ago(tmp_path / "second", 10)
    run(site, tmp_path / "third", tmp_path / "second")
    assert ends(tmp_path / "third")["/kk/tag"] == ("unchanged", None)


def test_a_feed_is_asked_every_time_and_brings_what_is_new(
    site: LoopbackSite, tmp_path: Path
) -> None:
    source = make_source(discover={"feeds": [f"{HOST}/feed.xml"], "listings": []})
    site.page("/kk/1")
    site.page("/kk/2")
    site.answers["/feed.xml"] = feed("/kk/1")
    crawl(source, tmp_path / "first", options(site))
    site.answers["/feed.xml"] = feed("/kk/2", "/kk/1")
    crawl(source, tmp_path / "second", options(site), previous=tmp_path / "first")
    assert ends(tmp_path / "second") == {
        "/feed.xml": ("done", None),
        "/kk/2": ("done", None),
        "/kk/1": ("skipped", "not-due"),
    }


def feed(*paths: str) -> Answer:
    items = "".join(f"<item><link>{HOST}{path}</link></item>" for path in paths)
    return Answer(body=f"<rss>{items}</rss>".encode())
