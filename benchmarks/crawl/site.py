"""A website of made-up pages on loopback: `python site.py PAGES LINKS` serves it, prints its port.

Each page is 20 KB of Kazakh-looking words with LINKS links: three in five are a menu, the same on
every page, the others are its own; by them every page can be reached from the first. It ends with
its input.
"""

from __future__ import annotations

import asyncio
import random
import sys
from typing import Final

PAGE_BYTES: Final = 20_000
_SYLLABLES: Final = ("қа", "ла", "тау", "ен", "жол", "бай", "сар", "ды", "кө", "лем", "ғы", "ші")


def page(number: int, pages: int, links: int) -> bytes:
    """The HTML of a page; the same number gives the same bytes."""
    chance = random.Random(number)
    in_menu = links * 3 // 5
    menu = "".join(f'<li><a href="/kk/{each}">Бөлім {each}</a></li>' for each in range(in_menu))
    children = range(number * 4 + 1, number * 4 + 5)
    own = [each for each in children if each < pages]
    own += [chance.randrange(pages) for _ in range(links - in_menu - len(own))]
    listed = "".join(f'<li><a href="/kk/{each}">Мақала {each}</a></li>' for each in own)
    head = (
        f'<!DOCTYPE html><html lang="kk"><head><meta charset="utf-8"><title>Мақала {number}</title>'
        f"</head><body><nav><ul>{menu}</ul></nav><article><h1>Мақала {number}</h1>"
    )
    foot = f"</article><aside><ul>{listed}</ul></aside></body></html>"
    room = PAGE_BYTES - len(head.encode()) - len(foot.encode())
    return (head + _paragraphs(chance, room) + foot).encode()


def _paragraphs(chance: random.Random, room: int) -> str:
    """About `room` bytes of text."""
    words = ("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(room // 13))
    text, parts = " ".join(words), []
    for start in range(0, len(text), 400):
        parts.append(f"<p>{text[start : start + 400]}</p>")
    return "".join(parts)


class Connection(asyncio.Protocol):
    """One client: answers request after request."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.split(b" ", 2)[1].decode()))

    def _answer(self, path: str) -> bytes:
        number = path.removeprefix("/kk/")
        if path != "/" and not (number.isdigit() and int(number) < len(self._pages)):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        body = self._pages[0 if path == "/" else int(number)]
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
        return f"{head}{len(body)}\r\n\r\n".encode() + body


async def serve(pages: int, links: int) -> None:
    """Serve until standard input ends."""
    bodies = [page(number, pages, links) for number in range(pages)]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(bodies), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
