"""What the caller of a crawl may decide; everything else is the source's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from kaz_datasets.errors import BadConfiguration

PRODUCT = "kazcorpus/0.1"
"""The product token before the slash is the name that robots.txt files address (RFC 9309)."""


@dataclass(frozen=True, kw_only=True)
class CrawlOptions:
    """Raises BadConfiguration for what only a crawl on this machine may have, or a wrong proxy."""

    contact: str | None = None
    """Page or `mailto:` address where owners of websites reach the operator."""
    proxy: str | None = None
    """`http://127.0.0.1:port`: every request goes there, robots.txt too (the demo site)."""
    allowed: tuple[str, ...] = ()
    """`127.0.0.1:port` endpoints: if any are named, connections go there and nowhere else."""
    unchecked: bool = False
    """Crawl a source that nobody has compared with the live website yet."""
    yields: Mapping[str, float] = field(default_factory=dict)
    """Kept words per megabyte fetched in the last build, by host."""
    max_pages: int | None = None
    """Addresses fetched from a host at most, where the source allows more: for a first look."""
    delay: float | None = None
    """Seconds between requests instead of the source's; only on this machine."""
    concurrency: int | None = None
    """Requests at a time instead of one a host; only on this machine."""
    deadline: float | None = None
    """Seconds for a whole answer instead of a minute; only on this machine."""

    def __post_init__(self) -> None:
        if self.proxy is not None:
            proxy_endpoint(self.proxy)
        for endpoint in self.allowed:
            loopback_endpoint(endpoint)
        if self.max_pages is not None and self.max_pages < 1:
            raise BadConfiguration(f"a crawl of {self.max_pages} pages cannot be: give 1 or more")
        hurried = [self.delay, self.concurrency, self.deadline]
        if any(value is not None for value in hurried) and not self.stays_here:
            raise BadConfiguration(
                "a delay can be set only for a loopback proxy: for a website set polite.delay"
                " in its source file"
            )
        if self.delay is not None and not self.delay >= 0:
            raise BadConfiguration(f"a delay of {self.delay} seconds cannot be")

    @property
    def stays_here(self) -> bool:
        """Whether requests never leave this machine."""
        if self.proxy is None:
            return bool(self.allowed)
        return ip_address(proxy_endpoint(self.proxy)[0]).is_loopback

    @property
    def user_agent(self) -> str:
        """Who asks, and where the owner of a website can complain."""
        reached = f"+{self.contact}; " if self.contact else ""
        return f"{PRODUCT} ({reached}open corpus of Kazakh web text; obeys robots.txt)"

    @property
    def product_token(self) -> str:
        """The name by which robots.txt addresses this crawler."""
        return PRODUCT.split("/", 1)[0]

    @property
    def endpoints(self) -> frozenset[tuple[str, int]]:
        """The only endpoints that `allowed` leaves; empty if it names none."""
        return frozenset(loopback_endpoint(endpoint) for endpoint in self.allowed)


def proxy_endpoint(proxy: str) -> tuple[str, int]:
    """Address and port of an HTTP proxy. Raises BadConfiguration."""
    try:
        parts = urlsplit(proxy)
        if parts.scheme == "http" and parts.hostname and parts.port and "@" not in parts.netloc:
            return str(ip_address(parts.hostname)), parts.port
    except ValueError:
        pass
    raise BadConfiguration("the proxy must be http://<numeric address>:<port>, without a password")


def loopback_endpoint(endpoint: str) -> tuple[str, int]:
    """Address and port of `127.0.0.1:8000`. Raises BadConfiguration for any other machine's."""
    host, _, port = endpoint.rpartition(":")
    try:
        address = ip_address(host.strip("[]"))
        if address.is_loopback and 0 < int(port) < 1 << 16:
            return str(address), int(port)
    except ValueError:
        pass
    raise BadConfiguration(f"{endpoint!r} is not <loopback address>:<port>")
