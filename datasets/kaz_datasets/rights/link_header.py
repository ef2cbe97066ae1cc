"""Licences in a Link header (RFC 8288; relation `license` by RFC 4946)."""

from __future__ import annotations

import re
from typing import Final

from kaz_datasets.rights import rsl
from kaz_datasets.rights.statement import Statement, fitting

LICENCE: Final = "licence"
"""Name of a statement that gives the address or the words of a page's licence."""

_LINK: Final = re.compile(r"<([^<>]{1,2000})>([^<]{0,2000})")
_RELATION: Final = re.compile(r"rel\s*=\s*\"?([^\";,]{1,200})", re.IGNORECASE)


def licences(value: str) -> list[Statement]:
    """The licences that a Link header names; RSL documents under their own name."""
    found: list[Statement] = []
    for target, parameters in _LINK.findall(value):
        relation = _RELATION.search(parameters)
        if relation is None or "license" not in relation[1].lower().split():
            continue
        if rsl.MEDIA_TYPE in parameters.lower():
            found += rsl.statements("header", [target])
        else:
            found.append(Statement(where="header", name=LICENCE, value=fitting(target)))
    return found
