"""What a word is made of, and what of its letters counts: the folding of the kernel.

Words are runs of letters, digits and marks (Unicode categories L, N, M); all else separates them.
Letters count in lower case, digits of every script as 0 to 9. Marks are never dropped: without the
breve й would be и, without the diaeresis ё would be е. Texts are expected in NFC.

Kazakh is written in three alphabets, and the same text in two of them has the same key. Where
the Latin or the Arabic alphabet writes something in another way, Cyrillic is folded to it:

- я ю ё ч ц щ count as йа йу йо тш тс шш; э counts as е; ъ and ь count as nothing.
- ә ө ү і count as а о ұ ы in a *front word*, and a front word is another word than its back twin
  (ұн "flour", үн "voice"). A word is front if it holds one of ә ө ү і and none of е э г к ғ қ,
  which tell the harmony of their vowels themselves: the words that the Arabic alphabet marks with
  a high hamza. Nor is it if a Latin letter stands among them (a to z), as in no Kazakh word.

So й и ғ г қ к ң н һ х, and ә ө ү і in every pair of words that harmony can tell apart, stay
themselves. `respelling` brings texts of the other two alphabets to Cyrillic.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

UNICODE_VERSION: Final = unicodedata.unidata_version
"""Code points newer than this separate words, so signatures of two versions do not mix."""

FRONT_LETTERS: Final = dict(zip("әөүі", "аоұы", strict=True))
HARMONY_TELLERS: Final = frozenset("еэгкғқabcdefghijklmnopqrstuvwxyz")
RESPELLED: Final = {
    "я": "йа",
    "ю": "йу",
    "ё": "йо",
    "ч": "тш",
    "ц": "тс",
    "щ": "шш",
    "э": "е",
    "ъ": "",
    "ь": "",
}

LETTER: Final = 1
FRONT: Final = 2
TELLER: Final = 4

_WORD_CATEGORIES = frozenset("LNM")
# The others are unassigned or for private use; leaving them out saves a second.
_PLANES = (range(0x40000), range(0xE0000, 0xE1000))


class Folding(NamedTuple):
    """One row for each code point; read-only."""

    points: npt.NDArray[np.uint32]
    """What the code point counts as: up to two folded code points, zeros behind; shape (n, 2)."""
    classes: npt.NDArray[np.uint8]
    """`LETTER`, with `FRONT` or `TELLER`, for what belongs to words; 0 for what separates them."""


@lru_cache(maxsize=1)
def folding() -> Folding:
    """The table, made once a process."""
    points = np.zeros((sys.maxunicode + 1, 2), np.uint32)
    classes = np.zeros(sys.maxunicode + 1, np.uint8)
    for plane in _PLANES:
        for point in plane:
            character = chr(point)
            if unicodedata.category(character)[0] in _WORD_CATEGORIES:
                letters, kind = folded(character)
                classes[point] = kind
                for place, letter in enumerate(letters):
                    points[point, place] = ord(letter)
    points.flags.writeable = classes.flags.writeable = False
    return Folding(points, classes)


def folded(character: str) -> tuple[str, int]:
    """What one character of a word counts as, and its class."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit), LETTER
    # Only İ becomes two characters in lower case: i and a dot, of which Unicode's simple
    # mapping keeps the i.
    lower = character.lower()[0]
    kind = LETTER | FRONT * (lower in FRONT_LETTERS) | TELLER * (lower in HARMONY_TELLERS)
    return RESPELLED.get(lower, FRONT_LETTERS.get(lower, lower)), kind
