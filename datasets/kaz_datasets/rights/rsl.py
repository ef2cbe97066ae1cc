"""RSL (Really Simple Licensing 1.0): where the terms of use lie. Evidence; it refuses nothing.

`License: <address>` in robots.txt is global, tied to no group (rslstandard.org, guide to
robots.txt). A page or its headers link to the same document with the type `application/rsl+xml`.
The document itself is not fetched: a human who looks at the corpus can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kaz_datasets.rights.robots_groups import field_of
from kaz_datasets.rights.statement import Statement, fitting, kept

NAME: Final = "license"
MEDIA_TYPE: Final = "application/rsl+xml"

_ADDRESS: Final = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)


def of_robots_line(line: str) -> list[str]:
    """The address of a `License:` line, in a list; empty for any other line."""
    name, value = field_of(line)
    return [value] if name == NAME and _ADDRESS.fullmatch(value) else []


def statements(where: str, addresses: Iterable[str]) -> list[Statement]:
    """One statement an address, each once."""
    values = dict.fromkeys(fitting(address) for address in addresses)
    return kept([Statement(where=where, name=NAME, value=value) for value in values])
