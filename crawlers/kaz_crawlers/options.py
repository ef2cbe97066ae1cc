"""What the caller of a crawl may decide; everything else is the source's."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from kaz_datasets.errors import BadConfiguration

USER_AGENT = "kazcorpus/0.1 (open corpus of Kazakh web text; obeys robots.txt)"
"""The product token before the slash is the name that robots.txt files address (RFC 9309)."""


@dataclass(frozen=True, kw_only=True)
class CrawlOptions:
    """Raises BadConfiguration for a proxy without a port, or a delay without a loopback proxy."""

    user_agent: str = USER_AGENT
    proxy: str | None = None
    """`http://127.0.0.1:port`: every request goes there, robots.txt too (the demo site)."""
    delay: float | None = None
    """Seconds between requests instead of the source's; only a loopback proxy may be hurried."""

    def __post_init__(self) -> None:
        if self.proxy is not None:
            proxy_endpoint(self.proxy)
        if self.delay is not None and (not self.proxy_is_loopback or not self.delay >= 0):
            raise BadConfiguration(
                "a delay can be set only for a loopback proxy: for a website set polite.delay"
                " in its source file"
            )

    @property
    def proxy_is_loopback(self) -> bool:
        """Whether requests never leave this machine."""
        return self.proxy is not None and ip_address(proxy_endpoint(self.proxy)[0]).is_loopback

    @property
    def product_token(self) -> str:
        """The name by which robots.txt addresses this crawler."""
        return self.user_agent.split("/", 1)[0].strip()


def proxy_endpoint(proxy: str) -> tuple[str, int]:
    """Address and port of an HTTP proxy. Raises BadConfiguration."""
    try:
        parts = urlsplit(proxy)
        if parts.scheme == "http" and parts.hostname and parts.port and "@" not in parts.netloc:
            return str(ip_address(parts.hostname)), parts.port
    except ValueError:
        pass
    raise BadConfiguration("the proxy must be http://<numeric address>:<port>, without a password")
