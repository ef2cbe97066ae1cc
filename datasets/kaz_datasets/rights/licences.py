"""Licences by their SPDX identifier, from the addresses and words that pages and catalogues use."""

from __future__ import annotations

import re
from typing import Final

_ADDRESS: Final = re.compile(
    r"creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)", re.IGNORECASE
)
_ELEMENTS: Final = ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")
_VERSIONS: Final = ("1.0", "2.0", "2.5", "3.0", "4.0")
_SHORT: Final = re.compile(
    r"(?<![\w-])cc[ -](by(?:[ -](?:sa|nc|nd)){0,2})[ -]v?(\d\.\d)(?!\w)", re.IGNORECASE
)
_LONG: Final = re.compile(
    r"creative commons (attribution"
    r"(?:[ -]{1,3}(?:non-?commercial|share-?alike|no-?deriv\w{0,8})){0,2})\s{1,3}(\d\.\d)",
    re.IGNORECASE,
)
_ZERO: Final = re.compile(r"(?<!\w)CC0(?:[ -](?:v?1\.0|universal))?(?!\w)", re.IGNORECASE)
_LONGEST_READ: Final = 2_000


def spdx_of(stated: str) -> str | None:
    """The SPDX identifier of the Creative Commons licence that an address or a phrase names."""
    text = stated[:_LONGEST_READ]
    if found := _ADDRESS.search(text):
        if found[1].lower() == "publicdomain":
            return {"zero": "CC0-1.0", "mark": "CC-PDM-1.0"}.get(found[2].lower())
        return _identifier(found[2], found[3])
    if found := _SHORT.search(text):
        return _identifier(found[1].replace(" ", "-"), found[2])
    if found := _LONG.search(text):
        return _identifier(_abbreviated(found[1]), found[2])
    return "CC0-1.0" if _ZERO.search(text) else None


def _identifier(elements: str, version: str) -> str | None:
    if elements.lower() not in _ELEMENTS or version not in _VERSIONS:
        return None
    return f"CC-{elements.upper()}-{version}"


def _abbreviated(words: str) -> str:
    lowered = words.lower()
    named = (("noncommercial", "nc"), ("sharealike", "sa"), ("noderiv", "nd"))
    joined = re.sub("[ -]", "", lowered)
    return "-".join(["by", *(short for word, short in named if word in joined)])
