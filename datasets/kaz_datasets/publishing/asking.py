"""Asking the Hub: again while it is busy, and in our own errors, which never hold a token."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)

from kaz_datasets.errors import (
    Conflict,
    KazcorpusError,
    PublishFailed,
    Refused,
    Unavailable,
    WrongUse,
)
from kaz_datasets.publishing.client import Busy

Answer = TypeVar("Answer")
ATTEMPTS = 6  # with waits of 1, 2, 4, 8 and 16 s: a Hub that restarts is back by then
LONGEST_WAIT = 300.0  # seconds: the window of the Hub's rate limits
_LONGEST_QUOTE = 200


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How one publication asks, and what its errors say."""

    repo: str
    token: str
    retry_wait: float
    """Seconds before the second attempt; doubled for each that follows."""

    def __repr__(self) -> str:
        return f"Asking(repo={self.repo!r})"

    def persist(self, call: Callable[[], Answer]) -> Answer:
        """The answer of `call`, which is made again while the Hub is busy.

        Raises Unavailable when it stays so, Refused, Conflict or PublishFailed at once.
        """
        wait = self.retry_wait
        for attempt in range(1, ATTEMPTS + 1):
            outcome = self._once(call)
            if not isinstance(outcome, Busy):
                return outcome
            if attempt < ATTEMPTS:
                time.sleep(min(outcome.wait if outcome.wait is not None else wait, LONGEST_WAIT))
                wait *= 2
        raise Unavailable(
            f"the Hub {outcome} while {self.repo} was being published: give the command again"
            f" later ({ATTEMPTS} attempts; what was uploaded is kept)"
        )

    def _once(self, call: Callable[[], Answer]) -> Answer | Busy:
        """One attempt. Errors are raised after their handlers: no chain leads to a request."""
        try:
            return call()
        except Exception as error:
            failure = self._named(error)
        if isinstance(failure, Busy):
            return failure
        raise failure

    def _named(self, error: BaseException) -> BaseException:
        if isinstance(error, KazcorpusError):
            return error
        if isinstance(error, HfHubHTTPError):
            return self._refusal(error)
        if isinstance(error, HFValidationError):
            return WrongUse(f"{self.repo} is not a repo name on the Hub: name it OWNER/NAME")
        if isinstance(error, ConnectionError | TimeoutError):  # of hf_xet's own uploads
            return Busy("did not take the upload")
        if isinstance(error, OfflineModeIsEnabled):
            return Unavailable("the Hub is switched off by HF_HUB_OFFLINE: unset it to publish")
        if isinstance(error, RuntimeError) and error.__cause__ is not None:
            return self._named(error.__cause__)  # so the client wraps what happens in an upload
        if isinstance(error, ValueError):
            return PublishFailed(
                f"the Hub's client refuses the release ({self._quoted(str(error))}):"
                " correct it and publish again"
            )
        return error

    def _refusal(self, error: HfHubHTTPError) -> KazcorpusError:
        status = error.response.status_code
        if status in (401, 403) or isinstance(error, RepositoryNotFoundError):
            return Refused(
                f"the Hub refuses the token ({status}):"
                f" set HF_TOKEN to one with write access to {self.repo}"
            )
        if status == 409:
            return Busy("is busy with another operation (409)")
        if status == 412:
            return moved(self.repo)
        said = self._quoted(error.server_message or "no reason given")
        return PublishFailed(
            f"the Hub does not take the release for {self.repo} ({status}: {said}):"
            " correct it and publish again"
        )

    def _quoted(self, text: str) -> str:
        """Somebody else's words on one line, never with the token in them."""
        return " ".join(text.replace(self.token, "…").split())[:_LONGEST_QUOTE]


def moved(repo: str) -> Conflict:
    """The error where somebody else has published meanwhile."""
    return Conflict(
        f"somebody else has committed to {repo} while this release was being published:"
        " look at what they changed, then publish again"
    )
