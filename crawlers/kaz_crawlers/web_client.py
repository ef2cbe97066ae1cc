"""The one way to the wire: HTTP/1.1 over aiohttp, with the limits that strangers call for.

Scrapy hands every request to this handler and to no other. The answer is kept as it came, for the
archive, before anything unpacks it. Scrapy's own handler accepts headers without end, hides those
of the connection, and needs three times the computing.
"""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import aiohttp
import yarl
from aiohttp.resolver import ThreadedResolver
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from kaz_crawlers.warc_records import Exchange, request_message

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

EXCHANGE: Final = "exchange"
"""Key of a request's meta: the answer as it came."""
RECEIVED: Final = "received"
"""Key of a request's meta: bytes of a body that came, also where the answer was given up."""
MOST_HEADERS: Final = 128
LONGEST_HEADER: Final = 16 << 10
"""Bytes; with 128 of them an answer's head is 2 MiB at the most."""
LONGEST_CONNECT: Final = 20.0
"""Seconds for name, connection and TLS together, so that a dead host is not waited for as long as
a slow page."""
IDLE: Final = 30.0
"""Seconds for which a connection is kept: longer than most delays, so TLS is agreed on once."""
SENT: Final = "sent"
"""Key of a request's meta: when its head was on the wire, on the monotonic clock."""


class UntrustedCertificate(DownloadFailedError):
    """The server's certificate proves nothing; asking again will not mend it."""


class BrokenAnswer(DownloadFailedError):
    """An answer that is not HTTP, or goes beyond the limits of its head."""


class _Answer(aiohttp.ClientResponse):
    """Knows the address that answered also when the connection has gone back to the pool."""

    address: str | None = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        peer = connection.transport and connection.transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else None
        return await super().start(connection)


class WebClient(BaseDownloadHandler):
    """Scrapy download handler for http and https."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._largest = settings.getint("DOWNLOAD_MAXSIZE")
        self._most_at_once = settings.getint("CONCURRENT_REQUESTS")
        self._deadline = settings.getfloat("DOWNLOAD_TIMEOUT")
        headers = {"User-Agent": settings["USER_AGENT"], **settings["DEFAULT_REQUEST_HEADERS"]}
        self._headers = list(headers.items())
        self._opened: aiohttp.ClientSession | None = None

    async def download_request(self, request: Request) -> Response:
        """The answer to `request`, whose meta then holds the exchange.

        Raises what `verdicts` knows: Scrapy's download errors, UntrustedCertificate, BrokenAnswer,
        and the guard's AddressRefused.
        """
        try:
            return await self._exchange(request)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"no whole answer within {self._deadline:g} s") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(str(error)) from error
        except (aiohttp.ClientConnectorCertificateError, ssl.CertificateError) as error:
            raise UntrustedCertificate(str(error)) from error
        except aiohttp.ClientConnectorError as error:
            raise DownloadConnectionRefusedError(str(error)) from error
        except aiohttp.ClientPayloadError as error:
            raise ResponseDataLossError(str(error)) from error
        except (aiohttp.ClientResponseError, ValueError) as error:
            raise BrokenAnswer(str(error)[:200]) from error
        except (aiohttp.ClientError, OSError) as error:
            raise DownloadFailedError(str(error) or type(error).__name__) from error

    async def close(self) -> None:
        """Let go of the connections that are kept."""
        if self._opened is not None:
            await self._opened.close()

    async def _exchange(self, request: Request) -> Response:
        session = self._session()
        headers = [*self._headers, *request.headers.to_tuple_list()]
        request.meta[SENT] = time.monotonic()
        answer = await session.request(
            request.method,
            yarl.URL(request.url, encoded=True),
            headers=headers,
            allow_redirects=False,
            proxy=request.meta.get("proxy"),
            trace_request_ctx=request.meta,
        )
        assert isinstance(answer, _Answer)
        async with answer:
            request.meta["download_latency"] = time.monotonic() - request.meta[SENT]
            body = await self._body(request, answer)
        exchange = _exchange(request, headers, answer, body)
        request.meta[EXCHANGE] = exchange
        return _response(exchange)

    async def _body(self, request: Request, answer: _Answer) -> bytes:
        """The body as it came, chunks joined."""
        if (answer.content_length or 0) > self._largest:
            raise DownloadCancelledError(f"a body of {answer.content_length} bytes")
        pieces: list[bytes] = []
        room = self._largest
        while piece := await answer.content.readany():
            room -= len(piece)
            request.meta[RECEIVED] = self._largest - room
            if room < 0:
                raise DownloadCancelledError(f"a body of more than {self._largest} bytes")
            pieces.append(piece)
        return b"".join(pieces)

    def _session(self) -> aiohttp.ClientSession:
        """Made with the first request, since it belongs to the running loop."""
        if self._opened is None:
            connector = aiohttp.TCPConnector(
                limit=self._most_at_once,
                # In the process, where the guard sees each connection; one address after another,
                # so that a refusal is not taken for a reason to try the next.
                resolver=ThreadedResolver(),
                happy_eyeballs_delay=None,
                keepalive_timeout=IDLE,
                ssl=ssl.create_default_context(),
            )
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_note_sent)
            self._opened = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                max_field_size=LONGEST_HEADER,
                max_headers=MOST_HEADERS,
                max_line_size=LONGEST_HEADER,
                response_class=_Answer,
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
                timeout=aiohttp.ClientTimeout(total=self._deadline, connect=LONGEST_CONNECT),
                trace_configs=[trace],
            )
        return self._opened


async def _note_sent(session: Any, context: Any, parameters: Any) -> None:
    context.trace_request_ctx[SENT] = time.monotonic()


def _exchange(
    request: Request, headers: list[tuple[str, str]], answer: _Answer, body: bytes
) -> Exchange:
    version = answer.version or aiohttp.HttpVersion11
    line = f"HTTP/{version.major}.{version.minor} {answer.status} {answer.reason or ''}"
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Exchange(
        url=request.url,
        status=answer.status,
        status_line=line.strip().encode("utf-8", "surrogateescape"),
        headers=tuple(answer.raw_headers),
        body=body,
        address=None if request.meta.get("proxy") else answer.address,
        request=request_message(request.method, target, [("Host", parts.netloc), *headers]),
    )


def _response(exchange: Exchange) -> Response:
    """As Scrapy has it: of the class that headers, address and first bytes suggest."""
    headers = Headers(list(exchange.headers))
    url, body = exchange.url, exchange.body
    # Annotated too narrowly: it reads a Headers as well.
    kind = responsetypes.from_args(headers=cast("Any", headers), url=url, body=body)
    return kind(url, status=exchange.status, headers=headers, body=body)
