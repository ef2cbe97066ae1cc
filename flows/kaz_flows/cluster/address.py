"""Where the work is run: `local`, or the address of a Dask scheduler.

A scheduler takes pickles and its workers run them: whoever can write to its port runs code. So a
plain connection is taken for private networks only, and one over the open net must be encrypted.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kaz_datasets.errors import BadConfiguration

LOCAL: Final = "local"
SCHEMES: Final = {
    "dask": "tcp",
    "tcp": "tcp",
    "dask+plain": "tcp",
    "dask+tls": "tls",
    "tls": "tls",
}
"""What distributed calls the transport of each scheme."""
STATED_PLAIN: Final = "dask+plain"
_FORMS: Final = "local, dask://HOST:PORT or dask+tls://HOST:PORT"


@dataclass(frozen=True, kw_only=True)
class EngineAddress:
    """A scheduler that may be asked: encrypted, or on a network of one's own."""

    scheme: str
    host: str
    port: int

    @property
    def encrypted(self) -> bool:
        """Whether both sides show certificates and nobody reads along."""
        return SCHEMES[self.scheme] == "tls"

    @property
    def transport(self) -> str:
        """The address as distributed writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{SCHEMES[self.scheme]}://{host}:{self.port}"


def engine_address(text: str) -> EngineAddress | None:
    """The scheduler that `--engine` names; None stands for this process.

    Raises BadConfiguration for what is no address, and for a public one without encryption.
    """
    if text == LOCAL:
        return None
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in SCHEMES or not parts.hostname or port is None:
        raise BadConfiguration(f"{text!r} is no engine: write {_FORMS}")
    if parts.path.strip("/") or parts.query or parts.username:
        raise BadConfiguration(f"{text!r} holds more than host and port: write {_FORMS}")
    address = EngineAddress(scheme=parts.scheme, host=parts.hostname, port=port)
    if not address.encrypted and address.scheme != STATED_PLAIN and not _private(address):
        raise BadConfiguration(
            f"{address.host} is a public address, and whoever reads along could run code there:"
            f" write dask+tls://{address.host}:{port}, or {STATED_PLAIN}://{address.host}:{port}"
            " if a tunnel encrypts it"
        )
    return address


def _private(address: EngineAddress) -> bool:
    """Whether every address of the host is of this machine or of a private network."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise BadConfiguration(
            f"there is no host {address.host}: check the name in --engine"
        ) from error
    return all(ipaddress.ip_address(str(entry[4][0])).is_private for entry in found)
