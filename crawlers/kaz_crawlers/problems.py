"""What is wrong with a source file, in words that its author can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to mend: an error makes the source unfit, a warning asks for a second look."""

    level: Level
    key: str
    """The key of the file it is about, such as `urls.accept`."""
    message: str

    def __str__(self) -> str:
        return f"{self.level}: {self.key}: {self.message}"


def error(key: str, message: str) -> Problem:
    """A problem that makes the source unfit."""
    return Problem(level="error", key=key, message=message)


def warning(key: str, message: str) -> Problem:
    """A problem that asks for a second look."""
    return Problem(level="warning", key=key, message=message)
