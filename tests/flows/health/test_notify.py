"""Alarms to a real https server and a real mail server on loopback, and to nobody else."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kaz_datasets.errors import BadConfiguration, Failed
from kaz_flows.configuration import Alarms
from kaz_flows.health.alarms import Alarm
from kaz_flows.health.notify import Webhook, tell

ALARM = Alarm(kind="disk", about="/srv", found="0.1 GB free", advice="free some")


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def hook(certificate: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    taken: list[dict[str, Any]] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            taken.append(json.loads(self.rfile.read(length)))
            self.send_response(302 if self.path == "/away" else 200)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Taker)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with running(server):
        yield f"https://localhost:{server.server_address[1]}", taken


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_a_webhook_takes_a_message_over_https(
    hook: tuple[str, list[dict[str, Any]]], certificate: Path
) -> None:
    url, taken = hook
    context = trusting(certificate)
    Webhook(url=f"{url}/services/x", allow_private=True, context=context).post({"text": "a"})
    assert taken == [{"text": "a"}]
    with pytest.raises(Failed, match="localhost did not take the message: answered 302"):
        Webhook(url=f"{url}/away", allow_private=True, context=context).post({"text": "b"})
    with pytest.raises(Failed, match="SSLCertVerificationError"):
        Webhook(url=url, allow_private=True).post({"text": "c"})


def test_a_webhook_inside_is_refused_unless_it_is_allowed(
    hook: tuple[str, list[dict[str, Any]]], certificate: Path
) -> None:
    url, taken = hook
    with pytest.raises(Failed, match="not on the public internet"):
        Webhook(url=url, context=trusting(certificate)).post({"text": "a"})
    assert taken == []


@pytest.mark.parametrize(
    "url", ["http://sait.kz/x", "https://", "ftp://sait.kz", "https://me:secret@sait.kz/"]
)
def test_only_https_without_a_name_is_a_webhook(url: str) -> None:
    with pytest.raises(BadConfiguration, match="https://") as caught:
        Webhook(url=url)
    assert "secret" not in str(caught.value)


def test_the_address_of_a_webhook_is_in_no_representation() -> None:
    assert repr(Webhook(url="https://sait.kz/services/T0/secret")) == "Webhook(sait.kz)"


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(BadConfiguration, match="ALARM_WEBHOOK"):
        tell([ALARM], Alarms(webhook="ALARM_WEBHOOK"), {})
    assert tell([], Alarms(webhook="ALARM_WEBHOOK"), {}) == []
    assert tell([ALARM], Alarms(), {}) == []


class Mailbox(socketserver.StreamRequestHandler):
    """As much SMTP (RFC 5321) as one message takes."""

    taken: list[str]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                type(self).taken.append(text.decode())
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def test_a_mail_is_sent_and_no_password_without_tls() -> None:
    Mailbox.taken = []
    with socketserver.TCPServer(("127.0.0.1", 0), Mailbox) as server, running(server):
        place = f"127.0.0.1:{server.server_address[1]}"
        stated = Alarms(email="me@sait.kz", smtp=place, smtp_user="corpus@sait.kz")
        assert tell([ALARM], stated, {}) == ["e-mail"]
        secret = stated.model_copy(update={"smtp_password": "WORD"})
        with pytest.raises(Failed, match="offers no TLS"):
            tell([ALARM], secret, {"WORD": "hunter2"})
    (mail,) = Mailbox.taken
    assert "Subject: kazcorpus: disk, 1 in all" in mail
    assert "0.1 GB free" in mail
