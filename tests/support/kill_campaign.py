"""Crawl a site to its end through many `kill -9`: `kill_campaign.py --pages 2000 --kills 10`.

Prints the seed and each moment, then what was lost, doubled and fetched again. The second time the
archive file that each kill leaves open is torn too, as a power cut may tear it. Needs Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from campaign_site import (
    HOST,
    CampaignSite,
    Clocks,
    End,
    Request,
    clocks_of,
    expected_ends,
    kind_of,
)
from kaz_crawlers.archive import SOURCE_FILE
from kaz_crawlers.cdxj import Entry, entries_of, index_path, read_cdxj
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Source
from kaz_crawlers.url_states import url_states
from kaz_crawlers.warc_recovery import whole_length
from kaz_datasets.strict_toml import validate

MOST_WORK = 2.0
"""Seconds of work that a kill may cost."""
LONGEST_RUN = 120.0
_LATEST = 0.4
"""Seconds after an answer at which the crawl is killed at the latest: commits come each second."""
_WHILE_STARTING = 0.15
"""Of the kills come before there is an answer: while files are cut, indexed and named."""
_LONGEST_START = 2.5


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a campaign has shown."""

    ends: dict[str, End]
    expected: dict[str, End]
    index: list[Entry]
    faults: list[str]
    """Archive files that do not say what their index says, or not what was sent."""
    again: list[Clocks]
    """Of every answer that was asked for again because of a kill: how long before it had come."""

    @property
    def lost(self) -> list[str]:
        """Addresses without their end."""
        return [url for url, end in self.expected.items() if self.ends.get(url) != end]

    @property
    def work(self) -> float:
        """Seconds for which the crawl computed after the oldest answer that a kill has cost it."""
        return max((age.cpu for age in self.again), default=0.0)

    @property
    def sound(self) -> bool:
        """Whether the crawl has kept its promises."""
        faulty = self.lost or self.doubled or self.faults or set(self.ends) - set(self.expected)
        return not faulty and self.work <= MOST_WORK

    @property
    def summary(self) -> str:
        """One line for people."""
        faults = f"; faults: {self.faults[:5]}" if self.faults else ""
        lost = f" ({self.lost[:5]})" if self.lost else ""
        return (
            f"{len(self.expected)} addresses, {len(self.lost)} lost{lost},"
            f" {len(self.doubled)} doubled of {len(self.index)} records, {len(self.again)} answers"
            f" fetched again, the oldest {self.work:.2f} CPU-seconds before its kill"
            f" ({max((age.wall for age in self.again), default=0.0):.2f} s){faults}"
        )

    @property
    def doubled(self) -> list[str]:
        """Pages that the index names oftener than they may be asked for: once, or three times."""
        counted = Counter(entry.url for entry in self.index if entry.url in self.expected)
        return [url for url, count in counted.items() if count > (1 if _is_asked_once(url) else 3)]


