"""A loopback web that wants to hurt its crawler, and listeners that no crawl may ever touch.

Every attack is a page of `evil.example`, which the front page links to, or a host of its own. All
names of `.example` lead to one port of 127.0.0.1. What must become of each stands beside it.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, suppress
from typing import Final

import brotli
from isal import isal_zlib

ZEROS: Final = bytes(1 << 20)
BOMB: Final = 300
"""Megabytes of a bomb that has gone off."""
CANARY: Final = "qazaq-canary-7f3a"
SPELLINGS: Final = (
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "①②⑦.0.0.①",
    "127。0。0。1",
    "someone:secret@127.0.0.1",
    "localhost",
    "LOCALHOST.",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "10.0.0.1",
    "169.254.169.254",
    "inside.example",
)
"""Hosts that lead inside this machine or network; the last is a name that resolves to 127.0.0.2."""


def _packed(window: int) -> bytes:
    """Of zlib's window bits: 31 for gzip, 15 for what HTTP calls deflate."""
    compressor = isal_zlib.compressobj(2, isal_zlib.DEFLATED, window)
    return b"".join(compressor.compress(ZEROS) for _ in range(BOMB)) + bytes(compressor.flush())


def _brotli_bomb() -> bytes:
    compressor = brotli.Compressor(quality=0)
    return b"".join(compressor.process(ZEROS) for _ in range(BOMB)) + bytes(compressor.finish())


def _zstd_bomb() -> bytes:
    """Frames of one repeated byte each (RFC 8878, section 3.1.1.2.2), made by hand."""
    size, count = 1 << 17, BOMB * 8
    blocks = bytearray(b"\x28\xb5\x2f\xfd\x00\x58")
    for number in range(count):
        last = number == count - 1
        blocks += ((size << 3) | (1 << 1) | last).to_bytes(3, "little") + b"\0"
    return bytes(blocks)


def head(status: str = "200 OK", **headers: str) -> bytes:
    """The head of an answer."""
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def whole(body: bytes, status: str = "200 OK", kind: str = "text/html", **headers: str) -> bytes:
    """A whole answer."""
    named = {"Content_Type": kind, "Content_Length": str(len(body)), **headers}
    return head(status, **named) + body


def page(*links: str, extra: str = "") -> bytes:
    """A whole answer: a page of links."""
    anchors = "".join(f'<a href="{link}">x</a>\n' for link in links)
    return whole(f"<html><head>{extra}</head><body>{anchors}</body></html>".encode())


def urlset(*urls: str) -> bytes:
    """A whole answer: a sitemap."""
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return whole(f"<urlset>{entries}</urlset>".encode(), kind="application/xml")


LAUGHS: Final = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "http://evil.example/lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><urlset><url><loc>&a9;</loc></url></urlset>"
)


CLOSED_AFTER: Final = frozenset({"nothing", "short", "negative", "bad-chunks", "not-http"})
"""Paths whose answer is the last of its connection."""


