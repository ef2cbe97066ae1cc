"""The guard: a crawl connects to public addresses only, whatever a page, a name or a redirect says.

The check is made on the address a socket is about to be connected to, after name resolution, so
odd spellings (`127.1`, `0x7f000001`, `[::ffff:127.0.0.1]`), names that point inside and names that
change their answer (DNS rebinding) are all one case.
"""

from __future__ import annotations

import sys
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final, Self, cast
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from kaz_crawlers.spider import SourceSpider

Endpoint = tuple[str, int]

# What Python 3.11's `is_global` says of these differs between its patch releases, or is True.
_NOT_PUBLIC: Final = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # IETF protocol assignments; a cloud's metadata service
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "168.63.129.16/32",  # a cloud's own wire server
        "::/96",  # IPv4-compatible IPv6, RFC 4291
        "64:ff9b:1::/48",  # local-use translation, RFC 8215
        "2001::/23",  # IETF protocol assignments, Teredo
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
        "fec0::/10",  # site-local, RFC 3879
    )
)
_DATAGRAMS: Final = frozenset({"socket.sendto", "socket.sendmsg"})
_NAT64: Final = ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """A connection to an address that is not public. No OSError: nobody is to try another way."""


class RequestRefused(IgnoreRequest):
    """An address that will not be asked for; `reason` is the frontier's word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GuardMiddleware:
    """Scrapy downloader middleware: refuses private hosts before a proxy could be asked."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise RequestRefused for an address that leads inside."""
        if not is_web_address(request.url):
            raise RequestRefused("guard")
        if names_private_host(request.url) and endpoint_of(request.url) not in self._allowed:
            raise RequestRefused("guard")

    @property
    def _allowed(self) -> frozenset[Endpoint]:
        return cast("SourceSpider", self._crawler.spider).options.endpoints


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the open internet."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False  # a name here would be resolved later, past the check
    outer_and_inner = [parsed, *_embedded(parsed)]
    return all(_is_public(each) for each in outer_and_inner)


def _embedded(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    inner = [address.ipv4_mapped, address.sixtofour]
    if address in _NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inner if each is not None]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return True  # the address inside decides
    in_block = any(address.version == block.version and address in block for block in _NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not in_block


def is_web_address(url: str) -> bool:
    """Whether `url` is http or https and names a host."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for what is no port
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def endpoint_of(url: str) -> Endpoint:
    """The host of a web address and the port that it means."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def names_private_host(url: str) -> bool:
    """Whether `url` says by itself that it leads inside, which a proxy could not know."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        ip_address(host)
    except ValueError:
        # A name: what it resolves to is checked at connect. `127.1` and the like are numbers too.
        last = host.rpartition(".")[2]
        return host == "localhost" or last.isdigit() or last.startswith("0x")
    return not is_public(host)


class ConnectionGuard:
    """Says of every address that this process is about to send something to whether it may.

    Public addresses may be connected to, and the `allowed` endpoints; with `only`, nothing but
    those.
    """

    def __init__(self, allowed: frozenset[Endpoint] = frozenset(), *, only: bool = False) -> None:
        self._allowed = allowed
        self._only = only

    def check(self, address: object) -> None:
        """Raise AddressRefused unless the socket address `address` may be connected to."""
        if isinstance(address, tuple) and len(address) >= 2:
            host, port = str(address[0]), address[1]
            if (host, port) in self._allowed or (not self._only and is_public(host)):
                return
        raise AddressRefused(f"{address!r} is not a public address")

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook (PEP 578): every socket of the process, whichever library opened it."""
        if event == "socket.connect" or (event in _DATAGRAMS and arguments[1] is not None):
            self.check(arguments[1])


def guard_process(allowed: frozenset[Endpoint] = frozenset(), *, only: bool = False) -> None:
    """Put the guard under everything in this process that can connect; it cannot be taken away."""
    sys.addaudithook(ConnectionGuard(allowed, only=only).audit)
