"""Bytes on the device first, then the knowledge of them: when, and across files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kaz_crawlers.addresses import DONE, Task
from kaz_crawlers.budgets import Limits
from kaz_crawlers.cdxj import find
from kaz_crawlers.frontier import Frontier
from kaz_crawlers.journal import LONGEST_WAIT, MOST_RESULTS, Journal
from kaz_crawlers.url_states import url_states
from kaz_crawlers.warc_records import Exchange
from kaz_crawlers.warc_writer import WarcWriter, recover
from kaz_datasets.warc import Page, read_pages

URL = "http://site.example/kk/"


class Clock:
    """Seconds, as a test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def opened(folder: Path, clock: Clock, *, largest_file: int = 1 << 30) -> Iterator[Journal]:
    """A journal that is left as a kill would leave it."""
    frontier = Frontier(folder, Limits(max_pages=10_000, max_depth=3))
    writer = WarcWriter(folder, "site", largest_file=largest_file)
    yield Journal(frontier, writer, clock)
    writer.abandon()
    frontier.close()


def fetch(journal: Journal, number: int) -> None:
    journal.frontier.add([Task(url=f"{URL}{number}", role="page")])
    task = journal.frontier.next()
    assert task is not None
    journal.archive(Exchange(url=task.url, status=200, headers=(), body=b"%d" % number * 1000))
    journal.settle(task, DONE)


def done(folder: Path) -> int:
    return sum(state.state == "done" for state in url_states(folder))


def test_an_end_waits_a_second_at_most(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock) as journal:
        fetch(journal, 1)
        clock.now = LONGEST_WAIT * 0.9
        fetch(journal, 2)
        journal.tick()
        assert done(tmp_path) == 0
        clock.now = LONGEST_WAIT
        journal.tick()
        assert done(tmp_path) == 2


def test_many_ends_do_not_wait(tmp_path: Path) -> None:
    with opened(tmp_path, Clock()) as journal:
        for number in range(MOST_RESULTS):
            fetch(journal, number)
        assert done(tmp_path) == MOST_RESULTS


def test_large_archives_go_on_in_another_file(tmp_path: Path) -> None:
    with opened(tmp_path, Clock(), largest_file=1500) as journal:
        for number in range(9):
            fetch(journal, number)
            journal.commit()
        fetch(journal, 9)  # archived, and known to nobody
        vouched = journal.frontier.archived
    recover(tmp_path, vouched)
    files = sorted(tmp_path.glob("*.warc.gz"))
    assert len(files) > 2
    items = [item for path in files for item in read_pages(path)]
    assert all(isinstance(item, Page) for item in items)
    assert len(items) == done(tmp_path) == 9
    assert [len(find(tmp_path, f"{URL}{number}")) for number in range(10)] == [1] * 9 + [0]
