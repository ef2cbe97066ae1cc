"""A small HTTP client for catalogues and downloads, guarded like a crawl.

http and https only; a name is resolved here, every address it has must be public, and the
connection goes to the address that was checked, so that a name cannot change its answer in
between. TLS is verified, sizes and times are bounded, each redirect is checked anew, a host is
asked at most every two seconds, and what it says about coming back later (Retry-After) is obeyed.
"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from kaz_crawlers.guard import is_public, is_web_address
from kaz_crawlers.retry_after import retry_after
from kaz_datasets.errors import BadConfiguration, Failed

LEAST_DELAY: Final = 2.0
"""Seconds between two requests to a host."""
LARGEST_BODY: Final = 16 << 20
MOST_REDIRECTS: Final = 5
ATTEMPTS: Final = 4
LONGEST_WAIT: Final = 900.0
"""Seconds that a Retry-After is waited for; a longer one ends the work."""

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_LATER: Final = (429, 503)
_CHUNK: Final = 1 << 16


class AddressRefused(Failed):
    """The guard does not let this address be asked."""


class Unreachable(Failed):
    """No whole answer came."""


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """Raises BadConfiguration for an `allowed` endpoint that is not on this machine."""

    user_agent: str
    allowed: frozenset[tuple[str, int]] = frozenset()
    """Loopback endpoints that may be asked, without a delay (tests, demos)."""
    delay: float = LEAST_DELAY
    deadline: float = 60.0
    """Seconds for one request with its answer."""
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        if not all(ip_address(host).is_loopback for host, _ in self.allowed):
            raise BadConfiguration("only endpoints on a loopback address can be allowed")
        if self.delay < LEAST_DELAY:
            raise BadConfiguration(f"the delay is at least {LEAST_DELAY:g} seconds")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The head of an answer, and its body a chunk at a time while the connection is open."""

    url: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    address: str
    retrieved_at: datetime
    _read: Callable[[int], bytes] = field(repr=False)

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        wanted = name.lower().encode()
        values = (value for key, value in self.headers if key.lower() == wanted)
        return next(values, b"").decode("latin-1")

    def chunks(self, largest: int) -> Iterator[bytes]:
        """The body. Raises Unreachable where it is longer than `largest` bytes or torn."""
        length = self.header("content-length")
        if length.isdecimal() and int(length) > largest:
            raise Unreachable(f"{self.url} is larger than {largest} bytes: it is not fetched")
        total = 0
        while chunk := self._read(_CHUNK):
            total += len(chunk)
            if total > largest:
                raise Unreachable(f"{self.url} is larger than {largest} bytes: it is not fetched")
            yield chunk
        if length.isdecimal() and total < int(length):
            raise Unreachable(f"{self.url} broke off after {total} of {length} bytes: try again")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A whole answer."""

    url: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    address: str
    retrieved_at: datetime


class GuardedClient:
    """One caller's requests, with the pace it keeps to each host."""

    def __init__(self, options: ClientOptions) -> None:
        self._options = options
        self._asked: dict[str, float] = {}
        self._context = ssl.create_default_context()

    @property
    def user_agent(self) -> str:
        """What servers are told of the caller."""
        return self._options.user_agent

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, largest: int = LARGEST_BODY
    ) -> Fetched:
        """The answer to a GET, whatever its status, after redirects and waits that were asked for.

        Raises AddressRefused, Unreachable.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                fetched, wait = self._attempt(url, headers or {}, largest)
            except Unreachable:
                if attempt == ATTEMPTS:
                    raise
                self._options.sleep(LEAST_DELAY**attempt)
                continue
            if wait is None or attempt == ATTEMPTS:
                return fetched
            if wait > LONGEST_WAIT:
                raise Unreachable(f"{url} asks to be left alone for {wait:.0f} s: try again later")
            self._options.sleep(max(wait, LEAST_DELAY))
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def open(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """The answer to one GET, redirects followed, its body not read yet.

        Raises AddressRefused and Unreachable, the latter also while the body is read.
        """
        for _ in range(MOST_REDIRECTS + 1):
            with self._request(url, headers or {}) as answer:
                location = answer.header("location")
                if answer.status not in _REDIRECTS or not location:
                    yield answer
                    return
            url = urljoin(url, location)
        raise Unreachable(f"{url} redirects more than {MOST_REDIRECTS} times")

    def _attempt(
        self, url: str, headers: Mapping[str, str], largest: int
    ) -> tuple[Fetched, float | None]:
        with self.open(url, headers) as answer:
            fetched = Fetched(
                url=answer.url,
                status=answer.status,
                headers=answer.headers,
                body=b"".join(answer.chunks(largest)),
                address=answer.address,
                retrieved_at=answer.retrieved_at,
            )
        if answer.status not in _LATER:
            return fetched, None
        now = datetime.now(UTC)
        asked = retry_after(answer.header("retry-after"), date=answer.header("date"), now=now)
        return fetched, LEAST_DELAY if asked is None else asked

    @contextmanager
    def _request(self, url: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        if not is_web_address(url):
            raise AddressRefused(f"{url[:200]!r} is no address of the web")
        url = safe_url_string(url)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
        endpoint = self._checked(host, port)
        self._keep_pace(host, endpoint)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {
            "Host": parts.netloc.rpartition("@")[2],
            "User-Agent": self._options.user_agent,
            "Accept-Encoding": "identity",
            "Connection": "close",
            **headers,
        }
        with self._connected(url, host, endpoint, tls=parts.scheme == "https") as connection:
            connection.request("GET", path, headers=sent)
            yield _answer(url, endpoint[0], connection.getresponse())

    def _checked(self, host: str, port: int) -> tuple[str, int]:
        """The address to connect to; one private address among them refuses the name."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{host} cannot be resolved ({error}): check the address") from error
        endpoints = [(str(each[4][0]), port) for each in found]
        for endpoint in endpoints:
            if endpoint not in self._options.allowed and not is_public(endpoint[0]):
                raise AddressRefused(f"{host} is at {endpoint[0]}, which is not public")
        return endpoints[0]

    def _keep_pace(self, host: str, endpoint: tuple[str, int]) -> None:
        if endpoint in self._options.allowed:
            return
        since = time.monotonic() - self._asked.get(host, float("-inf"))
        if since < self._options.delay:
            self._options.sleep(self._options.delay - since)
        self._asked[host] = time.monotonic()

    @contextmanager
    def _connected(
        self, url: str, host: str, endpoint: tuple[str, int], *, tls: bool
    ) -> Iterator[http.client.HTTPConnection]:
        deadline = self._options.deadline
        expired = threading.Event()
        timer: threading.Timer | None = None
        connection = http.client.HTTPConnection(host, endpoint[1], timeout=deadline)
        try:
            plain = socket.create_connection(endpoint, timeout=min(deadline, 20.0))
            connection.sock = plain
            timer = threading.Timer(deadline, _cut, (plain, expired))
            timer.start()
            if tls:
                connection.sock = self._context.wrap_socket(plain, server_hostname=host)
                timer.cancel()
                timer = threading.Timer(deadline, _cut, (connection.sock, expired))
                timer.start()
            yield connection
            if expired.is_set():  # an answer without a length looks whole when it is cut
                raise TimeoutError
        except (OSError, ValueError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise  # the caller's disk, not the server
            why = f"no answer within {deadline:g} s" if expired.is_set() else _reason(error)
            raise Unreachable(f"{url} cannot be read ({why}): try again later") from error
        finally:
            if timer is not None:
                timer.cancel()
            connection.close()


def _cut(connection: socket.socket, expired: threading.Event) -> None:
    """End a connection from outside, which wakes whoever waits for its next byte."""
    expired.set()
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # closed already


def _answer(url: str, address: str, response: Any) -> Answer:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise ValueError(f"it is packed as {encoding[:20]}, which was not asked for")
    raw = tuple(
        (k.encode("latin-1", "replace"), v.encode("latin-1", "replace"))
        for k, v in response.headers.items()
    )
    return Answer(
        url=url,
        status=response.status,
        headers=raw,
        address=address,
        retrieved_at=datetime.now(UTC),
        _read=response.read,
    )


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
