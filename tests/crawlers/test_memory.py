"""A crawl answers for its own memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# A program of 300 MiB that starts a small one, as a build that is far on starts a crawl.
START = """
import subprocess, sys
ballast = bytearray(b"x" * (300 << 20))
print(subprocess.run([sys.executable, "-c", sys.argv[1]], capture_output=True, text=True).stdout)
"""
MEASURE = """
from scrapy.utils.test import get_crawler
from kaz_crawlers.memory import OwnMemoryUsage
from scrapy.extensions.memusage import MemoryUsage
crawler = get_crawler(settings_dict={"MEMUSAGE_ENABLED": True})
own, scrapys = (kind(crawler).get_virtual_size() for kind in (OwnMemoryUsage, MemoryUsage))
print(own, scrapys)
"""


def test_the_memory_of_the_starting_process_does_not_count() -> None:
    run = subprocess.run(
        [sys.executable, "-c", START, MEASURE], capture_output=True, text=True, check=True
    )
    own, scrapys = (int(number) >> 20 for number in run.stdout.split())
    assert own < 250
    if Path("/proc/self/status").exists():
        assert scrapys >= 300  # the day this fails, Scrapy's own watch will do
