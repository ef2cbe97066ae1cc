"""One statement of an owner: where it stood, what it is called, what it says of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PRODUCT_TOKEN: Final = "kazcorpus"  # noqa: S105 (a name, no secret)
"""The name by which files and headers address this project (RFC 9309, section 2.2.1)."""
LONGEST_VALUE: Final = 200
"""Characters of a statement that are kept: the longest honest one seen is a policy's address."""
LONGEST_READ: Final = 65_536
"""Characters of one header, attribute or line that are looked at."""
MOST_STATEMENTS: Final = 32
"""Statements kept of one place: a page says what it has to say in fewer."""

ORIGIN_PLACES: Final = ("robots.txt", "tdmrep.json", "ai.txt")
PAGE_PLACES: Final = ("header", "meta", "page")
PLACES: Final = (*ORIGIN_PLACES, *PAGE_PLACES)
"""In the order in which they are met; `page` is a page's metadata about its licence."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Written `where:name=value`, as the archive and the corpus keep it."""

    where: str
    name: str
    value: str
    training: bool | None = None
    """False: it refuses training; True: it allows it; None: it speaks of something else."""

    def __str__(self) -> str:
        return f"{self.where}:{self.name}={self.value}"


def one_line(value: str) -> str:
    """A value without line ends, controls and runs of spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def fitting(value: str) -> str:
    """A value on one line, at most `LONGEST_VALUE` characters."""
    return one_line(value[: 4 * LONGEST_VALUE])[:LONGEST_VALUE]


def shortened(value: str, meaning: Mapping[bool, str], training: bool | None) -> str:
    """A value on one line; one that is too long to be kept, as what it means."""
    if len(value) <= LONGEST_VALUE:
        return value
    return f"{len(value)} characters" if training is None else meaning[training]


def kept(statements: Sequence[Statement]) -> list[Statement]:
    """At most `MOST_STATEMENTS` of one place, refusals before all others."""
    ordered = sorted(statements, key=lambda statement: statement.training is not False)
    return ordered[:MOST_STATEMENTS]
