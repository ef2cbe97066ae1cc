"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "doubt", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of an examination: what was looked at, what was seen, what to do about it."""

    check: str
    state: State
    found: str
    advice: str = ""
    """What the operator does next; empty where nothing is to be done."""
