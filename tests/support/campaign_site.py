"""A loopback website with everything that makes a crawler lose pages, and what must become of each.

Numbers in blocks of twenty: the first page of a block leads to the two blocks below it, so the
site is found as it is fetched. Each other number may be a redirect, a loop of redirects, missing,
busy for a while, always busy, slow, cut short, silent, or closed to crawlers.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

HOST: Final = "http://campaign.example"
BLOCK: Final = 20
SLOWNESS: Final = 0.5
"""Seconds that a slow page takes."""
BUSY_TIMES: Final = 2
ROBOTS: Final = b"User-agent: *\nDisallow: /kk/zhabyq/\n"
_PARAGRAPH: Final = "<p>Дала төсінде желмен тербелген көк шалғын, алыста мұнартқан тау.</p>"

End = tuple[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """Seconds of the monotonic clock, and those that the crawling process has computed for."""

    wall: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for in which run, and when its answer was sent."""

    url: str
    run: int
    answered: Clocks


def clocks_of(process: int) -> Clocks:
    """The clocks as a process sees them; one that has ended does no more work."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return Clocks(wall=time.monotonic(), cpu=inf)
    ticks = int(fields[11]) + int(fields[12])
    return Clocks(wall=time.monotonic(), cpu=ticks / os.sysconf("SC_CLK_TCK"))


def kind_of(number: int) -> str:
    """What a page of the site is."""
    by_hundred = {13: "slow", 17: "loop", 33: "self", 37: "spelling", 83: "closed", 91: "nofollow"}
    by_two_hundred = {53: "down", 57: "cut", 77: "silent"}
    by_twenty = {3: "moved", 7: "missing", 11: "busy"}
    return (
        by_two_hundred.get(number % 200)
        or by_hundred.get(number % 100)
        or by_twenty.get(number % BLOCK)
        or "page"
    )


def address(number: int) -> str:
    """Where a page of the site is."""
    folder = "zhabyq/" if kind_of(number) == "closed" else ""
    return f"{HOST}/kk/{folder}{number}"


_ENDS: Final[dict[str, End]] = {
    "page": ("done", None),
    "slow": ("done", None),
    "busy": ("done", None),
    "loop": ("redirected", None),
    "moved": ("redirected", None),
    "self": ("failed", "redirect-loop"),
    "spelling": ("failed", "redirect-loop"),
    "missing": ("failed", "http-404"),
    "down": ("failed", "http-503"),
    "cut": ("failed", "ResponseDataLossError"),
    "silent": ("failed", "DownloadFailedError"),
    "closed": ("refused", "robots"),
    "nofollow": ("skipped", "nofollow"),
}


def expected_ends(pages: int) -> dict[str, End]:
    """State and reason of every address of the site, however often its crawl was killed."""
    ends = {address(number): _ENDS[kind_of(number)] for number in range(pages)}
    for number in range(pages):
        if kind_of(number) == "loop":
            ends[f"{HOST}/kk/b{number}"] = _ENDS["loop"]
    return {f"{HOST}/": ("done", None), **ends}


class CampaignSite:
    """Serves `pages` numbers as a proxy would, in a thread; notes every request."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.requests: list[Request] = []
        self.processes: list[int] = []
        """Of the runs so far; the last one is asking."""
        self._asked: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        self._ready.wait()

    @property
    def proxy(self) -> str:
        """The address that a crawl is given as its proxy."""
        return f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def _serve(self) -> None:
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                url = head.split(b" ", 2)[1].decode()
                run = len(self.processes) - 1
                whole = await self._answer(url, writer)
                await writer.drain()
                answered = clocks_of(self.processes[run])
                self.requests.append(Request(url=url, run=run, answered=answered))
                if not whole:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, url: str, writer: asyncio.StreamWriter) -> bool:
        """Send the answer; False where the connection is to be closed after it."""
        path = urlsplit(url).path
        self._asked[path] += 1
        last = path.rpartition("/")[2]
        if path == "/robots.txt":
            return _send(writer, 200, ROBOTS, b"text/plain")
        if path == "/":
            return _send(writer, 200, self._links([0]))
        number = int(last.removeprefix("b")) if path.startswith("/kk/") else self.pages
        if number >= self.pages:
            return _send(writer, 404)
        kind = kind_of(number)
        if kind == "slow":
            await asyncio.sleep(SLOWNESS)
        elif kind in ("cut", "silent"):
            if kind == "cut":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nx")
            return False
        if kind in ("missing", "closed", "nofollow"):
            return _send(writer, 404)
        if kind == "down" or (kind == "busy" and self._asked[path] <= BUSY_TIMES):
            return _send(writer, 503)
        if target := _target(kind, number, last):
            return _send(writer, 302, location=target)
        below = [2 * number + BLOCK, 2 * number + 2 * BLOCK] if number % BLOCK == 0 else []
        return _send(writer, 200, self._links([first for first in below if first < self.pages]))

    def _links(self, blocks: list[int]) -> bytes:
        numbers = [n for first in blocks for n in range(first, min(first + BLOCK, self.pages))]
        links = (
            f'<a href="{address(n)}"{" rel=nofollow" * (kind_of(n) == "nofollow")}>{n}</a>'
            for n in numbers
        )
        return f"<html><body>{_PARAGRAPH * 20}{' '.join(links)}</body></html>".encode()


def _target(kind: str, number: int, last: str) -> str | None:
    if kind == "loop":
        return f"/kk/{number}" if last.startswith("b") else f"/kk/b{number}"
    targets = {
        "moved": address(number + 1),
        "self": f"/kk/{number}",
        "spelling": f"/kk/{number}?utm_source={time.monotonic_ns()}",
    }
    return targets.get(kind)


def _send(
    writer: asyncio.StreamWriter,
    status: int,
    body: bytes = b"",
    content_type: bytes = b"text/html; charset=utf-8",
    location: str = "",
) -> bool:
    where = f"Location: {location}\r\n".encode() if location else b""
    writer.write(
        b"HTTP/1.1 %d X\r\n%bContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
        % (status, where, content_type, len(body), body)
    )
    return True
