"""The lines of a robots.txt that are addressed to one crawler (RFC 9309, section 2.2.1).

Agent lines up to the first rule begin a group; groups of one token are one. Rules are Allow,
Disallow and, by draft-ietf-aipref-attach, section 3, Content-Usage; other records (Sitemap,
Crawl-delay, Content-Signal) neither begin nor end a group (RFC 9309, section 2.2.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_LINE_END: Final = re.compile("\r\n|\r|\n")
# Spellings that Protego forgives too.
_AGENT: Final = re.compile(r"user[- ]?agent(?:\s*:\s*|\s+)(.*)", re.IGNORECASE)
_RULE: Final = re.compile(
    r"(?:allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw|content-usage)(?:\s*:|\s)",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile("[A-Za-z_-]+")


@dataclass(frozen=True)
class AddressedLines:
    """Lines without comments and outer spaces."""

    own: tuple[str, ...]
    """Of all groups for the crawler, or else for `*`."""
    outside: tuple[str, ...]
    """Before the first group: addressed to nobody, and by RFC 9309 no rules."""
    everywhere: tuple[str, ...]
    """Every line of the file but those that name agents."""


def addressed_lines(text: str, product_token: str) -> AddressedLines:
    """The lines of `text` for `product_token`."""
    own_name = product_token.lower()
    lines: dict[str, list[str]] = {own_name: [], "*": []}
    named: set[str] = set()
    open_groups: set[str] = set()
    outside: list[str] = []
    everywhere: list[str] = []
    ruled, begun = True, False
    for line in stripped_lines(text):
        if agent := _AGENT.match(line):
            if ruled:
                open_groups, ruled = set(), False
            open_groups |= _names(agent[1]) & lines.keys()
            named |= open_groups
            begun = True
            continue
        ruled = ruled or bool(_RULE.match(line))
        everywhere.append(line)
        if not begun:
            outside.append(line)
        for name in open_groups:
            lines[name].append(line)
    own = own_name if own_name in named else "*"
    return AddressedLines(tuple(lines[own]), tuple(outside), tuple(everywhere))


def stripped_lines(text: str) -> Iterator[str]:
    """The lines of a file without comments and outer spaces, the empty ones left out."""
    for line in _LINE_END.split(text):
        if stripped := line.partition("#")[0].strip():
            yield stripped


def field_of(line: str) -> tuple[str, str]:
    """Name in lower case and value of a `name: value` line; the name is empty if it is none."""
    name, colon, value = line.partition(":")
    return (name.strip().lower(), value.strip()) if colon else ("", "")


def _names(agent: str) -> set[str]:
    """The token of an agent line as it stands, and without a version or words after it."""
    name = agent.strip().lower()
    token = _TOKEN.match(name)
    return {name, token[0]} if token else {name}
