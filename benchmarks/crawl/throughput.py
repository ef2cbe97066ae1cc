"""Pages per CPU-second of a crawl with frontier and archive, beside plain Scrapy's item export.

`python -m benchmarks.crawl.throughput [--pages N] [--runs N]` crawls the same loopback site with
both in turn, each in a process of its own. All the CPU time of the process counts, its start too;
the site's does not.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks.tables import print_table

from kaz_crawlers.archive import SOURCE_FILE
from kaz_crawlers.cdxj import read_cdxj
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Source
from kaz_crawlers.url_states import url_states
from kaz_datasets.strict_toml import validate

HERE = Path(__file__).parent
LINKS = (10, 50)
"""Of a page: hardly any, and what a news site has."""


def main() -> None:
    """Run both in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    rows = [row for links in LINKS for row in _compared(links, asked.pages, asked.runs)]
    columns = ["links", "crawler", "pages / CPU-second", "lowest - highest", "ratio", "output"]
    title = f"{asked.pages} pages of 20 KB, {asked.runs} runs of each in turn, medians"
    print_table(title, columns, rows)


def _compared(links: int, pages: int, runs: int) -> list[list[object]]:
    ours, plain, sizes = [], [], []
    with _site(pages, links) as port, tempfile.TemporaryDirectory() as folder:
        for run in range(runs):
            place = Path(folder, str(run))
            place.mkdir()
            plain.append(pages / _plain(port, place, pages))
            ours.append(pages / _ours(port, place, pages))
            sizes = [_size(place, "*.jsonl"), _size(place, "*.warc.gz")]
    return [
        [links, *_row("Scrapy, links followed, JSON lines", plain, plain, sizes[0])],
        [links, *_row("kazcorpus, frontier and WARC", ours, plain, sizes[1])],
    ]


def _row(name: str, rates: list[float], base: list[float], size: int) -> list[object]:
    pairs = [rate / other for rate, other in zip(rates, base, strict=True)]
    spread = f"{min(rates):.0f} - {max(rates):.0f}"
    return [name, f"{median(rates):.0f}", spread, f"{median(pairs):.2f}", f"{size / 1e6:.0f} MB"]


@contextmanager
def _site(pages: int, links: int) -> Iterator[int]:
    command = [sys.executable, str(HERE / "site.py"), str(pages), str(links)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.stdout.close()
        server.wait()


def _plain(port: int, folder: Path, pages: int) -> float:
    """CPU-seconds of plain Scrapy."""
    output = folder / "items.jsonl"
    command = [str(HERE / "plain_scrapy.py"), f"http://127.0.0.1:{port}/", str(output)]
    seconds = _cpu_seconds(command, "")
    with output.open(encoding="utf-8") as stream:
        assert sum(1 for _ in stream) == pages + 1, "plain Scrapy has not fetched every page"
    return seconds


def _ours(port: int, folder: Path, pages: int) -> float:
    """CPU-seconds of a crawl with frontier and archive."""
    (folder / SOURCE_FILE).write_text(_source(port).to_toml())
    options = CrawlOptions(allowed=(f"127.0.0.1:{port}",), delay=0.0, concurrency=16)
    job = {"folder": str(folder), "options": asdict(options), "parent": os.getpid()}
    seconds = _cpu_seconds(["-m", "kaz_crawlers.child"], json.dumps(job))
    assert sum(state.state == "done" for state in url_states(folder)) == pages + 1
    indexed = [entry for path in folder.glob("*.cdxj") for entry in read_cdxj(path)]
    assert sum(entry.status == "200" for entry in indexed) == pages + 1
    return seconds


def _cpu_seconds(command: list[str], job: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *command], input=job, text=True, check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _source(port: int) -> Source:
    home = f"http://127.0.0.1:{port}"
    values = {
        "id": "bench",
        "name": "Сынақ",
        "homepage": f"{home}/",
        "kind": "news",
        "discover": {"listings": [f"{home}/"], "follow": True},
        "urls": {
            "accept": [r"^http://127\.0\.0\.1:[0-9]+/kk/[0-9]+$"],
            "examples": [f"{home}/kk/1", f"{home}/kk/2"],
        },
        "polite": {"delay": 2.0, "max_pages": 1_000_000, "depth": 50},
        "rights": {"basis": "text-and-data-mining", "checked": "2026-11-01"},
    }
    return validate(values, Source, "bench.toml")


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


if __name__ == "__main__":
    main()
