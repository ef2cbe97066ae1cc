"""Every figure of a release, computed from its data files and from nothing else.

The card and `release.json` are made from these; verification computes them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from kaz_datasets.account import Account, Tally
from kaz_datasets.errors import AccountsDisagree

UNKNOWN: Final = "unknown"

Rejections = Mapping[str, Mapping[str, Mapping[str, int]]]
"""How many rows were dropped, by stage, rule and source."""
Funnel = Sequence[tuple[str, Account]]
"""The stages in order, each with its account."""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The size of some documents; `bytes` are those of their text in UTF-8."""

    documents: int = 0
    words: int = 0
    characters: int = 0
    bytes: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            documents=self.documents + other.documents,
            words=self.words + other.words,
            characters=self.characters + other.characters,
            bytes=self.bytes + other.bytes,
        )


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What was changed in texts: in how many documents, and how often by type."""

    documents: int
    types: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """The near-duplicate clusters of more than one document."""

    with_duplicates: int
    """Documents published from them; in a long chain the ends can be unlike, and both stay."""
    duplicates: int
    """Documents of theirs that were left out."""
    largest: int


@dataclass(frozen=True, kw_only=True)
class Split:
    """One configuration of the card: its rows, files, and bytes on disk and uncompressed."""

    rows: int = 0
    files: int = 0
    bytes: int = 0
    uncompressed: int = 0
    patterns: tuple[str, ...] = ()
    """What the loaders are told to read, in this order."""
    first: str = ""
    """The first of the files."""

    def __add__(self, other: Split) -> Split:
        return Split(
            first=self.first or other.first,
            patterns=tuple(dict.fromkeys((*self.patterns, *other.patterns))),
            rows=self.rows + other.rows,
            files=self.files + other.files,
            bytes=self.bytes + other.bytes,
            uncompressed=self.uncompressed + other.uncompressed,
        )


@dataclass(frozen=True, kw_only=True)
class SourceRights:
    """How many documents of a source are used on which basis and under which licence."""

    source: str
    kind: str
    basis: str
    licence: str
    documents: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of one release; every mapping is sorted by name."""

    total: Totals
    hosts: int
    first_retrieved: str
    last_retrieved: str
    kinds: Mapping[str, Totals]
    sources: Mapping[str, Totals]
    scripts: Mapping[str, Totals]
    licences: Mapping[str, Totals]
    bases: Mapping[str, Totals]
    years: Mapping[str, int]
    """Documents by year of publication, or `unknown`."""
    rights: tuple[SourceRights, ...]
    signals: Mapping[str, int]
    masked: Changes
    repaired: Changes
    clusters: Clusters
    added_in: Mapping[str, int]
    rejected: Rejections
    funnel: tuple[tuple[str, Account], ...]
    splits: Mapping[str, Split]
    """Each configuration, with the removed rows that are still in its files."""
    removed: Mapping[str, Mapping[str, int]]
    """Rows removed since the major began, by release and reason."""
    tombstoned: int
    """How many of them are still in the files."""

    def to_json(self) -> dict[str, Any]:
        """The figures as `release.json` holds them."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        value["funnel"] = [{"stage": stage, **account.to_json()} for stage, account in self.funnel]
        return {name: _plain(item) for name, item in value.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return _plain(asdict(value)) if hasattr(value, "__dataclass_fields__") else value


def recomputed_funnel(
    stages: Iterable[str], kept: Mapping[str, int], rejected: Rejections
) -> tuple[tuple[str, Account], ...]:
    """The accounts of `stages`, from the rows they left: `kept` in the data, and the rejected.

    Read backwards, since what came into a stage is what it kept and what it dropped.
    """
    funnel: list[tuple[str, Account]] = []
    for stage in reversed(list(stages)):
        account = _account(kept, rejected.get(stage, {}))
        funnel.insert(0, (stage, account))
        kept = {source: tally.entered for source, tally in account.sources.items()}
    return tuple(funnel)


def _account(kept: Mapping[str, int], rules: Mapping[str, Mapping[str, int]]) -> Account:
    names = sorted({*kept, *(source for sources in rules.values() for source in sources)})
    tallies = {}
    for source in names:
        dropped = {rule: rules[rule][source] for rule in sorted(rules) if source in rules[rule]}
        left = kept.get(source, 0)
        tallies[source] = Tally(entered=left + sum(dropped.values()), kept=left, dropped=dropped)
    return Account(sources=tallies)


def check_funnel(told: Funnel, counted: Funnel) -> None:
    """Check what the stages said of themselves against the rows they left.

    Raises AccountsDisagree, naming stage, source and rule.
    """
    for (stage, said), (_, found) in zip(told, counted, strict=True):
        for source in sorted({*said.sources, *found.sources}):
            left = _flat(said.sources.get(source, Tally()))
            right = _flat(found.sources.get(source, Tally()))
            for name in sorted({*left, *right}):
                if left.get(name, 0) != right.get(name, 0):
                    raise AccountsDisagree(
                        f"stage {stage} says {left.get(name, 0)} rows of {source} were {name},"
                        f" but its files hold {right.get(name, 0)}: run it again"
                    )


def _flat(tally: Tally) -> dict[str, int]:
    dropped = {f"dropped by {rule}": rows for rule, rows in tally.dropped.items()}
    return {**dropped, "kept": tally.kept}
