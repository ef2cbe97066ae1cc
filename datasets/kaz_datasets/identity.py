"""Stable names: the canonical address of a page and the identifier of a document."""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

# Parameters that say where a reader came from, never what the page holds.
TRACKING_PARAMETERS = (
    "fbclid",
    "gclid",
    "yclid",
    "ysclid",
    "mc_cid",
    "mc_eid",
    "utm_campaign",
    "utm_content",
    "utm_id",
    "utm_medium",
    "utm_source",
    "utm_term",
)

_CANONICAL = re.compile(
    r"https?://([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,9})(?:/[A-Za-z0-9._-]+)+/?"
)
"""Most addresses have nothing that canonicalising would touch: no port, query or escape."""


def canonical_url(url: str) -> str:
    """`url` without fragment and tracking parameters, host in lower case, query sorted.

    Raises ValueError for what is not a web address.
    """
    if _CANONICAL.fullmatch(url):
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not a web address: {url[:200]!r}")
    cleaned = url_query_cleaner(url, TRACKING_PARAMETERS, remove=True, unique=False)
    return str(canonicalize_url(_without_default_port(cleaned)))


def _without_default_port(url: str) -> str:
    parts = urlsplit(url)
    default = {"http": ":80", "https": ":443"}[parts.scheme]
    return parts._replace(netloc=parts.netloc.removesuffix(default)).geturl()


def host_of(url: str) -> str:
    """The host name of `url`, without port, in lower case."""
    plain = _CANONICAL.fullmatch(url)
    return plain[1] if plain else urlsplit(url).hostname or ""


def document_id(url: str, text: str) -> str:
    """128-bit BLAKE2b of canonical address and final text, as 32 hexadecimal digits."""
    return blake2b(f"{url}\n{text}".encode(), digest_size=16).hexdigest()
