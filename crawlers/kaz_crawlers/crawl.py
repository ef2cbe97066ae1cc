"""A crawl from the caller's side: start the process, follow it, account for every address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Final

from kaz_crawlers.addresses import UrlState
from kaz_crawlers.archive import SOURCE_FILE, archive_facts
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Source
from kaz_crawlers.url_states import FRONTIER_FILE, HostTraffic, host_traffic, url_states
from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.errors import BadConfiguration, Failed
from kaz_datasets.files import write_text
from kaz_datasets.progress import Progress, silent

__all__ = ["CrawlOptions", "CrawlResult", "account_of", "crawl", "drop_rule"]

LOG_FILE: Final = "crawl.log"
_GRACE: Final = 10  # seconds for the answer in flight, before the process is killed


@dataclass(frozen=True, kw_only=True)
class CrawlResult:
    """What a finished crawl holds."""

    account: Account
    """Addresses known, fetched, and dropped by rule."""
    pages: int
    """Addresses whose answer is in the archive and good, sitemaps and listings included."""
    bytes: int
    """Size of the WARC files."""
    finish_reason: str
    """`finished`, or `budget` if the budget of a host ended it."""
    states: Mapping[str, int] = field(default_factory=dict)
    """How many addresses ended in each state."""
    hosts: Mapping[str, HostTraffic] = field(default_factory=dict)
    """What each host was asked for and has sent."""
    fetched: int = field(default=0, compare=False)
    """Answers that this call has brought; a crawl that went on has more of earlier ones."""
    seconds: float = field(default=0.0, compare=False)
    """What this call has taken."""


def crawl(
    source: Source,
    folder: Path,
    options: CrawlOptions | None = None,
    progress: Progress = silent,
    previous: Path | None = None,
) -> CrawlResult:
    """Crawl `source` into `folder`; the same call goes on with a crawl that was cut off.

    `previous` is the folder of the last finished crawl of the source: what did not change since
    is not fetched, or not archived, again. Raises BadConfiguration where the rights are unclear,
    nobody has checked the source, nobody can be reached or the folder is another source's; Failed
    where the crawling process did not end well.
    """
    options = options or CrawlOptions()
    _may_crawl(source, options)
    _prepare(_limited(source, options), folder)
    before, began = _fetched(folder), time.monotonic()
    reason = _run_child(folder, options, previous, progress)
    seconds = time.monotonic() - began
    states: Counter[str] = Counter(state.state for state in url_states(folder))
    account = account_of(source.id, url_states(folder))
    return CrawlResult(
        account=account,
        pages=account.kept,
        bytes=sum(path.stat().st_size for path in folder.glob("*.warc.gz")),
        finish_reason=reason,
        states=dict(states),
        hosts=host_traffic(folder),
        fetched=_fetched(folder) - before,
        seconds=seconds,
    )


def _fetched(folder: Path) -> int:
    if not (folder / FRONTIER_FILE).is_file():
        return 0
    return sum(traffic.pages for traffic in host_traffic(folder).values())


def _may_crawl(source: Source, options: CrawlOptions) -> None:
    if not source.discover.by_crawl:
        raise BadConfiguration(_taken_in_one_piece(source))
    if source.rights.basis == "unclear":
        raise BadConfiguration(
            f"the rights of {source.id} are unclear, so it is not crawled:"
            " find out what its owner allows and set rights.basis"
        )
    if options.stays_here:
        return
    if not options.unchecked:
        source.require_checked()
    if not options.contact:
        raise BadConfiguration(
            "owners of websites must be able to reach you: set crawl.contact in kazcorpus.toml"
        )


def _taken_in_one_piece(source: Source) -> str:
    """What to do with a source that is not crawled from page to page."""
    if source.discover.oai:
        return f"{source.id} is not crawled: `kazcorpus ingest oai {source.id}`"
    return (
        f"{source.id} is not crawled: download {source.discover.dumps[0]} and take it in with"
        f" `kazcorpus ingest wikimedia FILE --source {source.id}`"
    )


def account_of(source: str, states: Iterable[UrlState]) -> Account:
    """Every address that a crawl knows: kept if done, else dropped by a rule."""
    book = Bookkeeper()
    for state in states:
        book.enter(source)
        if state.state == "done":
            book.keep(source)
        else:
            book.drop(source, drop_rule(state))
    return book.account()


def drop_rule(state: UrlState) -> str:
    """The rule by which an address that is not done was dropped, as accounts name it.

    `http-<status>`, `failed:<error>`, `redirected`, `unchanged` (an earlier crawl has it),
    `not-due`, `nofollow`, or the reason of a refusal; `pending` while a crawl is not finished.
    """
    reason = state.reason or ""
    if state.state == "failed" and not reason.startswith("http-"):
        return f"failed:{reason}"
    return reason or state.state


def _limited(source: Source, options: CrawlOptions) -> Source:
    """The source with the budget of pages that this crawl is given."""
    pages = min(source.polite.max_pages, options.max_pages or source.polite.max_pages)
    polite = source.polite.model_copy(update={"max_pages": pages})
    return source.model_copy(update={"polite": polite})


def _prepare(source: Source, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / SOURCE_FILE).is_file() and archive_facts(folder).id != source.id:
        raise BadConfiguration(
            f"{folder} holds a crawl of {archive_facts(folder).id}, not of {source.id}:"
            " give another folder"
        )
    write_text(folder / SOURCE_FILE, source.to_toml())


def _run_child(
    folder: Path, options: CrawlOptions, previous: Path | None, progress: Progress
) -> str:
    job = {
        "folder": str(folder.resolve()),
        "options": asdict(options),
        "previous": None if previous is None else str(previous.resolve()),
        "parent": os.getpid(),
    }
    # -P: whatever lies in the caller's working directory must not be imported.
    command = [sys.executable, "-P", "-m", "kaz_crawlers.child"]
    with (folder / LOG_FILE).open("ab") as log:
        child = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps(job))
            child.stdin.close()
            last = _follow(child.stdout, progress)
            child.wait()
        finally:
            _end(child)
    if child.returncode != 0:
        raise Failed(_epitaph(folder, child.returncode, last))
    return last["finish_reason"]


def _follow(lines: IO[str], progress: Progress) -> dict[str, str]:
    """Pass the child's progress on; its last words."""
    last: dict[str, str] = {}
    for line in lines:
        message = json.loads(line)
        if "fetched" in message:
            progress(message["fetched"], None, "pages")
        else:
            last = message
    return last


def _end(child: subprocess.Popen[str]) -> None:
    """Leave no process behind, also when the caller was interrupted."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()


def _epitaph(folder: Path, code: int, last: dict[str, str]) -> str:
    if "error" in last:
        return last["error"]
    how = f"was killed by signal {-code}" if code < 0 else "ended early"
    reason = f" ({last['finish_reason']})" if "finish_reason" in last else ""
    return (
        f"the crawl {how}{reason}: {folder / LOG_FILE} says why;"
        " nothing is lost, the same command goes on"
    )
