"""Kazakh Cyrillic written in the Latin alphabets in use and in the Arabic one (töte jazu).

Sources of the tables: "2017" is Presidential Decree No. 569, "2018" Decree No. 637, "2021" the
alphabet shown by the government on 28 January 2021; "mediawiki" is what the Kazakh Wikipedia's
converter writes, "qazaqparat" the state news agency's older spelling; "practical" and "plain"
are what people type without a Kazakh keyboard. The Arabic table is that of Kazakhs in China.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kaz_datasets.errors import WrongUse

_SHARED: Final = dict(zip("абвгдезклмнопрстфэқ", "abvgdezklmnoprstfeq", strict=True))
_SILENT: Final = {"ъ": "", "ь": ""}


def _letters(cyrillic: str, latin: str) -> dict[str, str]:
    """One alphabet: the shared letters, and `cyrillic` letters with `latin` spellings in order."""
    return _SHARED | _SILENT | dict(zip(cyrillic.split(), latin.split(), strict=True))


_ORDER = "ә ғ ж и й і ң ө у ұ ү х һ ы ш ч ц щ ю я ё"
_MEDIAWIKI = _letters(_ORDER, "ä ğ j ï ý i ñ ö w u ü x h ı ş ç c şç yu ya yo") | {"э": "é"}
_PRACTICAL = _letters(_ORDER, "a gh zh i i i ng o u u u kh h y sh ch ts shch yu ya yo")

LATIN_ALPHABETS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "2017": _letters(_ORDER, "a' g' j i' i' i n' o' y' u u' h h y s' c' ts s'c' i'y' i'a i'o"),
        "2018": _letters(_ORDER, "á ǵ j ı ı i ń ó ý u ú h h y sh ch ts shch ıý ıa ıo"),
        "2021": _letters(_ORDER, "ä ğ j i i ı ñ ö u ū ü h h y ş tş ts şş iu ia io"),
        "mediawiki": _MEDIAWIKI,
        "qazaqparat": _MEDIAWIKI | {"й": "y", "ю": "yw"},
        "practical": _PRACTICAL,
        "plain": _PRACTICAL | {"ғ": "g", "ж": "j", "й": "y", "қ": "k", "ң": "n", "х": "h"},
    }
)
"""Latin spelling of each lower-case Cyrillic letter, by alphabet."""

LATIN_CAPITALS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "2021": {"і": "I", "и": "İ", "й": "İ"},
        "mediawiki": {"і": "İ", "ы": "I"},
        "qazaqparat": {"і": "İ", "ы": "I"},
    }
)
"""Capitals that Python's upper() does not give: it knows no Turkic dotted İ."""

ARABIC_ALPHABET: Final[Mapping[str, str]] = MappingProxyType(
    dict(zip("абвгғдежзийкқлмнңопрстуұфхһчшыэ", "ابۆگعدەجزييكقلمنڭوپرستۋۇفحھچشىە", strict=True))
    | {"ә": "ا", "ө": "و", "ү": "ۇ", "і": "ى"}
    | {"ё": "يو", "ц": "تس", "щ": "شش", "ю": "يۋ", "я": "يا"}
    | _SILENT
)
"""Arabic spelling of each lower-case Cyrillic letter; front vowels are told by the high hamza."""

_HIGH_HAMZA: Final = "\u0674"
_ARABIC_MARKS: Final = str.maketrans({",": "،", ";": "؛", "?": "؟"})
_WORD: Final = re.compile(r"[\u0400-\u052F]+")
_FRONT: Final = re.compile("[әөүі]")
_TELLS_FRONT_ITSELF: Final = re.compile("[еэгк]")


def to_latin(text: str, alphabet: str = "2021") -> str:
    """Write Kazakh Cyrillic in one of `LATIN_ALPHABETS`; anything else stays as it is.

    Raises WrongUse for an alphabet that is not there.
    """
    if alphabet not in LATIN_ALPHABETS:
        raise WrongUse(f"no alphabet {alphabet!r}: use one of {', '.join(LATIN_ALPHABETS)}")
    small, capital = LATIN_ALPHABETS[alphabet], LATIN_CAPITALS.get(alphabet, {})
    return _WORD.sub(lambda match: _latin_word(match[0], small, capital), text)


def _latin_word(word: str, small: Mapping[str, str], capital: Mapping[str, str]) -> str:
    """`Шу` is `Shu` but `ШУ` is `SHU`: a digraph follows the case of its word."""
    shouted = len(word) > 1 and word.isupper()
    return "".join(_latin_letter(letter, small, capital, shouted) for letter in word)


def _latin_letter(
    letter: str, small: Mapping[str, str], capital: Mapping[str, str], shouted: bool
) -> str:
    lowered = letter.lower()
    if letter == lowered:
        return small.get(letter, letter)
    written = capital.get(lowered) or small.get(lowered, letter)
    return written.upper() if shouted else written[:1].upper() + written[1:]


def to_arabic(text: str) -> str:
    """Write Kazakh Cyrillic in the Arabic alphabet; anything else stays, but for `,` `;` `?`."""
    return _WORD.sub(lambda match: _arabic_word(match[0].lower()), text).translate(_ARABIC_MARKS)


def _arabic_word(word: str) -> str:
    """A word with front vowels starts with a high hamza unless е, г or к tell it already."""
    needs_hamza = _FRONT.search(word) and not _TELLS_FRONT_ITSELF.search(word)
    written = "".join(ARABIC_ALPHABET.get(letter, letter) for letter in word)
    return _HIGH_HAMZA + written if needs_hamza else written