class HostileSite:
    """The attacks on one port, TLS with a certificate of its own making on another."""

    def __init__(self, certificate: str, canary: str) -> None:
        self.asked: Counter[str] = Counter()
        self.touched: list[str] = []
        """Connections to what no crawl may touch."""
        self.cookies: list[str] = []
        self._canary = canary
        self._certificate = certificate
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    @property
    def home(self) -> str:
        """The front page, without its slash."""
        return f"http://evil.example:{self.port}"

    @property
    def inside(self) -> list[str]:
        """Addresses that must not be touched, in every spelling."""
        return [f"http://{host}:{self.forbidden}/secret" for host in SPELLINGS]

    @property
    def schemes(self) -> list[str]:
        """Addresses that are none of the web."""
        return [
            f"file://{self._canary}",
            "ftp://evil.example/x",
            "data:text/html,x",
            "s3://bucket/key",
            "gopher://127.0.0.1/x",
            "javascript:alert(1)",
            "http://[",
            "http://[::1",
            "http://evil.example:port/",
        ]

    def links(self) -> list[str]:
        """What the front page leads to."""
        names = [*self._whole(), *self._streams()]
        own = [f"/{name}" for name in names if not name.endswith(".xml")]
        redirects = [f"/to/{n}" for n in range(len(self.inside) + len(self.schemes))]
        refreshes = [f"/refresh/{n}" for n in range(len(self.inside) + len(self.schemes))]
        hosts = [
            f"http://{name}.example:{self.port}/a" for name in ("robots10", "robotsin", "nested")
        ]
        tls = [
            f"https://evil.example:{self.tls_port}/secret",
            f"https://rebind.example:{self.port}/",
            f"http://rebind.example:{self.port}/",
        ]
        return [*own, *redirects, *refreshes, *hosts, *tls, *self.inside, *self.schemes]

    def _whole(self) -> dict[str, bytes]:
        """Attacks that are one answer, by path."""
        odd = [f"http://{'a' * 300}.example/", "//", "///", "http:///x", "?" * 50, "/%"]
        return {
            "gzip": whole(self._bombs["gzip"], Content_Encoding="gzip"),
            "gzip-gzip": whole(self._bombs["gzip-gzip"], Content_Encoding="gzip, gzip"),
            "deflate": whole(self._bombs["deflate"], Content_Encoding="deflate"),
            "br": whole(self._bombs["br"], Content_Encoding="br"),
            "zstd": whole(self._bombs["zstd"], Content_Encoding="zstd"),
            "not-gzip": whole(b"<p>plain", Content_Encoding="gzip"),
            "many-encodings": whole(b"x", Content_Encoding=", ".join(["gzip"] * 200)),
            "large": head(Content_Length=str(1 << 40)) + bytes(1 << 16),
            "long-header": head(X_Long="y" * (20 << 20)),
            "many-headers": head(**{f"X_{n}": "y" for n in range(100_000)}),
            "not-http": b"EHLO evil.example\r\n\r\n" * 50,
            "negative": head(Content_Length="-1"),
            "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx",
            "bad-chunks": head(Transfer_Encoding="chunked") + b"zz\r\nxx\r\n",
            "nothing": b"",
            "short": head(Content_Length="999") + b"x",
            "more-than-asked": whole(b"<p>one") + whole(b"<p>two") + whole(b"<p>three"),
            "deep": whole(b"<div>" * 300_000),
            "many-links": page(*(f"/no/{n}" for n in range(30_000))),
            "long-link": page("/" + "a" * (2 << 20)),
            "odd-links": whole(
                "".join(f'<a href="{o}">x</a>' for o in odd).encode("utf-8", "replace")
            ),
            "base": page("x", extra='<base href="file:///etc/">'),
            "charset": whole(b"<a href='/gzip'>x", kind="text/html; charset=no-such-set"),
            "nul": whole(b"\0" * 100_000 + b"<a href='/gzip'>x"),
            "cookie": whole(b"<p>ok", Set_Cookie="a=1"),
            "unasked-304": head("304 Not Modified"),
            "status-999": whole(b"", "999 Odd"),
            "to-nowhere": whole(b"", "302 Found", Location="http://["),
            "to-long": whole(b"", "302 Found", Location="/" + "b" * 12_000),
            "to-self": whole(b"", "302 Found", Location="/to-self"),
        }

    def _streams(self) -> dict[str, Callable[[], AsyncIterator[bytes]]]:
        """Attacks that go on and on, by path."""
        return {
            "slow-head": lambda: _dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
            "slow-body": lambda: _dripping(head(Content_Length="100000"), b"x"),
            "silent": lambda: _dripping(b"", b""),
            "continue": lambda: _flood(b"", head("100 Continue") * 100),
            "endless.xml": lambda: _flood(
                head(Transfer_Encoding="chunked", Content_Type="application/xml"),
                _chunk(b"<urlset>" + b"<url><loc>http://evil.example/e</loc></url>" * 1000),
            ),
            "endless": lambda: _flood(
                head(Transfer_Encoding="chunked", Content_Type="text/html"),
                _chunk(b"a" * (1 << 20)),
            ),
            "header-flood": lambda: _flood(
                b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"y" * 10_000 + b"\r\n"
            ),
        }

    def _answer(self, host: str, path: str) -> bytes | AsyncIterator[bytes]:
        kind, _, rest = path.removeprefix("/").partition("/")
        if path == "/robots.txt":
            return self._robots(host)
        if path == "/.well-known/tdmrep.json" and host == "nested.example":
            return whole(b"[" * 1_000_000, kind="application/json")
        if path == "/":
            return page(*self.links()) if host == "evil.example" else page()
        if kind in ("to", "refresh"):
            target = [*self.inside, *self.schemes][int(rest)]
            if kind == "to":
                return whole(b"", "302 Found", Location=target)
            return page(extra=f'<meta http-equiv="refresh" content="0;url={target}">')
        if kind == "hop":
            return whole(b"", "302 Found", Location=f"/hop/{int(rest) + 1}")
        if kind == "cal":
            return page(f"/cal/{int(rest) + 1}", f"/calendar/{2024 + int(rest)}/01")
        if kind == "calendar":
            return page()
        if kind in self._streams():
            return self._streams()[kind]()
        return self._known.get(kind, whole(b"", "404 Not Found"))

    def _robots(self, host: str) -> bytes:
        if host == "robots10.example":
            return whole(b"User-agent: *\nDisallow: /a\n" + b"# bos\n" * 1_700_000)
        if host == "robotsin.example":
            return whole(b"", "302 Found", Location=self.inside[0])
        return whole(b"", "404 Not Found")

    def _sitemaps(self) -> dict[str, bytes]:
        entity = f'<!DOCTYPE u [<!ENTITY x SYSTEM "file://{self._canary}">]>'
        return {
            "poisoned.xml": urlset(*self.inside, *self.schemes, "/hop/0", "/cal/0"),
            "laughs.xml": whole(LAUGHS.encode(), kind="application/xml"),
            "entity.xml": whole(f"{entity}<urlset><url><loc>&x;</loc></url></urlset>".encode()),
            "bomb.xml.gz": whole(self._bombs["gzip"], kind="application/gzip"),
        }

    def _serve(self) -> None:
        bomb = _packed(31)
        self._bombs = {
            "gzip": bomb,
            "gzip-gzip": gzip.compress(bomb),
            "deflate": _packed(15),
            "br": _brotli_bomb(),
            "zstd": _zstd_bomb(),
        }
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        self._end = asyncio.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate)
        async with AsyncExitStack() as stack:
            site = await asyncio.start_server(self._connected, "127.0.0.1", 0)
            tls = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=context)
            trap = await asyncio.start_server(self._trapped, "127.0.0.1", 0)
            self.port, self.tls_port, self.forbidden = (_port(each) for each in (site, tls, trap))
            self._known = {**self._whole(), **self._sitemaps()}
            for server in (site, tls, trap):
                await stack.enter_async_context(server)
            for host, port in self._elsewhere():
                with suppress(OSError):  # no IPv6, or the port is taken there
                    server = await asyncio.start_server(self._trapped, host, port)
                    await stack.enter_async_context(server)
            self._ready.set()
            await self._end.wait()
            await _cancel_the_rest()

    def _elsewhere(self) -> Iterable[tuple[str, int]]:
        yield "127.0.0.2", self.forbidden
        yield "127.0.0.2", self.port
        yield "::1", self.forbidden
        yield "::1", self.port

    async def _trapped(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.touched.append(str(writer.get_extra_info("sockname")))
        writer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._served(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.transport.abort()  # what is still to be sent would keep it open

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection ends with the answer."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        host, path = fields.get("Host", "").partition(":")[0], lines[0].split(" ")[1]
        self.asked[f"{host}{path}"] += 1
        if cookie := fields.get("Cookie"):
            self.cookies.append(cookie)
        answer = self._answer(host, path)
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
            if path.removeprefix("/") in CLOSED_AFTER:
                writer.close()
                await writer.wait_closed()
            return not writer.is_closing()
        async for piece in answer:
            writer.write(piece)
            await writer.drain()
        return False


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def _dripping(first: bytes, then: bytes) -> AsyncIterator[bytes]:
    yield first
    while True:
        await asyncio.sleep(0.2)
        yield then


async def _flood(first: bytes, then: bytes) -> AsyncIterator[bytes]:
    yield first
    while True:
        yield then
        await asyncio.sleep(0)


async def _cancel_the_rest() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.1)  # for the transports to be told
