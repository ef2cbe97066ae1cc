"""The frontier: every address once, in one state, across any number of openings."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kaz_crawlers.addresses import DONE, Outcome, Task, UrlState, address_to_fetch
from kaz_crawlers.budgets import Limits
from kaz_crawlers.frontier import Frontier
from kaz_crawlers.url_states import FRONTIER_FILE, HostTraffic, host_traffic, url_states
from kaz_crawlers.warc_writer import Checkpoint
from kaz_datasets.errors import Corrupt, Failed, NotFound

URL = "http://site.example/kk/"


def page(number: int, depth: int = 0) -> Task:
    return Task(url=f"{URL}{number}", role="page", depth=depth)


def opened(folder: Path, *, max_pages: int = 100, max_depth: int = 3, **more: Any) -> Frontier:
    return Frontier(folder, Limits(max_pages=max_pages, max_depth=max_depth, **more))


def states(folder: Path) -> dict[str, tuple[str, str | None]]:
    ends = url_states(folder)
    return {end.url.removeprefix(URL): (end.state, end.reason) for end in ends}


def test_seeds_come_first_and_near_pages_before_far_ones(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(3, depth=2), page(1, depth=1), Task(url=f"{URL}map", role="sitemap")])
    order = []
    while task := frontier.next():
        order.append(task.url.removeprefix(URL))
    assert order == ["map", "1", "3"]
    frontier.close()


def test_spellings_of_one_page_are_one_address(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    spellings = [f"{URL}1", f"{URL}1#top", f"{URL}1?utm_source=tg", "HTTP://SITE.example:80/kk/1"]
    frontier.add(Task(url=url, role="page") for url in spellings)
    frontier.close()
    assert [state.url for state in url_states(tmp_path)] == [f"{URL}1"]


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        (f"{URL}1?b=2&a=1#x", f"{URL}1?b=2&a=1"),
        (f"{URL}1?id=7&utm_medium=rss", f"{URL}1?id=7"),
        (f"{URL}1?fbclid=", f"{URL}1"),
    ],
)
def test_what_says_where_a_reader_came_from_is_not_fetched(url: str, fetched: str) -> None:
    assert address_to_fetch(url) == fetched


def test_every_end_is_kept(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add(page(n) for n in range(4))
    ends = [
        DONE,
        Outcome(state="failed", reason="http-404"),
        Outcome(state="refused", reason="robots"),
        Outcome(state="redirected", target=f"{URL}9"),
    ]
    for end in ends:
        task = frontier.next()
        assert task is not None
        frontier.settle(task, end)
    assert frontier.has_waiting
    assert states(tmp_path)["0"] == ("pending", None)
    frontier.commit(None)
    assert not frontier.has_waiting
    assert frontier.pending == 0
    frontier.close()
    assert list(url_states(tmp_path)) == [
        UrlState(url=f"{URL}0", state="done"),
        UrlState(url=f"{URL}1", state="failed", reason="http-404"),
        UrlState(url=f"{URL}2", state="refused", reason="robots"),
        UrlState(url=f"{URL}3", state="redirected", target=f"{URL}9"),
    ]


def test_a_page_ends_together_with_its_links(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(1)])
    task = frontier.next()
    assert task is not None
    frontier.settle(task, DONE, found=[page(2), replace(page(3), url="http://[")])
    for _ in range(2):
        with pytest.raises(ValueError, match="IPv6"):
            frontier.commit(None)
        assert frontier.uncommitted == 1
    frontier.close()
    assert states(tmp_path) == {"1": ("pending", None)}


def test_an_address_is_left_alone_until_a_link_to_it_may_be_followed(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    unwanted = [replace(page(number), follow=False) for number in (1, 2)]
    frontier.add([*unwanted, page(3)])
    assert frontier.pending == 1
    frontier.add([page(1), *unwanted])
    frontier.add([replace(page(3), follow=False)])
    assert frontier.pending == 2
    frontier.close()
    waiting = ("pending", None)
    assert states(tmp_path) == {"1": waiting, "2": ("skipped", "nofollow"), "3": waiting}


def test_what_is_found_is_fetched_after_its_commit_and_not_before(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(1)])
    task = frontier.next()
    assert task is not None
    frontier.settle(task, DONE, found=[page(2)])
    assert frontier.next() is None
    frontier.commit(None)
    assert frontier.next() == page(2)
    frontier.close()


def test_hosts_that_rest_do_not_hold_up_others(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    other = Task(url="http://other.example/kk/1", role="page", depth=3)
    frontier.add([*(page(n) for n in range(200)), other])
    assert frontier.next({"site.example"}) == other
    assert frontier.busy == {"other.example"}
    assert frontier.next({"site.example"}) is None
    assert frontier.next() == page(0)
    frontier.close()


def test_many_addresses_come_out_once_each(tmp_path: Path) -> None:
    frontier = opened(tmp_path, max_pages=1000)
    frontier.add(page(n) for n in range(300))
    seen = []
    while task := frontier.next():
        seen.append(task.url)
        if len(seen) % 7 == 0:
            frontier.settle(task, DONE)
            frontier.commit(None)
    assert sorted(seen) == sorted(f"{URL}{n}" for n in range(300))
    frontier.close()


def test_what_was_being_fetched_is_fetched_again(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(1)])
    assert frontier.next() == page(1)
    assert frontier.next() is None
    frontier.close()
    frontier = opened(tmp_path)
    assert frontier.next() == page(1)
    frontier.close()


def test_a_retry_keeps_its_count(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(1)])
    frontier.next()
    frontier.again(replace(page(1), attempts=1))
    frontier.commit(None)
    frontier.close()
    frontier = opened(tmp_path)
    assert frontier.next() == replace(page(1), attempts=1)
    frontier.close()


def test_the_budget_refuses_the_rest_and_a_larger_one_takes_it_up(tmp_path: Path) -> None:
    frontier = opened(tmp_path, max_pages=2)
    frontier.add(page(n) for n in range(3))
    for _ in range(2):
        task = frontier.next()
        assert task is not None
        frontier.settle(task, DONE)
    frontier.commit(None)
    assert frontier.next() is None
    assert frontier.budget_spent
    assert not frontier.has_waiting
    frontier.close()
    assert states(tmp_path)["2"] == ("refused", "budget-pages")
    frontier = opened(tmp_path, max_pages=3)
    assert frontier.next() == page(2)
    frontier.close()


def test_a_host_that_sends_too_much_is_left_in_peace_and_others_are_not(tmp_path: Path) -> None:
    frontier = opened(tmp_path, max_bytes=1000)
    other = Task(url="http://other.example/kk/1", role="page")
    frontier.add([page(1), page(2), other])
    task = frontier.next({"other.example"})
    assert task is not None
    frontier.received("site.example", 1000)
    frontier.settle(task, DONE)
    frontier.commit(None)
    assert frontier.next() == other
    assert frontier.next() is None
    frontier.close()
    assert states(tmp_path)["2"] == ("refused", "budget-bytes")
    assert host_traffic(tmp_path)["site.example"] == HostTraffic(pages=1, bytes=1000)
    frontier = opened(tmp_path, max_bytes=1000)  # the count outlives the process
    assert frontier.next() == other
    assert frontier.next() is None
    frontier.close()


def test_a_host_that_gave_the_last_build_nothing_is_asked_for_a_fair_sample(tmp_path: Path) -> None:
    yields = {"site.example": 3.0, "good.example": 3000.0}
    frontier = opened(tmp_path, yields=yields)
    good = Task(url="http://good.example/kk/1", role="page")
    frontier.add([page(1), page(2), good])
    task = frontier.next({"good.example"})
    assert task is not None
    for host in yields:
        frontier.received(host, 21_000_000)
    frontier.settle(task, DONE)
    frontier.commit(None)
    assert frontier.next() == good
    assert frontier.next() is None
    frontier.close()
    assert states(tmp_path)["2"] == ("refused", "budget-yield")


def test_traps_are_refused_by_name(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([Task(url=f"{URL}a/b/a/b/a/b", role="page")])
    frontier.close()
    (end,) = url_states(tmp_path)
    assert (end.state, end.reason, end.target) == ("refused", "trap", "repeated-path")


def test_pages_too_far_from_a_seed_are_refused(tmp_path: Path) -> None:
    frontier = opened(tmp_path, max_depth=1)
    frontier.add([page(1, depth=1), page(2, depth=2)])
    frontier.close()
    assert states(tmp_path) == {"1": ("pending", None), "2": ("refused", "budget-depth")}


def test_the_archive_is_vouched_for_with_the_page(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(1)])
    task = frontier.next()
    assert task is not None
    frontier.settle(task, DONE)
    assert frontier.archived == {}
    frontier.commit(Checkpoint(file="a.warc.gz.open", length=77))
    assert frontier.archived == {"a.warc.gz.open": 77}
    frontier.close()


def test_one_folder_takes_one_crawl_at_a_time(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    with pytest.raises(Failed, match="another crawl is writing"):
        opened(tmp_path)
    frontier.close()


def test_a_closed_frontier_is_one_file(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(1)])
    frontier.close()
    assert {path.name for path in tmp_path.iterdir()} == {FRONTIER_FILE, "frontier.lock"}


def test_a_folder_without_a_frontier_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds no crawl"):
        list(url_states(tmp_path))


def test_a_broken_frontier_is_named(tmp_path: Path) -> None:
    (tmp_path / FRONTIER_FILE).write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 8)
    with pytest.raises(Corrupt, match="crawl again"):
        list(url_states(tmp_path))


def test_requests_are_json(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([page(1)])
    frontier.close()
    database = sqlite3.connect(tmp_path / FRONTIER_FILE)
    (request,) = database.execute("SELECT request FROM address").fetchone()
    database.close()
    assert request.startswith('{"url": "http://site.example/kk/1"')
