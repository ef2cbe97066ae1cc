from __future__ import annotations

from hashlib import blake2b
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from w3lib.url import canonicalize_url

from kaz_datasets.identity import TRACKING_PARAMETERS, canonical_url, document_id, host_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://Tan.Example/kk/a", "https://tan.example/kk/a"),
        ("HTTPS://tan.example/kk/a", "https://tan.example/kk/a"),
        ("https://tan.example", "https://tan.example/"),
        ("http://tan.example:80/a", "http://tan.example/a"),
        ("https://tan.example:443/a", "https://tan.example/a"),
        ("https://tan.example:80/a", "https://tan.example:80/a"),
        ("http://tan.example:8080/a", "http://tan.example:8080/a"),
        ("https://tan.example/a#part", "https://tan.example/a"),
        ("https://tan.example/a?b=2&a=1", "https://tan.example/a?a=1&b=2"),
        ("https://tan.example/a?utm_source=x&id=7&fbclid=y", "https://tan.example/a?id=7"),
        ("https://tan.example/a?utm_source=x", "https://tan.example/a"),
        ("https://tan.example/a?id=1&id=2", "https://tan.example/a?id=1&id=2"),
        ("https://tan.example/жаңа", "https://tan.example/%D0%B6%D0%B0%D2%A3%D0%B0"),
        ("https://tan.example/%d0%b6", "https://tan.example/%D0%B6"),
    ],
)
def test_canonical_addresses(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize("parameter", TRACKING_PARAMETERS)
def test_where_a_reader_came_from_does_not_matter(parameter: str) -> None:
    assert canonical_url(f"https://a.example/?p=1&{parameter}=x") == "https://a.example/?p=1"


@pytest.mark.parametrize(
    "url", ["", "tan.example/a", "ftp://tan.example/", "javascript:alert(1)", "http://", "http://["]
)
def test_what_is_no_web_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_url(url)


@settings(deadline=None)
@given(st.text("abz/%?=&#;.йү +~é", max_size=30), st.sampled_from(["", ":80", ":443", ":8080"]))
def test_canonical_is_a_fixed_point(rest: str, port: str) -> None:
    once = canonical_url(f"https://tan.example{port}/{rest}")
    assert canonical_url(once) == once


def test_hosts() -> None:
    assert host_of("https://User@Tan.Example:8080/a") == "tan.example"
    assert host_of("no address") == ""


def test_identifiers_are_pinned() -> None:
    """A published id is for ever: whoever changes this breaks every earlier release."""
    assert document_id("https://tan.example/kk/1", "Сәлем") == (
        blake2b("https://tan.example/kk/1\nСәлем".encode(), digest_size=16).hexdigest()
    )
    assert document_id("https://tan.example/kk/1", "Сәлем") == "e666135e71af204d90102f8af118d698"


def test_identifiers_differ_with_address_and_text() -> None:
    pairs = [("a", "b"), ("a", "c"), ("b", "b"), ("", "ab")]
    names = {document_id(url, text) for url, text in pairs}
    assert len(names) == len(pairs)
    assert all(len(name) == 32 for name in names)


PLAIN = r"https?://[a-z0-9-]{1,9}\.[a-z]{1,9}(/[A-Za-z0-9._-]{1,5}){1,4}/?"


@given(st.from_regex(PLAIN, fullmatch=True))
def test_a_plain_address_is_its_own_canonical_one(url: str) -> None:
    parts = urlsplit(url)
    assert canonical_url(url) == canonicalize_url(url) == url
    assert host_of(url) == parts.hostname
