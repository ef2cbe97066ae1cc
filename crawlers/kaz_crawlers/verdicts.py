"""What an answer means for the address it answers."""

from __future__ import annotations

from typing import Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from kaz_crawlers.addresses import Outcome
from kaz_crawlers.guard import AddressRefused, RequestRefused
from kaz_crawlers.web_client import BrokenAnswer, UntrustedCertificate

ATTEMPTS: Final = 3
MOST_HOPS: Final = 10
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
TRANSIENT_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
TRANSIENT_ERRORS: Final = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
LASTING_ERRORS: Final = (BrokenAnswer, UntrustedCertificate)


def end_of_error(error: BaseException | None) -> Outcome:
    """How an address ends for which there was no answer; transient errors end only the last try."""
    if isinstance(error, RequestRefused):
        return Outcome(state="refused", reason=error.reason)
    if isinstance(error, AddressRefused):
        return Outcome(state="refused", reason="guard")
    if isinstance(error, IgnoreRequest | DownloadCancelledError):
        return Outcome(state="failed", reason="too-large")
    return Outcome(state="failed", reason=type(error).__name__)


def is_transient(error: BaseException | None) -> bool:
    """Whether another try may fare better."""
    return isinstance(error, TRANSIENT_ERRORS) and not isinstance(error, LASTING_ERRORS)
