"""A small website behind a loopback proxy, and sources that describe it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from kaz_crawlers.source import Source
from kaz_datasets.strict_toml import validate

HOST = "http://site.example"


@dataclass(frozen=True, kw_only=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class LoopbackSite:
    """Answers by path, or by whole address for other hosts; counts what was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: Counter[str] = Counter()
        self.on_request: Callable[[str], None] = lambda url: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def page(self, path: str, *links: str, **answer: Any) -> None:
        body = "".join(f'<a href="{link}">x</a>' for link in links)
        headers = {"Content-Type": "text/html; charset=utf-8"}
        text = f"<html><body><p>{path}</p>{body}</body></html>".encode()
        self.answers[path] = Answer(body=text, headers=headers, **answer)

    def redirect(self, path: str, to: str) -> None:
        self.answers[path] = Answer(status=302, headers={"Location": to})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                site.requests[self.path] += 1
                site.on_request(self.path)
                own = self.path.startswith(HOST + "/")
                key = path if own else self.path
                answer = site.answers.get(key, Answer(status=404))
                etag = answer.headers.get("ETag")
                if etag and self.headers["If-None-Match"] == etag:
                    answer = Answer(status=304, headers={"ETag": etag})
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *arguments: Any) -> None:
                pass

        return Handler


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    site = LoopbackSite()
    yield site
    site.close()


def source_values(**tables: dict[str, Any]) -> dict[str, Any]:
    """A whole source; `tables` change or add keys of its tables."""
    values: dict[str, Any] = {
        "id": "site",
        "name": "Сайт",
        "homepage": f"{HOST}/",
        "kind": "news",
        "maintainers": ["@someone"],
        "discover": {"listings": [f"{HOST}/"], "follow": True},
        "urls": {
            "accept": [r"^http://site\.example/kk/", "^http://10\\.", "^http://inside"],
            "reject": ["/ru/"],
            "examples": [f"{HOST}/kk/1", f"{HOST}/kk/2"],
            "counterexamples": [f"{HOST}/ru/1"],
        },
        "polite": {"delay": 2.0, "max_pages": 100, "depth": 5},
        "rights": {
            "basis": "open-licence",
            "licence": "CC0-1.0",
            "evidence": f"{HOST}/about",
            "checked": "2026-11-01",
        },
    }
    for table, changes in tables.items():
        values[table] = {**values.get(table, {}), **changes}
    return values


def make_source(**tables: dict[str, Any]) -> Source:
    return validate(source_values(**tables), Source, "site.toml")
