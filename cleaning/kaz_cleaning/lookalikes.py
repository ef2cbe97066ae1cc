"""Letters that look like others: Latin ones typed inside Kazakh words, and mis-decoded KZ-1048.

Both repairs are for Kazakh only: the same shapes are ordinary letters elsewhere, so each asks
first whether the text is Kazakh, by letters that its neighbours do not have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from kaz_cleaning.language import LanguageModel, load_model

LATIN_TO_CYRILLIC: Final = MappingProxyType(
    dict(
        zip(
            "aceopxyiıhəëABCEHIKMOPTXYƏË",
            "асеорхуііһәёАВСЕНІКМОРТХҮӘЁ",
            strict=True,
        )
    )
)
"""Each Latin look-alike and the Kazakh letter it stands for; capital Y as Ү is a guess."""

_CYRILLIC: Final = "\u0400-\u052f"
_LATIN: Final = "A-Za-zª-ʯ"
_MIXED_WORD: Final = re.compile(
    f"(?<![{_LATIN}{_CYRILLIC}])"
    f"(?:[{_LATIN}]+[{_CYRILLIC}]|[{_CYRILLIC}]+[{_LATIN}])[{_LATIN}{_CYRILLIC}]*"
)
_REPAIRABLE: Final = re.compile(f"[{''.join(LATIN_TO_CYRILLIC)}{_CYRILLIC}]+")
_ACRONYM_WITH_ENDING: Final = re.compile(
    f"[A-ZƏ]{{2,}}(?![{_CYRILLIC}]*[А-ЯЁӘІҢҒҮҰҚӨҺ])[{_CYRILLIC}]+"
)
"""`TCPға`, `XXғасыр`: a Latin acronym or Roman number with a Kazakh ending is no slip."""
_TO_CYRILLIC: Final = str.maketrans(dict(LATIN_TO_CYRILLIC))

_TELLING: Final = re.compile("[іұқғІҰҚҒ]")
"""Kazakh letters that Kyrgyz, Tatar, Mongolian and Russian lack; one letter in eight."""
_TELLING_SHARE: Final = 0.02
_FOREIGN: Final = re.compile(
    "[\u0402-\u0405\u0407-\u040f\u0452-\u0455\u0457-\u045f\u0460-\u0491"
    "\u0494-\u0499\u049c-\u04a1\u04a4-\u04ad\u04b2-\u04b9\u04bc-\u04d7"
    "\u04da-\u04e7\u04ea-\u052f]"
)
"""Cyrillic letters outside the Kazakh alphabet: ў, ҳ, ҡ, ҙ, җ, ї, є and the like."""
_FOREIGN_TO_TELLING: Final = 0.1
"""Karakalpak and Uzbek have about one foreign letter to two telling ones, Bashkir more."""
_SURE: Final = 0.8
_CYRILLIC_LETTER: Final = re.compile(f"[{_CYRILLIC}]")


def repair_look_alikes(text: str) -> tuple[str, int]:
    """Write words of Kazakh text wholly in Cyrillic; also tells how many letters were changed.

    Only a word that has Cyrillic, and whose every Latin letter is a look-alike, is touched.
    """
    slips = [word for match in _MIXED_WORD.finditer(text) if _is_slip(word := match[0])]
    if not slips or not is_kazakh_like(text, slips):
        return text, 0
    changed = sum(letter in LATIN_TO_CYRILLIC for word in slips for letter in word)
    return _MIXED_WORD.sub(_written_right, text), changed


def _written_right(match: re.Match[str]) -> str:
    return match[0].translate(_TO_CYRILLIC) if _is_slip(match[0]) else match[0]


def _is_slip(word: str) -> bool:
    return _REPAIRABLE.fullmatch(word) is not None and not _ACRONYM_WITH_ENDING.fullmatch(word)


def is_kazakh_like(text: str, slips: Sequence[str] = ()) -> bool:
    """True where letters of the Kazakh alphabet, and no other Cyrillic one's, are at home.

    A Latin i in `slips` is an і, which tells Kazakh too. Where no letter tells anything, as in
    `мектепке бара`, the language model is asked.
    """
    hidden = sum(letter in "iıI" for word in slips for letter in word)
    telling = hidden + len(_TELLING.findall(text))
    foreign = len(_FOREIGN.findall(text))
    if not telling and not foreign:
        return _sounds_kazakh(_MIXED_WORD.sub(_written_right, text))
    letters = len(_CYRILLIC_LETTER.findall(text))
    return telling > max(foreign / _FOREIGN_TO_TELLING, letters * _TELLING_SHARE)


def _sounds_kazakh(text: str) -> bool:
    label = _packaged_model().identify([text])[0]
    return label.label == "kaz_Cyrl" and label.score >= _SURE


@cache
def _packaged_model() -> LanguageModel:
    return load_model()


_MOJIBAKE: Final = "ЌЋќћЎўЈҐЄЇґєјЅѕї"
_FROM_1251: Final = str.maketrans(_MOJIBAKE, "ҚҺқһҰұӘӨҒҮөғәҢңү")
"""The letters where KZ-1048 (STRK 1048-2002) and windows-1251 differ, both ways round exact."""
_MOJIBAKE_LETTER: Final = re.compile(f"[{_MOJIBAKE}]")
_MOJIBAKE_WORD: Final = re.compile(f"[{_CYRILLIC}]*[{_MOJIBAKE}][{_CYRILLIC}]*")
_KAZAKH_LETTER: Final = re.compile("[әңғүұқөһӘҢҒҮҰҚӨҺ]")
_KAZAKH_STEM: Final = re.compile("^ќазаќ", re.IGNORECASE)
_NEVER_KAZAKH: Final = re.compile("[ЂђЉљЊњЏџЃѓ]")
_NATIONAL_ALPHABETS: Final = tuple(
    map(
        frozenset,
        (
            "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъ",  # Ukrainian, with Russian words in between
            "абвгдеёжзійклмнопрстуўфхцчшыьэюяґищъ",  # Belarusian, likewise
            "абвгдђежзијклљмнњопрстћуфхцчџш",  # Serbian
            "абвгдѓежзѕијклљмнњопрстќуфхцчџш",  # Macedonian
            "абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳәөүң",  # Uzbek, Karakalpak
        ),
    )
)
_PROOF_SHARE: Final = 0.2
"""Of the words with suspicious letters; stray ones in a Ukrainian text prove nothing."""


def repair_mojibake(text: str) -> tuple[str, int]:
    """Give back Kazakh letters that were KZ-1048 and read as windows-1251; and their number.

    Asks for words that no language with those letters could have, and few true Kazakh letters.
    """
    suspicious = len(_MOJIBAKE_LETTER.findall(text))
    if not suspicious or _NEVER_KAZAKH.search(text):
        return text, 0
    if len(_KAZAKH_LETTER.findall(text)) * 3 > suspicious:
        return text, 0
    words = _MOJIBAKE_WORD.findall(text)
    if sum(map(_is_proof, words)) <= _PROOF_SHARE * len(words):
        return text, 0
    return text.translate(_FROM_1251), suspicious


def _is_proof(word: str) -> bool:
    letters = set(word.lower())
    fits = any(letters <= alphabet for alphabet in _NATIONAL_ALPHABETS)
    return not fits or _KAZAKH_STEM.search(word) is not None
