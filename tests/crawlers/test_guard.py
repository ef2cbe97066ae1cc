"""The guard lets the open internet through and nothing else."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import nullcontext

import pytest

from kaz_crawlers.guard import (
    AddressRefused,
    ConnectionGuard,
    is_public,
    is_web_address,
    names_private_host,
)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450::5", "64:ff9b::808:808"],
)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.168.1.1",
        "192.88.99.1",
        "168.63.129.16",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001:0:53aa:64c::1",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff0e::1",
        "site.example",
        "127.1",
        "",
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://localhost/", True),
        ("http://127.0.0.1/", True),
        ("http://127.0.0.1./", True),
        ("http://LOCALHOST./", True),
        ("http://0177.0.0.1/", True),
        ("http://127.1/", True),
        ("http://2130706433/", True),
        ("http://0x7f000001/", True),
        ("http://[::1]/", True),
        ("http://8.8.8.8/", False),
        ("http://site.example/", False),
    ],
)
def test_hosts_that_say_they_are_private(url: str, private: bool) -> None:
    assert names_private_host(url) is private


@pytest.mark.parametrize(
    ("url", "web"),
    [
        ("http://site.example/a", True),
        ("https://site.example", True),
        ("file:///etc/passwd", False),
        ("ftp://site.example/", False),
        ("data:text/html,x", False),
        ("javascript:void(0)", False),
        ("http:///a", False),
        ("http://site.example:port/", False),
        ("http://[", False),
    ],
)
def test_web_addresses(url: str, web: bool) -> None:
    assert is_web_address(url) is web


@pytest.mark.parametrize(
    ("address", "let"),
    [
        (("8.8.8.8", 80), True),
        (("2606:4700::1111", 443, 0, 0), True),
        (("127.0.0.1", 81), True),
        (("127.0.0.1", 80), False),
        (("127.0.0.2", 81), False),
        (("::1", 81, 0, 0), False),
        (("10.0.0.1", 80), False),
        ("/run/socket", False),
        (b"/run/socket", False),
    ],
)
def test_the_connection_itself_is_checked(address: object, let: bool) -> None:
    guard = ConnectionGuard(frozenset({("127.0.0.1", 81)}))
    for event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        with nullcontext() if let else pytest.raises(AddressRefused):
            guard.audit(event, (None, address))
    guard.audit("socket.sendmsg", (None, None))  # along a connection that there is
    guard.audit("open", ("/etc/hosts", "r", 0))


def test_only_what_is_named_when_that_is_asked_for() -> None:
    guard = ConnectionGuard(frozenset({("127.0.0.1", 81)}), only=True)
    guard.check(("127.0.0.1", 81))
    with pytest.raises(AddressRefused):
        guard.check(("8.8.8.8", 81))


CONNECT = """
import asyncio, socket, sys, urllib.request
from kaz_crawlers.guard import AddressRefused, guard_process
guard_process()
port = int(sys.argv[1])
ways = [
    lambda: socket.create_connection(("127.0.0.1", port)),
    lambda: socket.socket().connect_ex(("127.0.0.1", port)),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    lambda: urllib.request.urlopen(f"http://localhost:{port}/"),
    lambda: asyncio.run(asyncio.open_connection("127.0.0.1", port)),
    lambda: socket.create_connection(("::ffff:127.0.0.1", port)),
]
for way in ways:
    try:
        way()
    except AddressRefused:
        print("refused")
"""


def test_no_way_to_connect_goes_past_the_guard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-c", CONNECT, str(listener.getsockname()[1])]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        assert run.stdout.split() == ["refused"] * 6
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
