"""Stand-ins that change words and endings too, for what is hardest to tell from Kazakh.

Karakalpak shares most stems with Kazakh; of its own are the conjunctions, a few adverbs, the
plural that never hardens (адамлар, Kazakh адамдар) and менен as a word. Turkmen, Gagauz and Crimean
Tatar have little open text: their spelling is taught with Azerbaijani, Turkish and Tatar words.
"""

from __future__ import annotations

import re
from typing import Final

from kaz_cleaning.derived_text import (
    in_latin_karakalpak,
    pairs,
    rewriter,
    spelt_as_karakalpak,
)

_KARAKALPAK_WORDS: Final = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\b(?:және|әрі)\b", "ҳәм"),
        (r"\bнемесе\b", "ямаса"),
        (r"\bтуралы\b", "ҳаққында"),
        (r"\bқазір", "ҳәзир"),
        (r"\bәр(?=\b|бір|түрл|қашан|дайым)", "ҳәр"),
        (r"\bосы", "ұсы"),
        (r"\bсияқты\b", "сыяқлы"),
        (r"\bмемлекет", "мәмлекет"),
        (r"\bдейін\b", "шекем"),
        (r"\bарқылы\b", "арқалы"),
        (r"\bеш(?=\b|кім)", "ҳеш"),
        (r"(?<=\w\w\w)[мбп]ен\b", " менен"),
        (r"\b[мбп]енен?\b", "менен"),
        (r"(?<=\w\w)[тд]([ае])р(?=ы|і|ға|ге|да|де|дан|ден|дың|дің|\b)", r"л\1р"),
        (r"(?<=\w\w)[тд](ық|ік)\b", r"л\1"),
    )
)
"""In Kazakh letters, which `spelt_as_karakalpak` then turns: ұсы becomes усы, and усы ўсы."""
_APOSTROPHES: Final = str.maketrans({"á": "a'", "ǵ": "g'", "ń": "n'", "ó": "o'", "ú": "u'"})

_as_turkmen: Final = rewriter(
    (
        *pairs("əxqcçyvjığ", "ähkjçýwžyg"),
        *(("ey", "eý"), ("və", "we"), ("^və", "we"), ("üçün", "üçin"), ("^üçün", "üçin")),
        *(("ilə", "bilen"), ("^ilə", "bilen"), ("mən", "men"), ("^mən", "men")),
        *(("nin", "niň"), ("nın", "nyň"), ("in", "iň"), ("^in", "in"), ("dır", "dyr")),
    )
)
_tatar_as_crimean: Final = rewriter(
    (
        *pairs("äxwj", "ehvc"),
        *(("aw", "av"), ("belän", "ile"), ("^belän", "ile"), ("häm", "ve"), ("^häm", "ve")),
        *(("öçen", "içün"), ("^öçen", "içün"), ("öy", "üy")),
    )
)


_GAGAUZ: Final = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\bve\b", "hem"),
        (r"\biçin\b", "deyni"),
        (r"\bile\b", "ilän"),
        (r"\bdeğil", "diil"),
        (r"\b([bs])en\b", r"\1än"),
        (r"\bhangi", "angı"),
        (r"\bşey", "işey"),
        (r"[ıu]yor", "êr"),
        (r"[iü]yor", "er"),
        (r"acak", "acek"),
        (r"mek\b", "mää"),
        (r"mak\b", "maa"),
        (r"([aeıioöuü])ğ(?=\1)", r"\1"),
        (r"([aeıioöuü])ğ(?![aeıioöuü])", r"\1\1"),
        (r"ğ", ""),
        (r"nl", "nn"),
        (r"(?<=[dtl])e(?=[nr]\b)", "ä"),
        (r"(?<=\w\w)e\b", "ä"),
    )
)
"""Turkish to Gagauz: no ğ but a long vowel, ä in endings, nn for nl, its own small words."""


def as_gagauz(turkish: str) -> str:
    """Turkish sentences in Gagauz spelling, with its endings and small words."""
    text = turkish.replace("İ", "i").replace("I", "ı").lower()
    for pattern, written in _GAGAUZ:
        text = pattern.sub(written, text)
    return text


def as_karakalpak(kazakh: str) -> str:
    """Kazakh sentences with Karakalpak's spelling, plural and small words."""
    text = kazakh.lower()
    for pattern, written in _KARAKALPAK_WORDS:
        text = pattern.sub(written, text)
    return spelt_as_karakalpak(text)


def as_latin_karakalpak(kazakh: str) -> str:
    """The same in Latin: every second text (by its length) in the alphabet with apostrophes."""
    written = in_latin_karakalpak(as_karakalpak(kazakh))
    return written.translate(_APOSTROPHES) if len(kazakh) % 2 else written


def as_turkmen(azerbaijani: str) -> str:
    """Azerbaijani words in Turkmen's letters, with its commonest endings."""
    return _as_turkmen(azerbaijani)


def tatar_as_crimean_tatar(tatar: str) -> str:
    """Tatar words in Latin letters as Crimean Tatar spells its own."""
    return _tatar_as_crimean(tatar)
