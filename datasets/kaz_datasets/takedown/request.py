"""One takedown: what is to go, why, who asked (as a class, never by name), and what it met.

The register of a workspace holds it whole; a release shows `public()`, which names no address: a
log of removals must not become a list of what people wanted forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.identity import canonical_url

By = Literal["url", "host", "id", "text"]
REQUESTERS: Final = ("author", "publisher", "person", "authority", "maintainer")
"""Who may ask: of the text, of the site, one whom it speaks of, an office by law, we ourselves."""

_ID: Final = re.compile(r"[0-9a-f]{32}\Z")
_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+\Z")
_DATE: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z", re.ASCII)
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is to go. Of a text only the documents that it was found in are kept, never the text."""

    by: By
    value: str

    @classmethod
    def of(cls, by: By, value: str) -> Target:
        """A checked target. Raises BadConfiguration."""
        stated = value.strip()
        if by == "url":
            try:
                return cls(by=by, value=canonical_url(stated))
            except ValueError as error:
                raise BadConfiguration(f"{error}: write it with https://") from error
        wanted = {"id": _ID, "host": _HOST}.get(by)
        if wanted is not None and not wanted.match(stated.lower()):
            raise BadConfiguration(f"{stated!r} is no {by}: copy it from the row")
        return cls(by=by, value=stated.lower() if wanted is not None else "")


@dataclass(frozen=True, kw_only=True)
class Takedown:
    """A request that was granted. Raises BadConfiguration."""

    number: int
    date: str
    """Of the request, as 2026-01-31."""
    requester: str
    """One of REQUESTERS."""
    reason: str
    """In a few words, without names; it is published."""
    target: Target
    ids: tuple[str, ...]
    """Documents that it met when it was entered."""
    with_copies: bool = True
    """Whether near-copies on other pages go too, and stay out when they come again."""
    copies: tuple[str, ...] = ()
    """Near-copies of them that were there."""

    def __post_init__(self) -> None:
        if self.requester not in REQUESTERS:
            raise BadConfiguration(
                f"{self.requester!r} is no class of requesters: use one of {', '.join(REQUESTERS)}"
            )
        if not _DATE.match(self.date):
            raise BadConfiguration(f"{self.date!r} is no date: write it as 2026-01-31")
        if not self.reason.strip() or len(self.reason) > _LONGEST_REASON or "\n" in self.reason:
            raise BadConfiguration(
                f"a reason is one line of at most {_LONGEST_REASON} characters: shorten it"
            )
        for name in self.all_ids:
            if not _ID.match(name):
                raise BadConfiguration(f"{name!r} is no id of a document: copy it from the row")

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Every document that goes."""
        return (*self.ids, *self.copies)

    def public(self) -> Takedown:
        """What a release shows: neither address nor host."""
        return Takedown(**{**self.__dict__, "target": Target(by=self.target.by, value="")})

    def to_json(self) -> dict[str, Any]:
        """As the register and `release.json` hold it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Takedown:
        """Read what `to_json` wrote. Raises ValueError or BadConfiguration."""
        return _ADAPTER.validate_python(value)


_ADAPTER: Final = TypeAdapter(Takedown)
