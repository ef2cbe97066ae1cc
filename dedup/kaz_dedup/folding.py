"""What a word is made of: one table from code point to folded code point.

Words are runs of letters, digits and marks (Unicode categories L, N, M) in lower case; all else
separates them. Marks are never dropped: without the breve й would be и, without the diaeresis ё
would be е, and ә ғ қ ң ө ұ ү һ і are letters of their own. Texts are expected in NFC.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

SEPARATOR: Final = 0
UNICODE_VERSION: Final = unicodedata.unidata_version
"""Code points newer than this separate words, so signatures of two versions do not mix."""

_WORD_CATEGORIES = frozenset("LNM")
# The others are unassigned or for private use; leaving them out saves a second.
_PLANES = (range(0x40000), range(0xE0000, 0xE1000))


@lru_cache(maxsize=1)
def folding_table() -> npt.NDArray[np.uint32]:
    """The folded code point of each code point of a word, `SEPARATOR` for every other.

    Shape (1114112,), read-only.
    """
    table = np.full(sys.maxunicode + 1, SEPARATOR, np.uint32)
    for plane in _PLANES:
        table[plane.start : plane.stop] = [_folded(chr(point)) for point in plane]
    table.flags.writeable = False
    return table


def _folded(character: str) -> int:
    if unicodedata.category(character)[0] not in _WORD_CATEGORIES:
        return SEPARATOR
    # Only İ becomes two characters in lower case: i and a dot, of which Unicode's simple
    # mapping keeps the i.
    return ord(character.lower()[0])
