"""Where the Prefect server of a workspace listens, who may ask it, and where its data lies.

Secrets come by environment variable, under Prefect's own names; they are in no file of ours and
in no representation of these classes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from kaz_datasets.errors import BadConfiguration

LOOPBACK: Final = "127.0.0.1"
CREDENTIALS: Final = "PREFECT_SERVER_API_AUTH_STRING"
"""`user:password`, which the server asks of everyone."""
CLIENT_CREDENTIALS: Final = "PREFECT_API_AUTH_STRING"
"""The same, as a client gives it."""
DATABASE: Final = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
DATABASE_PASSWORD: Final = "PREFECT_SERVER_DATABASE_PASSWORD"  # noqa: S105 - a name
SHORTEST: Final = 12
"""Characters of a password that others may try; there is no limit on how often they do."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a server is started."""

    host: str = LOOPBACK
    port: int | None = None
    """None for a free one."""
    public_url: str = ""
    """Where browsers find the server, if that is not its host and port."""
    credentials: str = field(default="", repr=False)
    database: str = field(default="", repr=False)
    """SQLAlchemy address; empty for SQLite in the workspace."""

    @property
    def nearby(self) -> str:
        """The address at which this machine reaches the server."""
        address = ipaddress.ip_address(self.host)
        if address.is_unspecified:
            return LOOPBACK if address.version == 4 else "[::1]"
        return self.host if address.version == 4 else f"[{self.host}]"


def access_of(
    environment: Mapping[str, str],
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    public_url: str = "",
    database: str = "",
) -> Access:
    """The access that options, configuration and environment ask for together.

    Raises BadConfiguration for an address that others would reach without a password, for what is
    no address, and for what are no credentials.
    """
    credentials = environment.get(CREDENTIALS, "")
    if credentials and not all(credentials.partition(":")):
        raise BadConfiguration(f"{CREDENTIALS} must be user:password")
    if not _address(host).is_loopback:
        _require_password(host, credentials)
    return Access(
        host=host,
        port=port,
        public_url=public_url.rstrip("/"),
        credentials=credentials,
        database=environment.get(DATABASE, "")
        or _with_password(database, environment.get(DATABASE_PASSWORD, "")),
    )


def client_credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """What a client's environment needs to be let in, where a password is set."""
    stated = environment.get(CLIENT_CREDENTIALS) or environment.get(CREDENTIALS)
    return {CLIENT_CREDENTIALS: stated} if stated else {}


def check_database(address: str) -> str:
    """`address` if it is a PostgreSQL address without a password, or empty.

    Raises ValueError saying what is wrong with it.
    """
    if not address:
        return address
    parts = urlsplit(address)
    if parts.scheme != "postgresql+asyncpg" or not parts.hostname or not parts.path.strip("/"):
        raise ValueError("write postgresql+asyncpg://user@host:5432/name, or nothing for SQLite")
    if parts.password is not None:
        raise ValueError(f"keep the password out of this file: set {DATABASE_PASSWORD}")
    return address


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        raise BadConfiguration(
            f"{host} is no address: say which of this machine's to listen on, such as 127.0.0.1"
        ) from None


def _require_password(host: str, credentials: str) -> None:
    password = credentials.partition(":")[2]
    if len(password) < SHORTEST:
        raise BadConfiguration(
            f"on {host} others reach the server, who could publish and delete: set {CREDENTIALS}"
            f" to user:password, with a password of {SHORTEST} characters or more"
        )


def _with_password(address: str, password: str) -> str:
    if not address or not password:
        return address
    parts = urlsplit(address)
    user, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}"))
