"""Patterns of paths as robots.txt has them (RFC 9309, sections 2.2.2 and 2.2.3).

Octets are compared after percent-encodings are made alike; `*` stands for anything, `$` at the
end for the end. Matching takes time linear in the path for each piece between stars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

LONGEST_PATTERN: Final = 2_000
"""Characters: browsers and servers take no longer address, so a longer pattern fits none."""

_UNRESERVED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_KEPT: Final = frozenset("-._~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_SAFE: Final = "%/?:@!$&'()*+,;=-._~#[]|"


@dataclass(frozen=True)
class PathPattern:
    """One pattern, ready to be matched against addresses."""

    pieces: tuple[str, ...]
    anchored: bool
    length: int
    """Octets of the encoded pattern: the longest that fits is the most specific."""

    @classmethod
    def of(cls, pattern: str) -> PathPattern:
        """Read a pattern; one that begins with neither `/` nor `*` is taken to begin with `/`."""
        stated = pattern.strip()[: LONGEST_PATTERN + 1]
        if not stated.startswith(("/", "*")):
            stated = f"/{stated}"
        encoded = same_octets(stated)
        anchored = encoded.endswith("$")
        # a dollar sign elsewhere is a character like any other
        pieces = tuple(encoded.removesuffix("$").replace("$", "%24").split("*"))
        return cls(pieces, anchored, len(encoded))

    def fits(self, path: str) -> bool:
        """Whether the pattern fits `path`, which went through `path_of`."""
        if self.length > LONGEST_PATTERN:
            return False
        first, *rest = self.pieces
        if not path.startswith(first):
            return False
        if not rest:
            return len(path) == len(first) if self.anchored else True
        position = len(first)
        middle, last = rest[:-1], rest[-1]
        for piece in middle:
            found = path.find(piece, position)
            if found < 0:
                return False
            position = found + len(piece)
        if self.anchored:
            return len(path) - len(last) >= position and path.endswith(last)
        return path.find(last, position) >= 0


def same_octets(text: str) -> str:
    """`text` in one spelling: what need not be encoded is not, everything else is, in capitals."""

    def decoded(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _KEPT else match[0].upper()

    return _UNRESERVED.sub(decoded, quote(text, safe=_SAFE))


def path_of(url: str) -> str:
    """Path and query of an address, in the spelling that patterns are compared with."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    whole = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # section 2.2.3: patterns name these two characters by their encoding
    return same_octets(whole).replace("*", "%2A").replace("$", "%24")
