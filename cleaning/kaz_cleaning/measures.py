"""What the rules of quality measure of a text; each measure is a number with a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kaz_datasets.words import count_words

MOST_WORDS: Final = 100_000
"""Measures look at no more; so many words stand for a longer text."""

_WORD: Final = re.compile(r"[^\W_]+(?:['’\u0300-\u036f-][^\W_]+)*")
_SYMBOL: Final = re.compile(r"#|…|\.\.\.")
_BULLET: Final = re.compile(r"[•‣►▪●○*·\-]")  # a long dash opens speech

_ELLIPSIS: Final = re.compile(r"(?:…|\.\.\.)$")
_SENTENCE_END: Final = re.compile(r"[.!?…؟۔:;][»”\"')\]]*$")

# The commonest words that tell Kazakh grammar from its neighbours'; content words are left out.
# fmt: off
FUNCTION_WORDS: Final = frozenset({
    "және", "мен", "бен", "пен", "бұл", "осы", "сол", "ол", "да", "де", "та", "те", "үшін", "деп",
    "болып", "туралы", "кейін", "емес", "бойынша", "оның", "бір", "арқылы", "ретінде", "сияқты",
    "немесе", "қарай", "дейін", "бар", "жоқ", "еді", "екен", "болған", "тиіс", "өз", "деген",
    "ғана", "соң", "керек", "мүмкін", "болады", "болды", "оны", "олар", "біз", "кез", "әр",
    "барлық", "сондай", "мұндай", "ең",
})
# fmt: on


@dataclass(frozen=True)
class Text:
    """A text taken apart once for all measures."""

    words: Sequence[str]
    """Words in lower case, hyphens and apostrophes inside them kept."""
    lines: Sequence[str]
    """Lines that are not empty, without outer spaces."""
    word_count: int
    """Words as the record counts them (`kaz_datasets.words`)."""

    @classmethod
    def of(cls, text: str) -> Text:
        """Take `text` apart."""
        words = _WORD.findall(text.lower())[:MOST_WORDS]
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return cls(words, lines, count_words(text))


Measure = Callable[[Text], float]


def word_count(text: Text) -> float:
    """Number of words."""
    return float(text.word_count)


def mean_word_length(text: Text) -> float:
    """Characters a word."""
    return _ratio(sum(map(len, text.words)), len(text.words))


def alphabetic_words(text: Text) -> float:
    """Share of words with at least one letter; punctuation is no word."""
    lettered = sum(any(map(str.isalpha, word)) for word in text.words)
    return _ratio(lettered, len(text.words))


def symbols_per_word(text: Text) -> float:
    """ "#" and ellipses for each word."""
    return _ratio(sum(len(_SYMBOL.findall(line)) for line in text.lines), len(text.words))


def bullet_lines(text: Text) -> float:
    """Share of lines that start with a bullet."""
    return _ratio(sum(bool(_BULLET.match(line)) for line in text.lines), len(text.lines))


def ellipsis_lines(text: Text) -> float:
    """Share of lines that end in an ellipsis."""
    return _ratio(sum(bool(_ELLIPSIS.search(line)) for line in text.lines), len(text.lines))


def function_words(text: Text) -> float:
    """Number of function words of Kazakh in Cyrillic, each occurrence counted."""
    return float(sum(word in FUNCTION_WORDS for word in text.words))


def line_punctuation(text: Text) -> float:
    """Share of lines that end as a sentence or a clause does."""
    return _ratio(sum(bool(_SENTENCE_END.search(line)) for line in text.lines), len(text.lines))


def duplicate_lines(text: Text) -> float:
    """Share of lines that stood before."""
    return _ratio(len(text.lines) - len(set(text.lines)), len(text.lines))


def most_frequent_word(text: Text) -> float:
    """Share of words that are the commonest one of four letters or more."""
    counts = Counter(word for word in text.words if len(word) > 3 and word not in FUNCTION_WORDS)
    return _ratio(max(counts.values(), default=0), len(text.words))


def top_ngram(size: int) -> Measure:
    """A measure: share of characters in the commonest n-gram of words.

    One that occurs only twice says nothing: in 60 words a name of four words would be .15.
    """

    def measure(text: Text) -> float:
        counts = Counter(zip(*(text.words[start:] for start in range(size)), strict=False))
        if not counts:
            return 0.0
        ngram, times = max(counts.items(), key=lambda item: (item[1], _length(item[0])))
        return _ratio(times * _length(ngram), _length(text.words)) if times > 2 else 0.0

    return measure


def characters_in_repeated_ngrams(size: int) -> Measure:
    """A measure: share of characters in n-grams of words that stood before, none counted twice."""

    def measure(text: Text) -> float:
        seen: set[tuple[str, ...]] = set()
        repeated = position = 0
        while position + size <= len(text.words):
            ngram = tuple(text.words[position : position + size])
            if ngram in seen:
                repeated += _length(ngram)
                position += size
            else:
                seen.add(ngram)
                position += 1
        return _ratio(repeated, _length(text.words))

    return measure


def _length(words: Sequence[str]) -> int:
    return sum(map(len, words))


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
