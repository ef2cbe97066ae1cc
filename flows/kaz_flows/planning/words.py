"""Durations and sizes as people say them."""

from __future__ import annotations

from typing import Final

_STEPS: Final = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))


def duration(seconds: float) -> str:
    """`90 s`, `3.5 h`, `12 d`: two digits at least."""
    for length, unit in _STEPS:
        if seconds >= 2 * length:
            count = seconds / length
            return f"{count:,.0f} {unit}" if count >= 10 else f"{count:.1f} {unit}"
    return f"{seconds:.1f} s"


def size(count: float) -> str:
    """`200 MB`, `1.5 TB`: powers of ten, as disks are sold."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:,.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1_000
    return f"{count:,.1f} TB"
