"""The made-up web on loopback: an HTTP proxy that knows seven hosts and nothing else.

Addresses like `http://tan.example/` stay the same whatever the port, since a proxy is asked for
the absolute address (RFC 9112, 3.2.2). Nothing is ever fetched from the real web.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kaz_crawlers.demosite.hosts import HOSTS
from kaz_crawlers.demosite.rendering import SitePage
from kaz_crawlers.demosite.site import DemoSite, build_site

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class RunningSite:
    """The made-up web while it is served."""

    port: int

    @property
    def url(self) -> str:
        """Address of the proxy; a browser finds the list of hosts there."""
        return f"http://{_LOOPBACK}:{self.port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A crawler opens many connections at once
    request_queue_size = 128

    def __init__(self, port: int, site: DemoSite) -> None:
        self.site = site
        super().__init__((_LOOPBACK, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "kazcorpus-demosite"
    sys_version = ""
    timeout = 30
    # Headers and body leave in two writes, and Nagle's algorithm would hold back the second
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page."""
        page = self._page()
        self._send_headers(page)
        self.wfile.write(page.body)

    def do_HEAD(self) -> None:
        """Answer with the page's headers."""
        self._send_headers(self._page())

    def do_POST(self) -> None:
        """Refuse: the made-up web takes no input."""
        page = SitePage(status=405, headers={"Allow": "GET, HEAD"}, content_type="text/plain")
        self.close_connection = True
        self._send_headers(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its inherited name
        """Keep quiet: a demo's terminal belongs to the demo."""

    def _page(self) -> SitePage:
        if not self.path.startswith("/"):
            return self.server.site.respond(self.path)
        host = self.headers.get("Host", "").partition(":")[0].lower()
        if host in {known.name for known in HOSTS}:
            return self.server.site.respond(f"http://{host}{self.path}")
        return _directory(self.server.server_address[1]) if self.path == "/" else _NOT_A_PAGE

    def _send_headers(self, page: SitePage) -> None:
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.end_headers()


_NOT_A_PAGE = SitePage(status=404, content_type="text/plain", body=b"see /\n")


@contextmanager
def serve(port: int = 0) -> Iterator[RunningSite]:
    """Serve the made-up web on loopback until the block ends; port 0 takes a free one."""
    server = _Server(port, build_site())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield RunningSite(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _directory(port: int) -> SitePage:
    proxy = f"http://{_LOOPBACK}:{port}"
    items = "".join(
        f"<li><a href='{host.url('/')}'>{host.url('/')}</a> {escape(host.title)}</li>"
        for host in HOSTS
    )
    command = f"chromium --proxy-server={proxy} {HOSTS[0].url('/')}"
    body = (
        "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>The made-up web</title>"
        f"<h1>The made-up web</h1><p>This address is a proxy. With it a browser reaches:</p>"
        f"<ul>{items}</ul><pre>{command}\ncurl --proxy {proxy} {HOSTS[0].url('/')}</pre></html>"
    )
    return SitePage(body=body.encode())
