"""TDMRep, the TDM Reservation Protocol (W3C community group, final report of 10 May 2024).

`tdm-reservation` is 1 (reserved: no mining, article 4 of Directive (EU) 2019/790), 0 (not
reserved), anything else is as good as unset (section "tdm-reservation"). It stands in
/.well-known/tdmrep.json, in a header, or in a meta element; each supersedes the ones before
(section "Processing priority"), which `judge` applies. `tdm-policy` is an address: evidence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from kaz_datasets.rights.path_patterns import PathPattern
from kaz_datasets.rights.statement import Statement, fitting

RESERVATION: Final = "tdm-reservation"
POLICY: Final = "tdm-policy"
PLACE: Final = "tdmrep.json"
MOST_RULES: Final = 2_000
"""Rules kept of one file."""

_ANSWERS: Final = {"1": False, "0": True}


def read_reservation(where: str, value: str) -> Statement:
    """What `tdm-reservation` says of training, which is mining."""
    shown = fitting(value)
    # a header sent twice arrives as "1, 1"; of two different answers the 1 counts
    answers = {_ANSWERS.get(part.strip()) for part in shown.split(",")}
    training = False if False in answers else True if answers == {True} else None
    return Statement(where=where, name=RESERVATION, value=shown, training=training)


def read_policy(where: str, value: str) -> Statement:
    """Where a licence to mine may be had."""
    return Statement(where=where, name=POLICY, value=fitting(value))


@dataclass(frozen=True)
class _Rule:
    pattern: PathPattern
    statements: tuple[Statement, ...]


class TdmFile:
    """The rules of one tdmrep.json.

    "The most specific match found MUST be used. The most specific match is the first in sequence"
    (section "TDM File on the Origin Server") can be read in two ways: both the first and the
    longest rule that fits are looked at, and either may refuse.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._rules = list(_rules(json.loads(content.decode("utf-8-sig", "replace"))))
            self._unreadable: list[Statement] = []
        except (ValueError, RecursionError):
            self._rules = []
            self._unreadable = [Statement(where=PLACE, name="unreadable", value="no JSON")]
        self.size = len(content)

    def for_path(self, path: str) -> list[Statement]:
        """All statements that hold for a path (see `path_of`)."""
        fitting_rules = [rule for rule in self._rules if rule.pattern.fits(path)]
        if not fitting_rules:
            return list(self._unreadable)
        chosen = {fitting_rules[0], max(fitting_rules, key=lambda rule: rule.pattern.length)}
        return [statement for rule in chosen for statement in rule.statements]


def _rules(data: Any) -> Iterator[_Rule]:
    for entry in (data if isinstance(data, list) else [data])[:MOST_RULES]:
        if not isinstance(entry, dict) or not isinstance(entry.get("location"), str):
            continue
        stated = [read_reservation(PLACE, _text(entry.get(RESERVATION)))]
        if isinstance(entry.get(POLICY), str):
            stated.append(read_policy(PLACE, entry[POLICY]))
        yield _Rule(PathPattern.of(_location(entry["location"])), tuple(stated))


def _location(stated: str) -> str:
    """A location is a path; some owners write the whole address."""
    try:
        parts = urlsplit(stated.strip())
    except ValueError:
        return stated
    return parts.path or "/" if parts.scheme in ("http", "https") else stated


def _text(value: Any) -> str:
    """0 and 1 as JSON or as text; what is neither stays visible as what it is."""
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value)[:40]
