"""Only a proxy on this machine may be hurried."""

from __future__ import annotations

from typing import Any

import pytest

from kaz_crawlers.options import CrawlOptions, proxy_endpoint
from kaz_datasets.errors import BadConfiguration


def test_a_loopback_proxy_may_be_hurried() -> None:
    options = CrawlOptions(proxy="http://127.0.0.1:8080", delay=0.0)
    assert options.proxy_is_loopback
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


def test_the_product_token_is_what_robots_txt_names() -> None:
    assert CrawlOptions(user_agent="Bot/2.1 (+https://x.example)").product_token == "Bot"
