from __future__ import annotations

import pytest

from kaz_datasets.errors import BadConfiguration
from kaz_flows.cluster.address import engine_address


@pytest.mark.parametrize(
    ("text", "transport"),
    [
        ("dask://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://localhost:8786", "tcp://localhost:8786"),
        ("dask://10.1.2.3:1", "tcp://10.1.2.3:1"),
        ("dask://[::1]:8786", "tcp://[::1]:8786"),
        ("dask+tls://93.184.216.34:8786", "tls://93.184.216.34:8786"),
        ("tls://10.0.0.1:8786", "tls://10.0.0.1:8786"),
        ("dask+plain://93.184.216.34:8786", "tcp://93.184.216.34:8786"),
    ],
)
def test_private_or_encrypted_schedulers_are_taken(text: str, transport: str) -> None:
    address = engine_address(text)
    assert address is not None
    assert address.transport == transport


def test_local_is_this_process() -> None:
    assert engine_address("local") is None


@pytest.mark.parametrize("text", ["dask://93.184.216.34:8786", "tcp://8.8.8.8:8786"])
def test_a_public_address_without_encryption_is_refused(text: str) -> None:
    with pytest.raises(BadConfiguration, match=r"is a public address.* write dask\+tls://"):
        engine_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "dask", "ray://127.0.0.1:1", "dask://127.0.0.1", "dask://127.0.0.1:99999", "dask://:80"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadConfiguration, match="is no engine: write local, dask://HOST:PORT"):
        engine_address(text)


def test_more_than_an_address_is_refused() -> None:
    with pytest.raises(BadConfiguration, match="more than host and port"):
        engine_address("dask://me:secret@127.0.0.1:8786")
