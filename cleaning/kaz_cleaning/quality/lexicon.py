"""The words that the measures know, each list with its source.

Three kinds: words of published rules (Gopher, C4, FineWeb-2's kaz_Cyrl), the function words of
Kazakh, and stems that tell casino and adult spam. Lists of words are written for this project
unless a source is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.quality.hashing import Hashes, fixed_table, raw_hash, word_hash

GOPHER_STOP_WORDS: Final = ("the", "be", "to", "of", "and", "that", "have", "with")
"""Rae et al. 2021, arXiv:2112.11446, appendix A.1.1: at least two of them."""

FINEWEB2_STOP_WORDS: Final = (
    "және", "су", "бойынша", "мен", "жылы", "коды", "өзен", "орналасқан", "мәліметтер", "жер",
    "бұл", "саны", "тұрғындарының", "адамды", "оның", "болып", "алып", "мемлекеттік", "құрайды",
    "жаңа", "ол", "гз", "бар", "жатқан",
)  # fmt: skip
"""configs/kaz_Cyrl.yml of huggingface/fineweb-2 (Apache-2.0); they come from stubs of Wikipedia
about rivers and villages."""

C4_WORDS: Final = (
    "javascript", "lorem", "ipsum", "terms", "use", "privacy", "policy", "cookie", "uses",
    "cookies",
)  # fmt: skip
"""Raffel et al. 2020 and the reference code c4_utils.py: words of lines and pages to drop."""

# fmt: off
FUNCTION_WORDS: Final = frozenset({
    # conjunctions and particles
    "және", "мен", "бен", "пен", "да", "де", "та", "те", "немесе", "әлде", "бірақ", "алайда",
    "дегенмен", "сондықтан", "өйткені", "себебі", "егер", "әрі", "ал", "яғни", "мысалы",
    "тек", "ғана", "қана", "ма", "ме", "ба", "бе", "па", "пе", "шы", "ші", "ғой", "қой", "ау",
    "екен",
    # pronouns and determiners
    "бұл", "осы", "сол", "ол", "мына", "мынау", "анау", "мұндай", "сондай", "осындай", "сен",
    "сіз", "біз", "олар", "оның", "оны", "оған", "одан", "онда", "онымен", "бұны", "мұны",
    "бұған", "мұнда", "осыған", "соған", "сонда", "менің", "сенің", "сіздің", "біздің",
    "олардың", "маған", "саған", "сізге", "бізге", "оларға", "мені", "сені", "сізді", "бізді",
    "оларды", "өз", "өзі", "өзінің", "өзіне", "өзін", "қандай", "қай", "кім", "не", "неге",
    "қалай", "қашан", "қайда", "қанша", "кез", "әр", "барлық", "бүкіл", "бәрі", "кейбір",
    "бірнеше", "біраз", "ештеңе", "ешкім",
    # postpositions
    "үшін", "туралы", "кейін", "дейін", "бойынша", "арқылы", "ретінде", "сияқты", "секілді",
    "қарай", "қатысты", "байланысты", "соң", "бері", "бұрын", "шейін", "жайлы", "жөнінде",
    "ішінде", "арасында", "астында", "үстінде", "жанында", "алдында", "артында", "кезінде",
    # auxiliaries, copulas and modal words
    "емес", "еді", "болып", "болған", "болады", "болды", "болса", "болатын", "болатынын",
    "бар", "жоқ", "деп", "деген", "дейді", "деді", "керек", "қажет", "тиіс", "мүмкін", "отыр",
    "жатыр", "тұр", "жүр", "отырып", "жатқан", "тұрған", "келе", "бола", "қылып", "етіп",
    "етті", "етеді", "берді", "алды", "кетті", "келді", "тағы", "ең", "өте", "тым", "әлі",
    "енді", "қазір",
})
# fmt: on
"""Closed classes of Kazakh: conjunctions, pronouns, postpositions, auxiliaries. Content words are
left out, so the count tells grammar and not topic."""

SPAM_STEMS: Final = (
    "казино", "слоттар", "слот ", "рулетк", "фриспин", "джекпот", "букмекер", "1xbet", "1хбет",
    "мостбет", "mostbet", "pinup", "пинап", "casino", "jackpot", "slots", "промокод", "бездепозит",
    "беттинг", "betting", "bonus", "бонуст", "бонус ", "вейджер", "олимпбет", "olimpbet", "фонбет",
    "fonbet", "1win", "1вин", "melbet", "мелбет", "паримат", "parimatch", "тотализатор", "виагр",
    "viagra", "cialis", "форекс", "forex", "микрокредит", "микрозайм", "микронесие", "онлайнкредит",
    "купить", "дешево", "скидк", "тапсырысберу",
)  # fmt: skip
"""Beginnings of words of casino, betting, pills and quick-loan pages; with a space, whole words."""

ADULT_STEMS: Final = (
    "порно", "porn", "секс ", "секспен", "секске", "секстің", "сексті ", "секси", "sex ", "sexy",
    "xxx", "эротик", "эротич", "erotic", "интим ", "интимд", "проститут", "шлюх", "минет", "оргазм",
    "мастурб", "вагин", "анальн", "фетиш", "бдсм", "bdsm", "стриптиз", "еблив", "ебать",
    "трахат", "трахн", "сиськ", "сикі", "сікті", "сігіс", "қотақ", "котак", "амжау", "onlyfans",
    "хентай", "hentai", "milf", "webcam", "вебкам", "путана", "куннилинг", "эякул", "жезөкше",
)  # fmt: skip
"""Beginnings of words of adult pages. Some stand in texts of health and law too, so the share of
words decides, not one word; "сексен", eighty, is none of them."""

FUNCTION: Final = 1
SPAM: Final = 1
ADULT: Final = 2
_LISTED: Final = tuple(dict.fromkeys((*GOPHER_STOP_WORDS, *C4_WORDS, *FINEWEB2_STOP_WORDS)))
BLOOM_SIZE: Final = 1 << 12
"""Small enough to stay in the nearest cache."""


@dataclass(frozen=True)
class Lexicon:
    """The lists as tables for compiled code."""

    words: Hashes
    """Table of `hashing.find_in`."""
    bits: Hashes
    """By slot: the bit of a listed word, or 0."""
    function: npt.NDArray[np.uint8]
    """By slot: 1 for a function word."""
    stems: Hashes
    """Table of the raw hashes of the stems."""
    stem_kinds: npt.NDArray[np.uint8]
    bloom: npt.NDArray[np.uint8]
    """1 where the low bits of a raw hash are those of a stem: most prefixes end here."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All lists, made once a process."""
    every = list(dict.fromkeys((*_LISTED, *sorted(FUNCTION_WORDS))))
    words, slots = fixed_table([word_hash(word) for word in every])
    bits, function = np.zeros(len(words), np.uint64), np.zeros(len(words), np.uint8)
    for word, slot in zip(every, slots, strict=True):
        bits[slot] = listed_bit(word)
        function[slot] = FUNCTION if word in FUNCTION_WORDS else 0
    kinds = {**dict.fromkeys(SPAM_STEMS, SPAM), **dict.fromkeys(ADULT_STEMS, ADULT)}
    stems, slots = fixed_table([raw_hash(stem) for stem in kinds])
    stem_kinds = np.zeros(len(stems), np.uint8)
    stem_kinds[slots] = list(kinds.values())
    bloom = np.zeros(BLOOM_SIZE, np.uint8)
    bloom[[raw_hash(stem) & (BLOOM_SIZE - 1) for stem in kinds]] = 1
    return Lexicon(words, bits, function, stems, stem_kinds, bloom)


def listed_bit(word: str) -> int:
    """The bit that stands for a word of a published list; 0 for any other word."""
    return 1 << _LISTED.index(word) if word in _LISTED else 0


def bits_of(words: tuple[str, ...]) -> int:
    """The bits of a whole list."""
    return sum(listed_bit(word) for word in words)
