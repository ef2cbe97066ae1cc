"""ai.txt in Spawning's form: which files and which kinds of files may go into training sets.

It looks like robots.txt: groups by user agent, Allow and Disallow, with patterns of paths (`/`,
`/blog/`) or of kinds (`*.html`, `*.jpg`; also `text/html` is understood). A page is HTML whatever
its address ends with, so rules for HTML hold for every page. The longest rule that fits counts;
among equals Disallow does. There is no standard, and other files of this name (prose, YAML) hold
no such lines, which states nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kaz_datasets.rights.path_patterns import PathPattern
from kaz_datasets.rights.robots_groups import addressed_lines, field_of
from kaz_datasets.rights.statement import Statement, fitting

PLACE: Final = "ai.txt"
MOST_RULES: Final = 2_000

_ANSWERS: Final = {"allow": True, "disallow": False}
_HTML: Final = ("*.html", "*.htm", "*.xhtml", "text/html", "text/*", "application/xhtml+xml")


@dataclass(frozen=True)
class _Rule:
    pattern: PathPattern
    of_html: bool
    statement: Statement

    def fits(self, path: str) -> bool:
        return self.of_html or self.pattern.fits(path)


class AiTxt:
    """The rules of one ai.txt for one crawler."""

    def __init__(self, text: str, product_token: str) -> None:
        lines = addressed_lines(text, product_token)
        stated = (field_of(line) for line in lines.own)
        self._rules = [_rule(name, value) for name, value in stated if name in _ANSWERS and value][
            :MOST_RULES
        ]
        self.size = sum(map(len, lines.own))

    def for_path(self, path: str) -> list[Statement]:
        """The statement that holds for a page at a path (see `path_of`), if there is one."""
        fitting_rules = [rule for rule in self._rules if rule.fits(path)]
        if not fitting_rules:
            return []
        strictest = max(
            fitting_rules,
            key=lambda rule: (rule.pattern.length, rule.statement.training is False),
        )
        return [strictest.statement]


def read(name: str, value: str) -> Statement:
    """One rule as a statement."""
    return Statement(where=PLACE, name=name, value=fitting(value), training=_ANSWERS.get(name))


def _rule(name: str, value: str) -> _Rule:
    of_html = value.lower().removesuffix("$") in _HTML
    return _Rule(PathPattern.of(value), of_html, read(name, value))
