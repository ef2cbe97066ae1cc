"""Addresses from headings: Kazakh in any of its three scripts written in ASCII."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Each pair is a letter and what it becomes; a letter alone becomes nothing
_CYRILLIC = """аa әa бb вv гg ғg дd еe ёio жzh зz иi йi кk қq лl мm нn ңng оo өo пp рr сs тt уu ұu
үu фf хh һh цts чch шsh щsh ъ ыy іi ь эe юiu яia"""
_LATIN = "ıi ñng şsh ğg"
_ARABIC = """اa ەe ىy وo ۇu ۋu يi بb پp تt جzh دd رr زz سs شsh عg فf قq كk گg لl مm نn ڭng ھh حh چch
ٴ ۆv ٵa ٶo ٷu ٸi"""
_ASCII: Mapping[str, str] = {
    pair[0]: pair[1:] for pair in f"{_CYRILLIC} {_LATIN} {_ARABIC}".split()
}


def slug_of(heading: str, words: int = 5) -> str:
    """The first `words` words of a heading as `[a-z0-9-]+`."""
    letters = "".join(_ascii(letter) for letter in unicodedata.normalize("NFC", heading.lower()))
    plain = [re.sub("[^a-z0-9]", "", word) for word in letters.split()]
    return "-".join([word for word in plain if word][:words])


def _ascii(letter: str) -> str:
    return _ASCII.get(letter, unicodedata.normalize("NFD", letter)[0])
