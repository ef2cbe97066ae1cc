"""Tell somebody: a webhook over https, or a mail. Nothing of a text is in a message.

A webhook's address and a mail server's password are secrets: `kazcorpus.toml` holds the names of
environment variables, never the values. A webhook is asked at an address of the public internet
only, and at the very one that was looked up and checked, so that no name leads it inside.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import smtplib
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final
from urllib.parse import urlsplit

from kaz_datasets.errors import BadConfiguration, Failed
from kaz_flows.configuration import Alarms
from kaz_flows.health.alarms import Alarm

TIMEOUT: Final = 20.0
_HTTPS: Final = 443


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Where a message is posted. Raises BadConfiguration for what is no https address."""

    url: str
    allow_private: bool = False
    context: ssl.SSLContext | None = None
    """Trusts what the system trusts, unless stated."""

    def __repr__(self) -> str:
        return f"Webhook({urlsplit(self.url).hostname})"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or parts.username is not None:
            raise BadConfiguration("a webhook is an https:// address without a user's name in it")

    def post(self, message: Mapping[str, object]) -> None:
        """Post JSON. Raises Failed, without the address, for it may be a secret."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _HTTPS
        connection = _Pinned(host, port, self._address(host, port), self.context)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        problem = ""
        try:
            body = json.dumps(message, ensure_ascii=False).encode()
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            status = connection.getresponse().status
            # no redirect is followed: it could lead anywhere
            problem = "" if 200 <= status < 300 else f"answered {status}"
        except (OSError, http.client.HTTPException) as error:
            problem = type(error).__name__
        finally:
            connection.close()
        if problem:
            raise Failed(f"the webhook at {host} did not take the message: {problem}")

    def _address(self, host: str, port: int) -> str:
        try:
            found = {str(item[4][0]) for item in socket.getaddrinfo(host, port)}
        except OSError as error:
            raise Failed(f"the webhook's host {host} has no address") from error
        inside = [one for one in found if not ipaddress.ip_address(one).is_global]
        if inside and not self.allow_private:
            raise Failed(
                f"the webhook's host {host} is not on the public internet:"
                " set `allow_private = true` under [alarms] if it may be asked"
            )
        return sorted(found)[0]


class _Pinned(http.client.HTTPSConnection):
    """A connection to the address that was checked, under the name that its certificate has."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        self._tls = context or ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._tls)
        self._pinned = address

    def connect(self) -> None:
        plain = socket.create_connection((self._pinned, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def tell(alarms: Sequence[Alarm], stated: Alarms, environment: Mapping[str, str]) -> list[str]:
    """Send alarms by every way that is configured; who was told. Raises Failed, BadConfiguration.

    `environment` holds the secrets that the configuration names.
    """
    told: list[str] = []
    if not alarms:
        return told
    if url := _value(stated.webhook, environment):
        webhook = Webhook(url=url, allow_private=stated.allow_private)
        webhook.post({"text": "\n".join(alarm.sentence for alarm in alarms)})
        told.append("webhook")
    if stated.email and stated.smtp:
        _mail(alarms, stated, _value(stated.smtp_password, environment))
        told.append("e-mail")
    return told


def message_of(alarms: Iterable[Alarm], stated: Alarms) -> EmailMessage:
    """The mail."""
    message = EmailMessage()
    listed = list(alarms)
    message["Subject"] = f"kazcorpus: {listed[0].kind}, {len(listed)} in all"
    message["From"] = stated.smtp_user or stated.email
    message["To"] = stated.email
    message.set_content("\n\n".join(alarm.sentence for alarm in listed))
    return message


def _mail(alarms: Sequence[Alarm], stated: Alarms, password: str) -> None:
    host, _, port = stated.smtp.rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=TIMEOUT) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            elif password:
                raise Failed(f"the mail server {host} offers no TLS: no password is sent to it")
            if password:
                server.login(stated.smtp_user, password)
            server.send_message(message_of(alarms, stated))
    except (OSError, smtplib.SMTPException) as error:
        problem = type(error).__name__
    else:
        return
    raise Failed(f"the mail server {stated.smtp} did not take the message: {problem}")


def _value(name: str, environment: Mapping[str, str]) -> str:
    if name and not environment.get(name):
        raise BadConfiguration(
            f"[alarms] names the environment variable {name}, which is not set: set it where"
            " `kazcorpus up` is started"
        )
    return environment.get(name, "") if name else ""
