"""Versions of a release: three numbers, of which the size of a change decides which one rises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from kaz_datasets.errors import BadConfiguration

# https://semver.org without pre-releases and build metadata: a published corpus has neither.
_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\Z", re.ASCII)


class Level(IntEnum):
    """How much a release changes for its readers; a larger change is a larger number."""

    PATCH = 1
    """The same rows: only the card, the licence or the list of the rejected changed."""
    MINOR = 2
    """Rows were added or removed; every published file stays as it is."""
    MAJOR = 3
    """Files are written anew: other columns, or rows that mean something else than before."""


@dataclass(frozen=True, order=True)
class Version:
    """`major.minor.patch`, in the order of the numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read three numbers with points between them. Raises BadConfiguration."""
        found = _VERSION.match(text)
        if found is None:
            raise BadConfiguration(
                f"{text!r} is not a release version: write three numbers, like 1.2.0"
            )
        return cls(*(int(number) for number in found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def next(self, level: Level) -> Version:
        """The version that follows by a change of this size."""
        if level is Level.MAJOR:
            return Version(self.major + 1, 0, 0)
        if level is Level.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)
