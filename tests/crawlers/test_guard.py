"""The guard lets the open internet through and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from kaz_crawlers.guard import (
    AddressRefused,
    guarded,
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


def test_the_connection_itself_is_checked() -> None:
    opened: list[Any] = []
    connect = guarded(lambda *arguments: opened.append(arguments), frozenset({("127.0.0.1", 81)}))
    connect("8.8.8.8", 80, "factory")
    connect("127.0.0.1", 81, "factory")
    for host, port in [("127.0.0.1", 80), ("127.0.0.2", 81), ("10.0.0.1", 80)]:
        with pytest.raises(AddressRefused):
            connect(host, port, "factory")
    assert opened == [("8.8.8.8", 80, "factory"), ("127.0.0.1", 81, "factory")]
