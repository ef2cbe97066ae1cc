"""How long work tells its caller how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as `progress(done, total, unit)`; `total` is None while it is not known."""

    def __call__(self, done: int, total: int | None, unit: str) -> None:
        """Report that `done` of `total` units ("pages", "documents", "bytes") are done."""


def silent(done: int, total: int | None, unit: str) -> None:
    """Report to nobody."""
