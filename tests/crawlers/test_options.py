"""Only a proxy on this machine may be hurried."""

from __future__ import annotations

from typing import Any

import pytest

from kaz_crawlers.options import CrawlOptions, proxy_endpoint
from kaz_datasets.errors import BadConfiguration


def test_a_loopback_proxy_may_be_hurried() -> None:
    options = CrawlOptions(proxy="http://127.0.0.1:8080", delay=0.0)
    assert options.stays_here
    assert proxy_endpoint("http://127.0.0.1:8080") == ("127.0.0.1", 8080)


@pytest.mark.parametrize(
    "values",
    [
        {"delay": 0.0},
        {"delay": 5.0},
        {"proxy": "http://192.0.2.1:80", "delay": 0.0},
        {"proxy": "http://127.0.0.1:8080", "delay": -1.0},
        {"proxy": "http://127.0.0.1:8080", "delay": float("nan")},
        {"proxy": "http://127.0.0.1"},
        {"proxy": "http://me:secret@127.0.0.1:8080"},
        {"proxy": "http://localhost:8080"},
        {"proxy": "socks5://127.0.0.1:8080"},
        {"proxy": "http://127.0.0.1:99999"},
    ],
)
def test_other_combinations_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(BadConfiguration):
        CrawlOptions(**values)


def test_endpoints_on_this_machine_may_be_named_and_no_others() -> None:
    options = CrawlOptions(allowed=("127.0.0.2:8131", "[::1]:80"), delay=0.0, concurrency=8)
    assert options.endpoints == {("127.0.0.2", 8131), ("::1", 80)}
    for endpoint in ("192.0.2.1:80", "localhost:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:x"):
        with pytest.raises(BadConfiguration, match="loopback"):
            CrawlOptions(allowed=(endpoint,))


def test_who_asks_says_how_to_complain() -> None:
    options = CrawlOptions(contact="https://corpus.example/bot")
    assert options.user_agent.startswith("kazcorpus/0.1 (+https://corpus.example/bot; ")
    assert options.product_token == "kazcorpus"
