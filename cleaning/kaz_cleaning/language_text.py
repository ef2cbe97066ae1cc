"""What the language model sees of a text: lower-case words, and the script that carries them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAXIMUM_CHARACTERS: Final = 2000
"""Read of one text; past a few hundred the label does not change any more."""

UNKNOWN_SCRIPT: Final = "Zyyy"
"""ISO 15924 for "undetermined": no letters, or none of the three scripts has the majority."""

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_NOT_WORD: Final = re.compile(r"[^\w\s'\u0674-]|[\d_]")
_SPACES: Final = re.compile(r"\s+")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼʻ`´", "'"))
_PRESENTATION_FORMS: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefe]+")

_LETTER: Final = re.compile(r"[^\W\d_]")
_SCRIPTS: Final = {
    "Cyrl": re.compile("[\u0400-\u052f\u1c80-\u1c8f]"),
    "Latn": re.compile("[A-Za-zÀ-ÖØ-öø-ʯ\u1e00-\u1eff]"),
    "Arab": re.compile(
        "[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefe]"
    ),
}

_FOREIGN_TO_KAZAKH: Final = re.compile(
    "[\u0452-\u0455\u0457-\u0491\u0494-\u0499\u049c-\u04a1\u04a4-\u04ad\u04b2-\u04b9"
    "\u04bc-\u04d7\u04da-\u04e7\u04ea-\u052f]|[кгнх]ъ|[аоу]ь"
)
"""Letters that Kazakh does not have, and pairs (къ, нъ, аь) that spell one sound in Nogai,
Karachay, Kumyk and Crimean Tatar: the model was not taught those for want of open text."""
_FOREIGN_SHARE: Final = 0.02
"""Of the letters; a Kazakh text may name a Ukrainian or hold a loan with ъ."""

_CODE_SIGNS: Final = (
    re.compile(r"\w\([^()\s]{0,80}\)|\(\)"),  # call(x)
    re.compile(r"\w\(\s*[\"']|[\"']\s*\)\s*;?\s*$"),  # call("x")
    re.compile(r"</?\w{1,20}(?:\s[^<>]{0,200})?/?>"),  # <tag attribute="x">
    re.compile(r"[\w\])]\s?[-+*/|&:]?=\s?[\w\"'\[({-]"),  # name = value
    re.compile(r"[{};]\s*$|[{}]\s*\w"),
    re.compile(r"=>|->|::|==|!=|&&|\|\||\+\+|//|/\*|\*/"),
    re.compile(
        r"^\s*(?:def|class|import|from|for|while|if|elif|return|function|var|const|let|public"
        r"|private|static|#include|package|SELECT|INSERT|UPDATE|CREATE)\b"
    ),
    re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b[a-z]+[A-Z][a-z]+\w*\b|\w\.\w+\("),  # snake, camel
    re.compile(r":\s*$|\[\w*\]"),
)
_ENOUGH_CODE_SIGNS: Final = 2


def prepare(text: str) -> str:
    """One line of lower-case words for the model, composed, without addresses and digits.

    Training and inference share it, so a change of it asks for a new model.
    """
    text = unicodedata.normalize("NFC", text[:MAXIMUM_CHARACTERS])
    text = _PRESENTATION_FORMS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    text = _ADDRESS.sub(" ", text.replace("İ", "i").lower().translate(_APOSTROPHES))
    return _SPACES.sub(" ", _NOT_WORD.sub(" ", text)).strip()


def count_letters(text: str) -> int:
    """Letters of any script; digits, marks and punctuation do not count."""
    return len(_LETTER.findall(text))


def script_of(text: str) -> str:
    """The script of more than half of the letters: Cyrl, Latn, Arab, or Zyyy for none of them."""
    half = count_letters(text) / 2
    for name, letters in _SCRIPTS.items():
        if half and len(letters.findall(text)) > half:
            return name
    return UNKNOWN_SCRIPT


def has_foreign_spelling(words: str) -> bool:
    """True for prepared words in Cyrillic that cannot be Kazakh, whatever the model says."""
    return len(_FOREIGN_TO_KAZAKH.findall(words)) > _FOREIGN_SHARE * len(words)


def looks_like_code(text: str) -> bool:
    """True for source code and markup: the model would call it English.

    Only asked of text in Latin script; two independent signs are needed.
    """
    start = text[:MAXIMUM_CHARACTERS]
    return sum(bool(sign.search(start)) for sign in _CODE_SIGNS) >= _ENOUGH_CODE_SIGNS