def campaign(folder: Path, *, pages: int, kills: int, seed: int, torn: bool) -> Outcome:
    """Crawl the site of `pages` into `folder`, killed `kills` times, then to the end."""
    chance = random.Random(seed)
    site = CampaignSite(pages)
    (folder / SOURCE_FILE).write_text(_source().to_toml())
    died: list[Clocks] = []
    try:
        for number in range(kills):
            starting = chance.random() < _WHILE_STARTING
            requests = 0 if starting else chance.randrange(1, 2 * pages // (kills + 1))
            delay = chance.uniform(0.0, _LONGEST_START if starting else _LATEST)
            died.append(_killed(site, folder, requests, delay))
            cut = _tear(folder, chance) if torn else 0
            print(
                f"kill {number + 1}: {delay:.3f} s after {requests} answers of its run,"
                f" {len(site.requests)} in all, {cut} bytes torn off"
            )
        child = _start(site, folder)
        assert child.wait(LONGEST_RUN) == 0
    finally:
        site.close()
    return _outcome(site, folder, died)


def _source() -> Source:
    values = {
        "id": "campaign",
        "name": "Сынақ",
        "homepage": f"{HOST}/",
        "kind": "news",
        "discover": {"listings": [f"{HOST}/"], "follow": True},
        "urls": {
            "accept": [r"^http://campaign\.example/kk/"],
            "examples": [f"{HOST}/kk/1", f"{HOST}/kk/2"],
        },
        "polite": {"delay": 2.0, "max_pages": 1_000_000, "depth": 50},
        "rights": {"basis": "text-and-data-mining", "checked": "2026-11-01"},
    }
    return validate(values, Source, "campaign.toml")


def _start(site: CampaignSite, folder: Path) -> subprocess.Popen[str]:
    with (folder / "crawl.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "kaz_crawlers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            text=True,
        )
    options = CrawlOptions(proxy=site.proxy, delay=0.0, concurrency=8)
    job = {"folder": str(folder), "options": asdict(options), "parent": os.getpid()}
    site.processes.append(child.pid)
    assert child.stdin is not None
    child.stdin.write(json.dumps(job))
    child.stdin.close()
    return child


def _killed(site: CampaignSite, folder: Path, requests: int, delay: float) -> Clocks:
    """Start a crawl and kill it `delay` seconds after so many answers; the moment of the kill."""
    before = len(site.requests)
    child = _start(site, folder)
    deadline = time.monotonic() + LONGEST_RUN
    while len(site.requests) - before < requests and child.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(delay)
    moment = clocks_of(child.pid)
    child.send_signal(signal.SIGKILL)
    child.wait()
    return moment


def _tear(folder: Path, chance: random.Random) -> int:
    """Take a random piece off what the frontier does not vouch for, or put half a record there."""
    torn = 0
    for path in folder.glob("*.warc.gz.open"):
        database = sqlite3.connect(folder / "frontier.sqlite")
        row = database.execute("SELECT length FROM archived WHERE file = ?", (path.name,))
        vouched = (row.fetchone() or (0,))[0]
        database.close()
        size = path.stat().st_size
        left = chance.randint(vouched, size)
        os.truncate(path, left)
        if chance.random() < 0.5:
            with path.open("ab") as stream:
                stream.write(b"\x1f\x8b\x08\x00" + chance.randbytes(300))
        torn += size - left
    return torn


def _outcome(site: CampaignSite, folder: Path, died: list[Clocks]) -> Outcome:
    return Outcome(
        ends={end.url.partition("?")[0]: (end.state, end.reason) for end in url_states(folder)},
        expected=expected_ends(site.pages),
        index=[entry for path in sorted(folder.glob("*.cdxj")) for entry in read_cdxj(path)],
        faults=[fault for path in folder.iterdir() for fault in _faults(path)],
        again=_fetched_again(site, died),
    )


def _fetched_again(site: CampaignSite, died: list[Clocks]) -> list[Clocks]:
    """How long before its kill each answer had come that was asked for again."""
    answered: dict[str, list[Request]] = {}
    for request in site.requests:
        if _is_asked_once(request.url):
            answered.setdefault(request.url, []).append(request)
    wasted = [request for requests in answered.values() for request in requests[:-1]]
    return [
        Clocks(wall=kill.wall - request.answered.wall, cpu=kill.cpu - request.answered.cpu)
        for request in wasted
        for kill in died[request.run : request.run + 1]
    ]


def _is_asked_once(url: str) -> bool:
    """Whether a crawl that nobody kills asks for a page of the site once."""
    number = url.rpartition("/")[2].removeprefix("b")
    return number.isdigit() and kind_of(int(number)) not in ("busy", "down", "silent", "cut")


def _faults(path: Path) -> list[str]:
    """What is wrong with a file of a finished archive: torn, of a wrong digest, indexed wrongly."""
    if path.name.endswith(".open"):
        return [f"{path.name} is still open"]
    if not path.name.endswith(".warc.gz"):
        return []
    with path.open("rb") as stream:
        kinds = WarcRecordType.response | WarcRecordType.revisit
        damaged = [
            f"{path.name} at {record.stream_pos}: the digest is wrong"
            for record in ArchiveIterator(stream, record_types=kinds, parse_http=False)
            if not record.verify_block_digest()
        ]
    if whole_length(path) != path.stat().st_size:
        damaged.append(f"{path.name} does not end with a whole record")
    if sorted(entries_of(path)) != list(read_cdxj(index_path(path))):
        damaged.append(f"{path.name}: the index says something else")
    return damaged


def main() -> int:
    """Run the campaign twice, without and with torn archives, and say what it has shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    asked = parser.parse_args()
    sound = True
    for torn in (False, True):
        print(f"seed {asked.seed}, torn archives: {'yes' if torn else 'no'}")
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            found = campaign(
                Path(folder), pages=asked.pages, kills=asked.kills, seed=asked.seed, torn=torn
            )
        print(f"{found.summary}, {time.monotonic() - started:.0f} s\n")
        sound = sound and found.sound
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
