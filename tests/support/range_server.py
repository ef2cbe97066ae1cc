"""A loopback web server that answers range requests, with faults on demand."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Files:
    """What is served, by path, and what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    whole: bool = False
    """Whether ranges are ignored."""
    busy_after: int | None = None
    """How many requests are answered before all that follow get 503."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    endpoint: tuple[str, int] = ("127.0.0.1", 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.endpoint[1]}/"


@contextmanager
def serve(files: Files) -> Iterator[Files]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stated = self.headers.get("Range", "")
            files.asked.append((self.path.lstrip("/"), stated))
            content = files.files.get(self.path.lstrip("/"))
            wanted = RANGE.fullmatch(stated)
            if files.busy_after is not None and len(files.asked) > files.busy_after:
                self.reply(503, b"later")
            elif content is None:
                self.reply(404, b"")
            elif files.whole or not wanted:
                self.reply(200, content)
            elif int(wanted[1]) >= len(content):
                self.reply(416, b"", f"bytes */{len(content)}")
            else:
                first, last = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
                self.reply(206, content[first : last + 1], f"bytes {first}-{last}/{len(content)}")

        def reply(self, status: int, body: bytes, content_range: str = "") -> None:
            self.send_response(status)
            if content_range:
                self.send_header("Content-Range", content_range)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        files.endpoint = ("127.0.0.1", server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield files
        finally:
            server.shutdown()
            thread.join()
