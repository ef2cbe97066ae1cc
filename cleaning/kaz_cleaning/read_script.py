"""Kazakh in Latin or Arabic letters read back into Cyrillic, and any alphabet into any other.

The newer alphabets write several Cyrillic letters alike (и and й, х and һ; the Arabic one has no
front vowels of its own): reading back chooses what Kazakh words have most often, and what it
writes is always written the same in the alphabet that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from kaz_cleaning.transliterate import (
    ARABIC_ALPHABET,
    LATIN_ALPHABETS,
    LATIN_CAPITALS,
    to_arabic,
    to_latin,
)
from kaz_datasets.errors import WrongUse

CYRILLIC: Final = "cyrillic"
ARABIC: Final = "arabic"
READABLE: Final = ("2017", "2018", "2021", "mediawiki", "qazaqparat")
"""Latin alphabets that tell vowels apart; what is typed without them cannot be read back."""
ALPHABETS: Final = (CYRILLIC, *LATIN_ALPHABETS, ARABIC)

_VOWELS: Final = frozenset("аәеиоөуұүыіэюяё")
_SHORT_I: Final = re.compile("І(?=[АӘЕОӨҰҮЫаәеоөұүы])")
"""No Kazakh word has і before a vowel; the capitals of і and и are one in 2018."""
_RARE: Final = "ъьёһэщц"
"""Chosen only where no other letter is written so."""
_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['’ʼ])*")
_ARABIC_WORD: Final = re.compile("[\u0621-\u064a\u066e-\u06d3\u06d5\u0674]+")
_HIGH_HAMZAS: Final = "\u0674\u0621"
_GLIDE: Final = re.compile("(?<=[аәеоөұүыі])и")
_FRONT_SIGNS: Final = re.compile("[ەگك]")
_MARKS: Final = str.maketrans({"،": ",", "؛": ";", "؟": "?"})
_TO_FRONT: Final = str.maketrans("аоұы", "әөүі")
_AFTER_FRONT_SIGN: Final = str.maketrans("оұы", "өүі")


def convert(text: str, source: str, target: str) -> str:
    """Write Kazakh text of the alphabet `source` in the alphabet `target`; see `ALPHABETS`.

    Anything but words of the source's script stays. Raises WrongUse for an alphabet that is not
    there, and for a Latin one that cannot be read back.
    """
    for alphabet in (source, target):
        if alphabet not in ALPHABETS:
            raise WrongUse(f"no alphabet {alphabet!r}: use one of {', '.join(ALPHABETS)}")
    if source == target:
        return text
    cyrillic = _reader(source)(text)
    if target == CYRILLIC:
        return cyrillic
    return to_arabic(cyrillic) if target == ARABIC else to_latin(cyrillic, target)


def _reader(source: str) -> Callable[[str], str]:
    if source == CYRILLIC:
        return lambda text: text
    return arabic_to_cyrillic if source == ARABIC else lambda text: latin_to_cyrillic(text, source)


def latin_to_cyrillic(text: str, alphabet: str = "2021") -> str:
    """Read words in one of the `READABLE` Latin alphabets; raises WrongUse for another one."""
    if alphabet not in READABLE:
        raise WrongUse(
            f"{alphabet!r} cannot be read back: it writes several vowels alike;"
            f" use one of {', '.join(READABLE)}"
        )
    table = _latin_table(alphabet)
    written = _WORD.sub(lambda match: _read_latin(match[0], table), text)
    return _SHORT_I.sub("И", written) if alphabet == "2018" else written


def _read_latin(word: str, table: Mapping[str, str]) -> str:
    word = re.sub("[’ʼ]", "'", word)
    written: list[str] = []
    at = 0
    while at < len(word):
        for length in (4, 3, 2, 1):
            spelling = word[at : at + length]
            if spelling in table and not _is_cut(word, at + length, table):
                written.append(_glide(table[spelling], written))
                at += len(spelling)
                break
        else:
            written.append(word[at])
            at += 1
    return "".join(written)


def _is_cut(word: str, end: int, table: Mapping[str, str]) -> bool:
    """True where the spelling's last letter belongs to the apostrophe that follows it."""
    return word[end : end + 1] == "'" and word[end - 1 : end + 1] in table


def _glide(letter: str, before: list[str]) -> str:
    """и after a vowel is й, where the alphabet does not tell."""
    if letter not in ("и?", "И?"):
        return letter
    after_vowel = before and before[-1].lower() in _VOWELS
    return ("й" if after_vowel else "и") if letter == "и?" else ("Й" if after_vowel else "И")


@cache
def _latin_table(alphabet: str) -> Mapping[str, str]:
    """Spelling to letter, with the capitals as they are written at a word's start and within."""
    small, capitals = LATIN_ALPHABETS[alphabet], LATIN_CAPITALS.get(alphabet, {})
    chosen: dict[str, str] = {}
    for letter in sorted(small, key=lambda letter: (letter in _RARE, letter != "х", letter)):
        chosen.setdefault(small[letter], letter)
    chosen.pop("", None)
    for digraph in ("ts", "io", "i'o", "ıo"):
        chosen.pop(digraph, None)  # т with с, и with о: native words have them, ц and ё are loans
    alike = small["и"] == small["й"]
    table: dict[str, str] = {}
    for spelling, letter in chosen.items():
        shown = "и?" if alike and letter in "ий" else letter
        written = capitals.get(letter, spelling)
        table.setdefault(spelling, shown)
        for capital in (written[:1].upper() + written[1:], written.upper()):
            table.setdefault(capital, shown[0].upper() + shown[1:])
    if "i" in chosen and alphabet != "2021":
        table["I"] = "Ы" if alphabet in ("mediawiki", "qazaqparat") else "І"
    return table


def arabic_to_cyrillic(text: str) -> str:
    """Read words in the Arabic alphabet; the Cyrillic comes without capitals."""
    return _ARABIC_WORD.sub(lambda match: _read_arabic(match[0]), text.translate(_MARKS))


def _read_arabic(word: str) -> str:
    """Vowels are front after a high hamza, and but for а where е, г or к tell it."""
    bare = word.strip(_HIGH_HAMZAS)
    plain = "".join(_ARABIC_LETTERS.get(letter, letter) for letter in bare)
    if word[:1] in _HIGH_HAMZAS:
        plain = plain.translate(_TO_FRONT)
    elif _FRONT_SIGNS.search(word):
        plain = plain.translate(_AFTER_FRONT_SIGN)
    plain = plain.replace("иа", "я").replace("иу", "ю")
    return _GLIDE.sub("й", plain)


_ARABIC_LETTERS: Final = {
    arabic: cyrillic
    for cyrillic, arabic in reversed(list(ARABIC_ALPHABET.items()))
    if len(arabic) == 1 and cyrillic not in "әөүіэй"
}
