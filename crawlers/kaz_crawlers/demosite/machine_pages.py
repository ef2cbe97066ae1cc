"""What a host offers to machines: robots.txt, sitemap and feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape

from kaz_crawlers.demosite.hosts import Host
from kaz_crawlers.demosite.postings import Posting
from kaz_crawlers.demosite.rendering import SitePage

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_FEED_LENGTH = 10


def robots_page(rules: str) -> SitePage:
    """robots.txt as RFC 9309 wants it served."""
    return SitePage(content_type="text/plain; charset=utf-8", body=rules.encode())


def sitemap_page(postings: Sequence[Posting], others: Iterable[str]) -> SitePage:
    """The articles with their dates, then addresses that are no article (sitemaps.org)."""
    dated = ((posting.url, f"<lastmod>{posting.article.date}</lastmod>") for posting in postings)
    entries = [*dated, *((url, "") for url in others)]
    items = "".join(f"<url><loc>{escape(url)}</loc>{date}</url>\n" for url, date in entries)
    return _xml("application/xml", f'<urlset xmlns="{_SITEMAP}">\n{items}</urlset>')


def feed_page(host: Host, postings: Sequence[Posting]) -> SitePage:
    """RSS 2.0 of the newest articles."""
    items = "".join(map(_item, postings[:_FEED_LENGTH]))
    about = f"<title>{host.title}</title><link>{host.url('/')}</link>"
    described = f"{about}<description>{host.tagline}</description>"
    content = f'<rss version="2.0"><channel>{described}\n{items}</channel></rss>'
    return _xml("application/rss+xml", content)


def _item(posting: Posting) -> str:
    published = datetime.combine(posting.article.date, time(3, 30), UTC)
    return (
        f"<item><title>{escape(posting.article.title)}</title><link>{posting.url}</link>"
        f"<guid>{posting.url}</guid><pubDate>{format_datetime(published)}</pubDate></item>\n"
    )


def _xml(media_type: str, content: str) -> SitePage:
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'
    return SitePage(content_type=f"{media_type}; charset=utf-8", body=document.encode())
