"""Retry-After: how long a server asks to be left alone (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST_VALUE: Final = 64
"""Characters: the longest HTTP-date has 33 (RFC 850 form)."""


def retry_after(value: str, *, date: str, now: datetime) -> float | None:
    """Seconds from now until the moment that `value` names; None if it names none.

    `value` is a number of seconds or an HTTP-date. A date is compared with the answer's own
    `date` header where that can be read, since the server's clock may be wrong; else with `now`.
    """
    value = value.strip()
    if len(value) > _LONGEST_VALUE:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    moment = _http_date(value)
    if moment is None:
        return None
    return max(0.0, (moment - (_http_date(date) or now)).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value[:_LONGEST_VALUE])
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
