"""Statements about use in a robots.txt: Content-Usage, Content-Signal and RSL's License.

Of the rules for one crawler the one with the longest path that fits holds, as for Allow and
Disallow; of several with that path each counts (draft-ietf-aipref-attach, section 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kaz_datasets.rights import aipref, content_signals, rsl
from kaz_datasets.rights.path_patterns import PathPattern
from kaz_datasets.rights.robots_groups import addressed_lines, field_of
from kaz_datasets.rights.statement import Statement

PLACE: Final = "robots.txt"
MOST_RULES: Final = 2_000
"""Rules kept of one file: an owner who has more of them is not serious."""

_READERS: Final = {aipref.NAME: aipref.read, content_signals.NAME: content_signals.read}


@dataclass(frozen=True)
class _Rule:
    pattern: PathPattern
    statement: Statement


class RobotsStatements:
    """What the robots.txt of one origin says of use."""

    def __init__(self, text: str, product_token: str) -> None:
        lines = addressed_lines(text, product_token)
        # A line before the first group is no rule of RFC 9309, but it is its owner's word.
        stated = [field_of(line) for line in (*lines.outside, *lines.own)]
        self._rules = {
            name: [_rule(name, value) for field, value in stated if field == name][:MOST_RULES]
            for name in _READERS
        }
        addresses = [value for line in lines.everywhere for value in rsl.of_robots_line(line)]
        self._licences = rsl.statements(PLACE, addresses)
        self.size = sum(len(line) for line in (*lines.outside, *lines.own))

    def for_path(self, path: str) -> list[Statement]:
        """All statements that hold for a path (see `path_of`)."""
        found: list[Statement] = []
        for rules in self._rules.values():
            fitting = [rule for rule in rules if rule.pattern.fits(path)]
            longest = max((rule.pattern.length for rule in fitting), default=0)
            found += [rule.statement for rule in fitting if rule.pattern.length == longest]
        return [*found, *self._licences]


def _rule(name: str, value: str) -> _Rule:
    """A rule is a path and an expression; earlier drafts and Content Signals let the path away."""
    if value.startswith(("/", "*")):
        path, *rest = value.split(None, 1)
        value = rest[0] if rest else ""
    else:
        path = "/"
    return _Rule(PathPattern.of(path), _READERS[name](PLACE, value))
