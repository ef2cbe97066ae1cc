"""Where texts on disk come from and why they may be used: stated once, by options or in the files.

A text without provenance is no use to anyone who must know whether he may train on it, so a run
without it is refused with the words that are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.record import KINDS, RIGHTS_BASES
from kaz_datasets.source_facts import SourceFacts

SOURCE_KEYS: Final = ("source", "rights", "licence", "kind", "name", "homepage")


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What is stated of a collection; None is not stated."""

    source: str | None = None
    rights: str | None = None
    """One of `kaz_datasets.record.RIGHTS_BASES`."""
    licence: str | None = None
    kind: str | None = None
    name: str | None = None
    homepage: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Provenance:
        """The part of a header that is about the collection."""
        return cls(**{key: values[key] for key in SOURCE_KEYS if values.get(key)})

    def or_else(self, other: Provenance) -> Provenance:
        """This, filled up with the other's where this says nothing."""
        merged = {
            each.name: getattr(self, each.name) or getattr(other, each.name)
            for each in fields(self)
        }
        return Provenance(**merged)


def agreed(stated: Provenance, headers: Iterable[tuple[str, Provenance]]) -> SourceFacts:
    """The facts of the run: what its options state, else what all files state alike.

    Raises BadConfiguration naming the file, and what to write into it or to give as an option.
    """
    facts: SourceFacts | None = None
    for name, header in headers:
        found = _facts(stated.or_else(header), name)
        if facts is not None and found != facts:
            raise BadConfiguration(
                f"{name} states another source, rights or licence than the files before it:"
                " take them in by commands of their own"
            )
        facts = found
    if facts is None:
        raise BadConfiguration("there is no file to take in: name files or a folder that has some")
    return facts


def _facts(stated: Provenance, name: str) -> SourceFacts:
    if not stated.source or not stated.rights:
        missing = "source" if not stated.source else "rights"
        raise BadConfiguration(
            f"{name} does not say its {missing}: give --{missing}, or begin the file with a header"
            " that has `source` and `rights` (docs/inputs.md)"
        )
    if stated.rights == "open-licence" and not stated.licence:
        raise BadConfiguration(
            f"{name} is under an open licence but does not say which: give --licence, or"
            " `licence` in the header, as an SPDX identifier"
        )
    kind = stated.kind or "other"
    for key, value, known in (("rights", stated.rights, RIGHTS_BASES), ("kind", kind, KINDS)):
        if value not in known:
            raise BadConfiguration(f"{name}: {key} {value!r} is not one of {', '.join(known)}")
    return SourceFacts(
        id=stated.source,
        name=stated.name or stated.source,
        homepage=stated.homepage or "",
        kind=kind,
        basis=stated.rights,
        licence=stated.licence,
    )
