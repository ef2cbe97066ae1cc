"""The Hub's client with limited patience: it neither waits for ever nor retries by itself.

`huggingface_hub` 2.4 shares one HTTP client in a process. That one has no time-out, so a Hub that
falls silent hangs the caller, and it retries some calls (after waits of its own) but not others.
Here every call ends after `timeout` seconds of silence and every failure comes out at once, as an
error that holds no request: requests carry the token.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from huggingface_hub import set_client_factory
from huggingface_hub.utils import _http as hub_http
from huggingface_hub.utils.tqdm import (
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
)

from kaz_datasets.errors import Unavailable

_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_ONE_AT_A_TIME = threading.Lock()  # the client is one of the process


class Busy(Unavailable):
    """No answer, or one that says "later". `wait` is what the Hub asked for, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class _ImpatientClient(httpx2.Client):
    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send, and raise Busy where `huggingface_hub` would wait and try again."""
        problem = None
        # some calls of huggingface_hub say "no time-out" themselves, such as the tree listing
        request.extensions["timeout"] = self.timeout.as_dict()
        try:
            response = super().send(request, **options)
        except httpx2.TimeoutException:
            problem = "did not answer in time"
        except httpx2.TransportError as error:
            problem = f"cannot be reached ({type(error).__name__})"
        if problem:  # raised here, for in the handler it would carry the request along
            raise Busy(problem)
        if response.status_code in _BUSY:
            response.close()
            raise Busy(f"answered {response.status_code}", _retry_after(response))
        return response


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds of `Retry-After` (RFC 9110, 10.2.3), where they are given as seconds."""
    value = response.headers.get("Retry-After", "").strip()
    return float(value) if value.isascii() and value.isdigit() else None


@contextmanager
def impatient(timeout: float) -> Iterator[None]:
    """Have the calls of `huggingface_hub` in this block end after `timeout` seconds of silence.

    Waits while another thread is in such a block. The client and its progress bars are given back
    as they were found.
    """
    with _ONE_AT_A_TIME:
        before = hub_http._GLOBAL_CLIENT_FACTORY
        quiet = are_progress_bars_disabled()
        set_client_factory(lambda: _client(timeout))
        disable_progress_bars()
        try:
            yield
        finally:
            set_client_factory(before)
            if not quiet:
                enable_progress_bars()


def _client(timeout: float) -> httpx2.Client:
    return _ImpatientClient(
        event_hooks={"request": [hub_http.hf_request_event_hook]},
        follow_redirects=True,
        timeout=timeout,
    )
