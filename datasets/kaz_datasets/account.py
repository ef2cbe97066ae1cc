"""Accounts: what came in, what was kept, what was dropped and by which rule, for each source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from kaz_datasets.errors import AccountsDisagree


@dataclass(frozen=True, kw_only=True)
class Tally:
    """One source's share of an account. Raises AccountsDisagree unless entered = kept + dropped.

    No count is negative.
    """

    entered: int = 0
    kept: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = (self.entered, self.kept, *self.dropped.values())
        if min(counts) < 0 or self.entered != self.kept + sum(self.dropped.values()):
            raise AccountsDisagree(
                f"{self.entered} came in but {self.kept} were kept and"
                f" {sum(self.dropped.values())} dropped ({dict(self.dropped)})"
            )

    def __add__(self, other: Tally) -> Tally:
        dropped = Counter(self.dropped) + Counter(other.dropped)
        return Tally(
            entered=self.entered + other.entered,
            kept=self.kept + other.kept,
            dropped=dict(sorted(dropped.items())),
        )


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a stage did, by source; the totals are sums, so they cannot disagree with it."""

    sources: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def entered(self) -> int:
        """How many rows came in."""
        return self.total.entered

    @property
    def kept(self) -> int:
        """How many rows went on to the next stage."""
        return self.total.kept

    @property
    def dropped(self) -> Mapping[str, int]:
        """How many rows each rule dropped."""
        return self.total.dropped

    @property
    def total(self) -> Tally:
        """All sources together."""
        return sum(self.sources.values(), start=Tally())

    def __add__(self, other: Account) -> Account:
        names = sorted({*self.sources, *other.sources})
        empty = Tally()
        return Account(
            sources={
                name: self.sources.get(name, empty) + other.sources.get(name, empty)
                for name in names
            }
        )

    def to_json(self) -> dict[str, Any]:
        """The account as `{"in": …, "kept": …, "dropped": {rule: n}, "sources": {…}}`."""
        return {
            **_tally_to_json(self.total),
            "sources": {name: _tally_to_json(self.sources[name]) for name in sorted(self.sources)},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote. Raises AccountsDisagree if a number was changed."""
        account = cls(
            sources={name: _tally_from_json(tally) for name, tally in value["sources"].items()}
        )
        if _tally_to_json(account.total) != {key: value[key] for key in ("in", "kept", "dropped")}:
            raise AccountsDisagree("the account's totals are not the sums of its sources")
        return account


class Bookkeeper:
    """Makes an account: each row is entered once, then either kept or dropped."""

    def __init__(self) -> None:
        self._entered: Counter[str] = Counter()
        self._kept: Counter[str] = Counter()
        self._dropped: dict[str, Counter[str]] = {}

    def enter(self, source: str, rows: int = 1) -> None:
        """Note that rows came in."""
        self._entered[source] += rows

    def keep(self, source: str, rows: int = 1) -> None:
        """Note that rows go on."""
        self._kept[source] += rows

    def drop(self, source: str, rule: str, rows: int = 1) -> None:
        """Note that `rule` dropped rows."""
        self._dropped.setdefault(source, Counter())[rule] += rows

    def account(self) -> Account:
        """The account so far. Raises AccountsDisagree if a row was lost or counted twice."""
        names = sorted({*self._entered, *self._kept, *self._dropped})
        return Account(sources={name: self._tally(name) for name in names})

    def _tally(self, source: str) -> Tally:
        return Tally(
            entered=self._entered[source],
            kept=self._kept[source],
            dropped=dict(sorted(self._dropped.get(source, Counter()).items())),
        )


def add_accounts(accounts: Iterable[Account]) -> Account:
    """The account of several shards of one stage."""
    return sum(accounts, start=Account())


def check_chain(stages: Iterable[tuple[str, Account]]) -> None:
    """Check that what each stage kept is what the next took in, source by source.

    Raises AccountsDisagree, naming both stages and the source.
    """
    previous: tuple[str, Account] | None = None
    for name, account in stages:
        if previous is not None:
            _check_link(previous, (name, account))
        previous = (name, account)


def _check_link(before: tuple[str, Account], after: tuple[str, Account]) -> None:
    empty = Tally()
    for source in sorted({*before[1].sources, *after[1].sources}):
        left = before[1].sources.get(source, empty).kept
        arrived = after[1].sources.get(source, empty).entered
        if left != arrived:
            raise AccountsDisagree(
                f"{before[0]} kept {left} rows of {source} but {after[0]} took in {arrived}"
            )


def _tally_to_json(tally: Tally) -> dict[str, Any]:
    return {"in": tally.entered, "kept": tally.kept, "dropped": dict(tally.dropped)}


def _tally_from_json(value: Mapping[str, Any]) -> Tally:
    return Tally(entered=value["in"], kept=value["kept"], dropped=dict(value["dropped"]))
