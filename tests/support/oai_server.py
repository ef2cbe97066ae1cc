"""A journal's OAI-PMH server on loopback: three pages, a 503 with Retry-After, and misbehaviour."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

START = (
    '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
)
DC = (
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def record(identifier: str, *fields: tuple[str, str, str], deleted: bool = False) -> str:
    status = ' status="deleted"' if deleted else ""
    header = f"<header{status}><identifier>{identifier}</identifier></header>"
    values = "".join(
        f"<dc:{name}" + (f' xml:lang="{lang}"' if lang else "") + f">{escape(text)}</dc:{name}>"
        for name, lang, text in fields
    )
    body = "" if deleted else f"<metadata><oai_dc:dc {DC}>{values}</oai_dc:dc></metadata>"
    return f"<record>{header}{body}</record>"


def answer(*records: str, token: str = "") -> bytes:
    resumption = f"<resumptionToken>{escape(token)}</resumptionToken>"
    body = f"<ListRecords>{''.join(records)}{resumption}</ListRecords></OAI-PMH>"
    return (START + body).encode()


@dataclass
class Journal:
    """What the server answers, by resumption token, and what it was asked."""

    pages: dict[str, bytes]
    robots: tuple[int, bytes] = (404, b"")
    busy: int = 0
    """How many times it says 503 first."""
    location: str | None = None
    """Where it redirects to, if it does."""
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    endpoint: tuple[str, int] = ("127.0.0.1", 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.endpoint[1]}/oai"


@contextmanager
def serve(journal: Journal) -> Iterator[Journal]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply(self, journal)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        journal.endpoint = ("127.0.0.1", server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield journal
        finally:
            server.shutdown()
            thread.join()


def reply(handler: BaseHTTPRequestHandler, journal: Journal) -> None:
    parts = urlsplit(handler.path)
    journal.asked.append(handler.path)
    journal.agents.add(handler.headers["User-Agent"])
    if parts.path == "/robots.txt":
        send(handler, *journal.robots)
    elif journal.location is not None:
        send(handler, 302, b"", {"Location": journal.location})
    elif journal.busy > 0:
        journal.busy -= 1
        send(handler, 503, b"later", {"Retry-After": "7"})
    else:
        token = parse_qs(parts.query).get("resumptionToken", [""])[0]
        send(handler, 200, journal.pages[token])


def send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
