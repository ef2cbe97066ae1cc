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
_LATIN: Final = "A-Za-zÀ-ÖØ-öø-ʯ"
_MIXED_WORD: Final = re.compile(
    f"(?<![{_LATIN}{_CYRILLIC}])"
    f"(?:[{_LATIN}]+[{_CYRILLIC}]|[{_CYRILLIC}]+[{_LATIN}])[{_LATIN}{_CYRILLIC}]*"
)
_REPAIRABLE: Final = re.compile(f"[{''.join(LATIN_TO_CYRILLIC)}{_CYRILLIC}]+")
_ACRONYM_WITH_ENDING: Final = re.compile(
    f"[A-ZƏ]{{2,}}(?![{_CYRILLIC}]*[А-ЯЁӘІҢҒҮҰҚӨҺ])[{_CYRILLIC}]+"
)
"""`TCPға`, `XXғасыр`: a Latin acronym or Roman number with a Kazakh ending is no slip."""
_STICK: Final = re.compile("[а-яёa-z]I")
"""`цIийи`: the Caucasian languages' palochka; no Kazakh word has a capital inside."""
_TO_CYRILLIC: Final = str.maketrans(dict(LATIN_TO_CYRILLIC))

_DECISIVE: Final = re.compile("[ұқғҰҚҒ]")
_TELLING: Final = re.compile("[іұқғІҰҚҒ]")
"""Kazakh letters that Kyrgyz, Tatar, Mongolian and Russian lack; one letter in eight. The
decisive ones Ukrainian and Belarusian lack too."""
_TELLING_SHARE: Final = 0.02
_FOREIGN: Final = re.compile(
    "[\u0402-\u0405\u0407-\u040f\u0452-\u0455\u0457-\u045f\u0460-\u0491\u0494-\u0499\u049c-\u04a1"
    "\u04a4-\u04ad\u04b2-\u04b9\u04bc-\u04d7\u04da-\u04e7\u04ea-\u052f]"
)
"""Cyrillic letters outside the Kazakh alphabet: ў, ҳ, ҡ, ҙ, җ, ї, є and the like."""
_FOREIGN_TO_TELLING: Final = 0.1
"""Karakalpak and Uzbek have about one foreign letter to two telling ones, Bashkir more."""
_SURE: Final = 0.8
"""Of the language model, where it has the last word."""
_CYRILLIC_LETTER: Final = re.compile(f"[{_CYRILLIC}]")


def repair_look_alikes(text: str) -> tuple[str, int]:
    """Write words of Kazakh text wholly in Cyrillic; also tells how many letters were changed.

    Only a word that has Cyrillic, and whose every Latin letter is a look-alike, is touched. A text
    that is not Kazakh as a whole is looked at line by line: one line of another alphabet in it
    says nothing of the others.
    """
    slips = [word for match in _MIXED_WORD.finditer(text) if _is_slip(word := match[0])]
    if not slips:
        return text, 0
    if not is_kazakh_like(text, slips):
        return _repair_lines(text) if "\n" in text else (text, 0)
    changed = sum(letter in LATIN_TO_CYRILLIC for word in slips for letter in word)
    return _MIXED_WORD.sub(_written_right, text), changed


def _repair_lines(text: str) -> tuple[str, int]:
    lines = [repair_look_alikes(line) for line in text.split("\n")]
    return "\n".join(line for line, _ in lines), sum(changed for _, changed in lines)


def _written_right(match: re.Match[str]) -> str:
    return match[0].translate(_TO_CYRILLIC) if _is_slip(match[0]) else match[0]


def _is_slip(word: str) -> bool:
    meant = _ACRONYM_WITH_ENDING.fullmatch(word) or _STICK.search(word)
    return _REPAIRABLE.fullmatch(word) is not None and not meant


def is_kazakh_like(text: str, slips: Sequence[str] = ()) -> bool:
    """True where letters of the Kazakh alphabet, and no other Cyrillic one's, are at home.

    A Latin i in `slips` is an і. Where no letter decides, as in `мектепке бара`, or too few do, as
    in a line half Russian, the language model is asked.
    """
    foreign = len(_FOREIGN.findall(text))
    if not foreign and not _DECISIVE.search(text):
        return _sounds_kazakh(_MIXED_WORD.sub(_written_right, text))
    hidden = sum(letter in "iıI" for word in slips for letter in word)
    telling = hidden + len(_TELLING.findall(text))
    letters = len(_CYRILLIC_LETTER.findall(text))
    if telling > max(foreign / _FOREIGN_TO_TELLING, letters * _TELLING_SHARE):
        return True
    return not foreign and _sounds_kazakh(_MIXED_WORD.sub(_written_right, text))


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
_NEVER_KAZAKH: Final = re.compile(
    "[ЂђЉљЊњЏџЃѓ\u0464-\u048f\u0494-\u0499\u049c-\u04a1\u04a4-\u04ad\u04b2-\u04b9"
    "\u04bc-\u04d7\u04da-\u04e7\u04ea-\u052f]"
)
_NATIONAL_ALPHABETS: Final = tuple(
    map(
        frozenset,
        (
            "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъ",  # Ukrainian, with Russian words in between
            "абвгдеёжзійклмнопрстуўфхцчшыьэюяґищъ",  # Belarusian, likewise
            "абвгдежзијклмнопрстћуфхцчш",  # Serbian
            "абвгдежзѕијклмнопрстќуфхцчш",  # Macedonian
            "абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳәөүң",  # Uzbek, Karakalpak
            "абвгғдеәжзиыјйклмноөпрстуүфхһцчшщъьэюяё",  # Azerbaijani, Talysh, Altai
        ),
    )
)
_NEIGHBOURS_LETTERS: Final = tuple(map(frozenset, ("ґєїў", "ћјќѕ")))
"""Of East and of South Slavic texts, which may quote one another."""
_PROOF_SHARE: Final = 0.2
"""Of the words with suspicious letters; stray ones in a Ukrainian text prove nothing."""
_SUSPICIOUS_SHARE: Final = 0.02
"""Of the letters; true Kazakh has 12 of 100."""


def repair_mojibake(text: str) -> tuple[str, int]:
    """Give back Kazakh letters that were KZ-1048 and read as windows-1251; and their number.

    Asks for few true Kazakh letters, and for what no language with those letters has: a word,
    or a company of letters from East and South.
    """
    suspicious = _MOJIBAKE_LETTER.findall(text)
    if not suspicious or _NEVER_KAZAKH.search(text):
        return text, 0
    if len(_KAZAKH_LETTER.findall(text)) * 3 > len(suspicious):
        return text, 0
    words = _MOJIBAKE_WORD.findall(text)
    proven = sum(map(_is_proof, words)) > _PROOF_SHARE * len(words)
    if not proven and not _is_strange_company(text, suspicious):
        return text, 0
    return text.translate(_FROM_1251), len(suspicious)


def _is_proof(word: str) -> bool:
    letters = set(word.lower())
    fits = any(letters <= alphabet for alphabet in _NATIONAL_ALPHABETS)
    return not fits or _KAZAKH_STEM.search(word) is not None


def _is_strange_company(text: str, suspicious: Sequence[str]) -> bool:
    letters = {letter.lower() for letter in suspicious}
    if any(letters <= neighbours for neighbours in _NEIGHBOURS_LETTERS):
        return False
    return len(suspicious) > _SUSPICIOUS_SHARE * len(_CYRILLIC_LETTER.findall(text))
