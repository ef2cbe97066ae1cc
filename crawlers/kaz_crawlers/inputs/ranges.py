"""Stretches of files that lie elsewhere: on this machine, on a web server, in an S3 bucket.

One interface with three backends, chosen by the address. What is fetched from the web goes through
the guarded client: public addresses only, TLS verified, two seconds between requests to a host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from kaz_crawlers.inputs.guarded_http import Fetched, GuardedClient, Unreachable
from kaz_datasets.errors import BadConfiguration, Failed, NotFound

_CONTENT_RANGE: Final = re.compile(r"bytes (?:\d+-\d+|\*)/(\d{1,18})")
_GONE: Final = (403, 404, 410)  # S3 and its like say 403 of what is not there


class Ranges(Protocol):
    """Reads stretches of files by their address."""

    def read(self, address: str, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer only at the end. Raises NotFound, Failed."""
        ...

    def size(self, address: str) -> int:
        """The size of a file in bytes. Raises NotFound, Failed."""
        ...


class LocalRanges:
    """Files of this machine."""

    def read(self, address: str, start: int, length: int) -> bytes:
        """See `Ranges`."""
        with self._existing(address).open("rb") as stream:
            stream.seek(start)
            return stream.read(length)

    def size(self, address: str) -> int:
        """See `Ranges`."""
        return self._existing(address).stat().st_size

    def _existing(self, address: str) -> Path:
        path = Path(address.removeprefix("file://"))
        if not path.is_file():
            raise NotFound(f"no such file: {path}")
        return path


class HttpRanges:
    """Files of web servers that answer range requests (RFC 9110, section 14)."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    def read(self, address: str, start: int, length: int) -> bytes:
        """See `Ranges`."""
        if length <= 0:
            return b""
        fetched = self._get(address, start, start + length - 1, length)
        if fetched.status == 416:
            return b""
        return fetched.body

    def size(self, address: str) -> int:
        """See `Ranges`."""
        stated = _CONTENT_RANGE.fullmatch(_header(self._get(address, 0, 0, 1), b"content-range"))
        if stated is None:
            raise Failed(f"{address} does not say how large it is: fetch it by other means")
        return int(stated[1])

    def _get(self, address: str, first: int, last: int, largest: int) -> Fetched:
        wanted = {"Range": f"bytes={first}-{last}"}
        fetched = self._client.get(address, wanted, largest=max(largest, 1 << 16))
        if fetched.status in _GONE:
            raise NotFound(f"{address} is not there (it answers {fetched.status})")
        if fetched.status == 200:
            raise Failed(f"{address} does not answer range requests: fetch it by other means")
        if fetched.status not in (206, 416):
            raise Unreachable(f"{address} answers {fetched.status}: try again later")
        return fetched


class S3Ranges:
    """Objects of S3 and of servers that speak its protocol, through fsspec.

    `options` go to `s3fs.S3FileSystem`: `anon`, `client_kwargs` and others.
    """

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        self._options = dict(options or {})
        self._opened: Any = None

    def read(self, address: str, start: int, length: int) -> bytes:
        """See `Ranges`."""
        if length <= 0:
            return b""
        end = min(start + length, self.size(address))
        if start >= end:
            return b""
        return bytes(self._asked(address, lambda fs: fs.cat_file(address, start=start, end=end)))

    def size(self, address: str) -> int:
        """See `Ranges`."""
        return int(self._asked(address, lambda fs: fs.info(address)["size"]))

    def _asked(self, address: str, question: Callable[[Any], Any]) -> Any:
        try:
            return question(self._filesystem())
        except FileNotFoundError as error:
            raise NotFound(f"{address} is not there") from error
        except (OSError, ValueError) as error:
            raise Failed(f"{address} cannot be read ({error}): check rights and address") from error

    def _filesystem(self) -> Any:
        if self._opened is None:
            import fsspec

            try:
                self._opened = fsspec.filesystem("s3", **self._options)
            except ImportError as error:
                raise BadConfiguration(
                    "reading s3:// needs one more package: pip install 'kazcorpus[s3]'"
                ) from error
        return self._opened


class AnyRanges:
    """Chooses the backend by the beginning of the address; a client is made when it is needed."""

    def __init__(
        self,
        client: Callable[[], GuardedClient],
        s3_options: Mapping[str, Any] | None = None,
    ) -> None:
        self._client = client
        self._local = LocalRanges()
        self._s3 = S3Ranges(s3_options)
        self._http: HttpRanges | None = None

    def read(self, address: str, start: int, length: int) -> bytes:
        """See `Ranges`."""
        return self._backend(address).read(address, start, length)

    def size(self, address: str) -> int:
        """See `Ranges`."""
        return self._backend(address).size(address)

    def _backend(self, address: str) -> Ranges:
        if address.startswith("s3://"):
            return self._s3
        if address.startswith(("http://", "https://")):
            if self._http is None:
                self._http = HttpRanges(self._client())
            return self._http
        return self._local


def is_remote(address: str) -> bool:
    """Whether an address is that of another machine."""
    return address.startswith(("http://", "https://", "s3://"))


def _header(fetched: Fetched, name: bytes) -> str:
    values = (value for key, value in fetched.headers if key.lower() == name)
    return next(values, b"").decode("latin-1")
