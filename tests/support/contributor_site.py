"""A website that no source of the package describes, behind a proxy on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kaz_crawlers.demosite.articles import Article, load_articles

HOST = "http://sait.kz"
TERMS = "/kk/ereje"


def texts() -> list[Article]:
    """Kazakh articles of the made-up web, which stand here under other addresses."""
    return [
        article
        for article in load_articles().values()
        if article.language == "kaz" and article.script == "Cyrl" and article.folder != "special"
    ][:12]


def address(number: int, article: Article) -> str:
    """Where an article stands, as a path."""
    return f"/kk/{article.folder}/{number}-{article.slug}"


def _pages() -> dict[str, tuple[str, str]]:
    """Body and content type by path."""
    found = dict(enumerate(texts(), start=1))
    kazakh = [address(number, article) for number, article in found.items()]
    russian = [path.replace("/kk/", "/ru/") for path in kazakh]
    entries = "".join(f"<url><loc>{HOST}{path}</loc></url>" for path in (*kazakh, *russian))
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    home = f'<link rel="alternate" hreflang="kk" href="{HOST}/kk/"><title>Сайт</title>'
    front = f'<title>Сайт</title><a href="{TERMS}">Пайдалану ережелері</a>'
    pages = {
        "/robots.txt": (f"User-agent: *\nAllow: /\nSitemap: {HOST}/sitemap.xml\n", "text/plain"),
        "/sitemap.xml": (sitemap, "application/xml"),
        "/": (_html("ru", home), "text/html"),
        "/kk/": (_html("kk", front), "text/html"),
    }
    for path, article in zip(kazakh, found.values(), strict=True):
        pages[path] = (_html("kk", _body(article)), "text/html")
    return pages


def _body(article: Article) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in article.text.splitlines())
    menu = '<nav><a href="/kk/">Басты бет</a></nav>'
    return f"<title>{article.title}</title>{menu}<h1>{article.title}</h1><article>{paragraphs}"


def _html(language: str, body: str) -> str:
    return f'<!DOCTYPE html><html lang="{language}"><meta charset="utf-8">{body}</html>'


@contextmanager
def contributor_site() -> Iterator[str]:
    """Serve the site; the address of the proxy."""
    pages = _pages()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body, kind = pages.get(self.path.removeprefix(HOST), ("", ""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", f"{kind or 'text/plain'}; charset=utf-8")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
