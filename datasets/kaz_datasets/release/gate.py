"""The licence gate: which rows a release may hold, by what they state of their rights.

A source that states no right never gets in, whatever the configuration: "none stated" means all
rights reserved (Berne Convention, article 5.2: protection needs no statement).
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.release.licences import LICENCES
from kaz_datasets.vocabulary import RIGHTS_BASES

UNCLEAR: Final = "unclear"
NO_RIGHT: Final = "no-stated-right"
BASIS_REFUSED: Final = "basis-not-allowed"
LICENCE_REFUSED: Final = "licence-not-allowed"

_CLOSED: Final = ("-NC", "-ND")  # no commercial use, no changed copies (masking changes a text)
OPEN_LICENCES: Final = tuple(spdx for spdx in LICENCES if not any(term in spdx for term in _CLOSED))
"""Those that conform to the Open Definition 2.1 (https://opendefinition.org/licenses)."""
OWN_LICENCES: Final = "LicenseRef-*"
"""Licences that the source's own file describes, as SPDX names them."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Which bases and licences are let in; a licence may be a pattern with `*`."""

    bases: tuple[str, ...] = tuple(basis for basis in RIGHTS_BASES if basis != UNCLEAR)
    licences: tuple[str, ...] = (*OPEN_LICENCES, OWN_LICENCES)

    def __post_init__(self) -> None:
        for basis in self.bases:
            if basis == UNCLEAR:
                raise BadConfiguration("a basis `unclear` is no right and never let in: remove it")
            if basis not in RIGHTS_BASES:
                raise BadConfiguration(
                    f"{basis!r} is no basis of a right: use some of {', '.join(RIGHTS_BASES)}"
                )

    def refusal(self, basis: str, licence: str | None) -> tuple[str, str] | None:
        """The rule that keeps such a row out and what it saw, or None where it may go in."""
        stated = licence.strip() if licence is not None else ""
        if basis == UNCLEAR or stated.casefold().startswith("none stated"):
            return NO_RIGHT, stated or basis
        if basis not in self.bases:
            return BASIS_REFUSED, basis
        if not stated:
            # a licence that is open but not named cannot be kept to
            return (NO_RIGHT, basis) if basis == "open-licence" else None
        if any(fnmatchcase(stated, pattern) for pattern in self.licences):
            return None
        return LICENCE_REFUSED, stated
