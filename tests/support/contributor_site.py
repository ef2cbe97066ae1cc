"""A website that no source of the package describes, behind a proxy on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import proxied_site
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
    pages = {
        f"{HOST}{path}": ({"Content-Type": f"{kind}; charset=utf-8"}, body.encode())
        for path, (body, kind) in _pages().items()
    }
    with proxied_site.serve(pages) as proxy:
        yield proxy
