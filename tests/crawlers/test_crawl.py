"""Whole crawls of a small site behind a loopback proxy, by the real Scrapy in its own process."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from kaz_crawlers.archive import SOURCE_FILE, archive_facts
from kaz_crawlers.crawl import account_of, crawl
from kaz_crawlers.guard import is_public
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.url_states import url_states
from kaz_datasets.errors import BadConfiguration, Failed
from kaz_datasets.warc import Page, read_pages

from .conftest import HOST, Answer, LoopbackSite, make_source

ON_THE_WEB = CrawlOptions(contact="mailto:me@site.example")
ROBOTS = b"User-agent: *\nDisallow: /kk/zhabyq/\n"


def options(site: LoopbackSite) -> CrawlOptions:
    return CrawlOptions(proxy=site.proxy, delay=0.0)


def archived(folder: Path) -> Counter[tuple[str, int]]:
    """How often each answer is in the archive, by path and status; a bomb is kept as it came."""
    items = [item for path in folder.glob("*.warc.gz") for item in read_pages(path)]
    damages = [item.reason for item in items if not isinstance(item, Page)]
    assert all(reason.endswith("bytes once decompressed") for reason in damages)
    return Counter(
        (item.url.removeprefix(HOST), item.status) for item in items if isinstance(item, Page)
    )


def ends(folder: Path) -> dict[str, tuple[str, str | None]]:
    return {end.url.removeprefix(HOST): (end.state, end.reason) for end in url_states(folder)}


def test_every_address_ends_in_a_state(site: LoopbackSite, tmp_path: Path) -> None:
    site.answers["/robots.txt"] = Answer(body=ROBOTS)
    sitemap = f"<urlset><url><loc>{HOST}/kk/map</loc></url></urlset>".encode()
    site.answers["/sitemap.xml"] = Answer(body=sitemap)
    site.answers["/feed.xml"] = Answer(body=b"<rss><item><link>/kk/feed</link></item></rss>")
    site.page("/", "/kk/1", "/kk/zhabyq/1", "/kk/loop-a", "/kk/self", "/kk/missing", "/ru/1")
    site.page("/kk/1", "/kk/2#x", "/kk/1?utm_source=tg", "file:///etc/passwd", "/kk/busy")
    site.page(
        "/kk/2", "http://10.0.0.1/metadata", "http://inside.example/x", "/kk/moved", "/kk/bomb"
    )
    for path in ("/kk/map", "/kk/feed", "/kk/new"):
        site.page(path)
    site.answers["/kk/map"] = Answer(
        body=b'<a rel=nofollow href="/kk/sort">x</a><a href="/kk/2026/2026/2026/2026">x</a>',
        headers={"Content-Type": "text/html"},
    )
    site.redirect("/kk/loop-a", "/kk/loop-b")
    site.redirect("/kk/loop-b", "/kk/loop-a")
    site.redirect("/kk/self", "/kk/self")
    site.redirect("/kk/moved", "/kk/new")
    site.answers["/kk/busy"] = Answer(status=503)
    bomb = gzip.compress(bytes(17 << 20))
    site.answers["/kk/bomb"] = Answer(body=bomb, headers={"Content-Encoding": "gzip"})
    site.answers["http://inside.example/robots.txt"] = Answer(status=500)
    source = make_source(
        discover={"sitemaps": [f"{HOST}/sitemap.xml"], "feeds": [f"{HOST}/feed.xml"]}
    )
    told: list[int] = []
    result = crawl(source, tmp_path, options(site), lambda done, total, unit: told.append(done))

    assert ends(tmp_path) == {
        "/sitemap.xml": ("done", None),
        "/feed.xml": ("done", None),
        "/": ("done", None),
        "/kk/map": ("done", None),
        "/kk/feed": ("done", None),
        "/kk/1": ("done", None),
        "/kk/2": ("done", None),
        "/kk/new": ("done", None),
        "/kk/zhabyq/1": ("refused", "robots"),
        "/kk/loop-a": ("redirected", None),
        "/kk/loop-b": ("redirected", None),
        "/kk/sort": ("skipped", "nofollow"),
        "/kk/2026/2026/2026/2026": ("refused", "trap"),
        "/kk/moved": ("redirected", None),
        "/kk/self": ("failed", "redirect-loop"),
        "/kk/bomb": ("failed", "too-large"),
        "/kk/missing": ("failed", "http-404"),
        "/kk/busy": ("failed", "http-503"),
        "http://10.0.0.1/metadata": ("refused", "guard"),
        "http://inside.example/x": ("refused", "robots-unreachable"),
    }
    dropped = {
        "failed:redirect-loop": 1,
        "failed:too-large": 1,
        "guard": 1,
        "http-404": 1,
        "http-503": 1,
        "nofollow": 1,
        "redirected": 3,
        "robots": 1,
        "robots-unreachable": 1,
        "trap": 1,
    }
    assert result.account.dropped == dropped
    assert (result.account.entered, result.account.kept, result.pages) == (20, 8, 8)
    assert result.finish_reason == "finished"
    assert result.bytes == sum(path.stat().st_size for path in tmp_path.glob("*.warc.gz"))
    assert told

    asked = site.requests
    assert asked[f"{HOST}/robots.txt"] == 1
    assert asked[f"{HOST}/kk/zhabyq/1"] == 0
    assert asked["http://10.0.0.1/metadata"] == asked["http://10.0.0.1/robots.txt"] == 0
    assert asked[f"{HOST}/kk/busy"] == asked["http://inside.example/robots.txt"] == 3
    assert asked[f"{HOST}/kk/1"] == 1
    assert asked[f"{HOST}/kk/sort"] == asked[f"{HOST}/kk/2026/2026/2026/2026"] == 0

    kept = archived(tmp_path)
    assert kept["/robots.txt", 200] == 1
    assert kept["/kk/busy", 503] == 3
    assert all(kept[path, 200] == 1 for path, end in ends(tmp_path).items() if end[0] == "done")
    assert archive_facts(tmp_path) == source.facts()

    again = crawl(source, tmp_path, options(site))
    assert again == result
    assert site.requests == asked
    assert result.fetched >= len(told) > 0
    assert result.seconds > 0
    assert again.fetched == 0


def test_killed_and_started_again_it_ends_whole(site: LoopbackSite, tmp_path: Path) -> None:
    count = 30
    for number in range(count):
        site.page(f"/kk/{number}", f"/kk/{number + 1}" if number + 1 < count else "/kk/0")
    site.page("/", "/kk/0")
    source = make_source(polite={"depth": 40})
    (tmp_path / SOURCE_FILE).write_text(source.to_toml())
    deadly = 17
    kill_at(site, tmp_path, f"{HOST}/kk/{deadly}")
    # The listing, and every page before the deadly one.
    assert account_of("site", url_states(tmp_path)).kept == deadly + 1
    assert list(tmp_path.glob("*.warc.gz.open"))
    result = crawl(source, tmp_path, options(site))
    assert result.account.kept == result.account.entered == count + 1
    pages = archived(tmp_path)
    assert [pages[f"/kk/{number}", 200] for number in range(count)] == [1] * count
    fetched = [site.requests[f"{HOST}/kk/{number}"] for number in range(count)]
    assert fetched == [2 if number == deadly else 1 for number in range(count)]
    assert not list(tmp_path.glob("*.open"))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs Linux's prlimit")
def test_a_crawl_that_cannot_write_any_more_ends_and_goes_on_later(
    site: LoopbackSite, tmp_path: Path
) -> None:
    chance = random.Random(1)
    paths = [f"/kk/{number}" for number in range(30)]
    for path in paths:
        site.page(path)
        body = site.answers[path].body + chance.randbytes(60_000).hex().encode()
        site.answers[path] = Answer(body=body, headers=site.answers[path].headers)
    site.page("/", *paths)
    source = make_source()
    (tmp_path / SOURCE_FILE).write_text(source.to_toml())
    child = started()
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    child.communicate(job(site, tmp_path), timeout=60)
    assert child.returncode == 1
    assert list(tmp_path.glob("*.warc.gz.open"))
    result = crawl(source, tmp_path, options(site))
    assert result.account.kept == result.account.entered == len(paths) + 1
    pages = archived(tmp_path)
    assert [pages[path, 200] for path in paths] == [1] * len(paths)


def test_the_kernel_refuses_more_memory_than_a_crawl_may_have() -> None:
    take = "from kaz_crawlers.child import cap_memory; cap_memory(700); bytearray(900 << 20)"
    run = subprocess.run([sys.executable, "-c", take], capture_output=True, text=True, check=False)
    assert run.stderr.strip().endswith("MemoryError")


def started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kaz_crawlers.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def job(site: LoopbackSite, folder: Path) -> str:
    return json.dumps(
        {"folder": str(folder), "options": asdict(options(site)), "parent": os.getpid()}
    )


def kill_at(site: LoopbackSite, folder: Path, url: str) -> None:
    """Run the crawling process until it asks for `url`, and kill it then."""
    child = started()

    def kill(asked: str) -> None:
        if asked == url:
            child.send_signal(signal.SIGKILL)

    site.on_request = kill
    child.communicate(job(site, folder), timeout=60)
    assert child.returncode == -signal.SIGKILL
    site.on_request = lambda asked: None


def test_the_budget_ends_a_crawl_well(site: LoopbackSite, tmp_path: Path) -> None:
    site.page("/", *(f"/kk/{number}" for number in range(9)))
    for number in range(9):
        site.page(f"/kk/{number}")
    result = crawl(make_source(polite={"max_pages": 4}), tmp_path, options(site))
    assert result.finish_reason == "budget"
    assert (result.account.kept, result.account.dropped) == (4, {"budget-pages": 6})


def test_a_name_that_leads_inside_is_refused_at_connect(tmp_path: Path) -> None:
    name = socket.gethostname()
    if not all(is_private_name(name) or [False]):
        pytest.skip("this machine's own name does not lead to a private address")
    result = crawl(make_source(discover={"listings": [f"http://{name}:9/"]}), tmp_path, ON_THE_WEB)
    assert result.account.dropped == {"guard": 1}


def is_private_name(name: str) -> list[bool]:
    if name.startswith("localhost"):
        return []
    try:
        found = socket.getaddrinfo(name, 9, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [not is_public(str(address[0])) for *_, address in found]


def test_unclear_rights_are_not_crawled(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"rights\.basis"):
        crawl(make_source(rights={"basis": "unclear"}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_source_is_refused(tmp_path: Path) -> None:
    other = make_source().model_copy(update={"id": "other"})
    (tmp_path / SOURCE_FILE).write_text(other.to_toml())
    with pytest.raises(BadConfiguration, match="holds a crawl of other"):
        crawl(make_source(), tmp_path, ON_THE_WEB)


def test_a_crawl_of_the_web_needs_somebody_to_complain_to(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"crawl\.contact"):
        crawl(make_source(), tmp_path)
    assert "+mailto:me@site.example; " in ON_THE_WEB.user_agent


def test_a_source_that_nobody_has_checked_is_not_crawled_by_accident(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="--unchecked"):
        crawl(make_source(rights={"checked": "never"}), tmp_path, ON_THE_WEB)
    assert list(tmp_path.iterdir()) == []


def test_a_crawl_that_cannot_begin_says_why(site: LoopbackSite, tmp_path: Path) -> None:
    (tmp_path / "frontier.sqlite").mkdir()
    with pytest.raises(Failed, match=r"crawl\.log says why"):
        crawl(make_source(), tmp_path, options(site))
