"""What is counted over characters and words: size, symbols, letters, function words, noise."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kaz_cleaning.quality.characters import (
    BREAK,
    CAPITAL,
    CYRILLIC,
    DIGIT,
    KAZAKH,
    LATIN,
    LETTER,
    MARK,
    ODD,
    SPACE,
    WORD,
    Bits,
    Points,
)
from kaz_cleaning.quality.hashing import Integers
from kaz_cleaning.quality.lexicon import (
    ADULT,
    FINEWEB2_STOP_WORDS,
    GOPHER_STOP_WORDS,
    SPAM,
    bits_of,
)
from kaz_cleaning.quality.texts import INNER_CAPITAL, Tables, Work
from kaz_datasets.compiled import compiled

CHARACTER_NAMES: Final = (
    "characters",
    "kazakh-letters",
    "latin-letters",
    "capital-letters",
    "digits",
    "odd-characters",
    "curly-brackets",
)
WORD_NAMES: Final = (
    "words",
    "mean-word-length",
    "alphabetic-words",
    "gopher-stop-words",
    "fineweb2-stop-words",
    "function-words",
    "function-word-share",
    "one-letter-words",
    "mixed-words",
    "inner-capitals",
    "spam-words",
    "adult-words",
)
MARK_NAMES: Final = (
    "tokens",
    "alphabetic-tokens",
    "hashes-per-word",
    "ellipses-per-word",
    "words-per-break",
    "literal-escapes",
    "translator-marks",
)
"""The measures that the functions below write, in order."""

_GOPHER: Final = np.uint64(bits_of(GOPHER_STOP_WORDS))
_FINEWEB2: Final = np.uint64(bits_of(FINEWEB2_STOP_WORDS))
_HASH, _DOT, _ELLIPSIS, _CURLY = ord("#"), ord("."), ord("…"), ord("{")
_BACKSLASH, _AMPERSAND, _LESS, _SEMICOLON = ord("\\"), ord("&"), ord("<"), ord(";")
_STAR, _AT, _NEW_LINE = ord("*"), ord("@"), ord("\n")
_LONGEST_ENTITY: Final = 8


@compiled
def share(part: float, whole: float) -> float:
    """Part of whole; of nothing, nothing."""
    return part / whole if whole else 0.0


@compiled
def measure_characters(work: Work, size: int, out: Any) -> None:
    """Measures of single characters: `CHARACTER_NAMES`."""
    points, bits = work.points, work.bits
    letters = capitals = cyrillic = kazakh = latin = digits = odd = curly = 0
    for i in range(size):  # no branches: eight characters at a time
        here = int(np.int64(bits[i]))
        letters += here & LETTER
        capitals += here & CAPITAL
        cyrillic += here & CYRILLIC
        latin += here & LATIN
        kazakh += here & KAZAKH
        digits += here & DIGIT
        odd += here & ODD
        curly += 1 if points[i] == _CURLY else 0
    capitals, cyrillic, latin = capitals // CAPITAL, cyrillic // CYRILLIC, latin // LATIN
    kazakh, digits, odd = kazakh // KAZAKH, digits // DIGIT, odd // ODD
    out[0] = size
    out[1] = share(kazakh, cyrillic)
    out[2] = share(latin, letters)
    out[3] = share(capitals, letters)
    out[4] = share(digits, letters + digits)
    out[5] = share(odd, size)
    out[6] = curly


@compiled
def measure_words(
    work: Work, words: int, held: Bits, stems: Integers, tables: Tables, out: Any
) -> None:
    """Measures of single words: `WORD_NAMES`."""
    characters = lettered = function = single = mixed = inner = 0
    seen = np.uint64(0)
    for i in range(words):
        bits = int(np.int64(held[i]))
        length = int(work.length[i])
        characters += length
        lettered += bits & LETTER
        single += bits & LETTER if length == 1 else 0
        inner += bits & INNER_CAPITAL
        mixed += 1 if _is_mixed(bits) else 0
        known = work.known[i]
        if known >= 0:
            seen |= tables.word_bits[known]
            function += tables.function[known]
    out[0] = words
    out[1] = share(characters, words)
    out[2] = share(lettered, words)
    out[3] = _bit_count(seen & _GOPHER)
    out[4] = _bit_count(seen & _FINEWEB2)
    out[5] = function
    out[6] = share(function, words)
    out[7] = share(single, words)
    out[8] = share(mixed, words)
    out[9] = share(inner // INNER_CAPITAL, words)
    out[10] = share(stems[SPAM], words)
    out[11] = share(stems[ADULT], words)


@compiled
def _is_mixed(bits: int) -> bool:
    """Whether a word holds letters of two scripts, or letters and digits."""
    scripts = CYRILLIC | LATIN
    return bits & scripts == scripts or bits & (LETTER | DIGIT) == LETTER | DIGIT


@compiled
def _bit_count(bits: np.uint64) -> int:
    count = 0
    while bits:
        bits &= bits - np.uint64(1)
        count += 1
    return count


@compiled
def measure_marks(work: Work, size: int, words: int, lettered: float, lines: int, out: Any) -> None:
    """Measures of what stands between words: `MARK_NAMES`. `lettered` is alphabetic-words."""
    points, all_bits = work.points, work.bits
    marks = hashes = dots = ellipses = breaks = escapes = translator = 0
    for i in range(size):
        bits = all_bits[i]
        if bits & (WORD | SPACE) or (bits & MARK and _follows_word(all_bits, i)):
            continue
        point = points[i]
        following = all_bits[i + 1] if i + 1 < size else SPACE
        marks += 1 if i == 0 or points[i - 1] != point else 0
        if bits & BREAK and not following & (BREAK | WORD):
            breaks += 1
        if point == _DOT:
            dots += 1
            if dots == 3:
                ellipses += 1
                dots = 0
            if i + 1 == size or points[i + 1] != _DOT:
                dots = 0
        elif point == _ELLIPSIS:
            ellipses += 1
        elif point in (_BACKSLASH, _AMPERSAND, _LESS):
            escapes += 1 if _is_escape(points, i, size) else 0
        elif point in (_HASH, _STAR, _AT):
            hashes += 1 if point == _HASH else 0
            # at the beginning of a line it is a list's
            inside = i > 0 and all_bits[i - 1] & SPACE and points[i - 1] != _NEW_LINE
            translator += 1 if inside and following & LETTER else 0
    out[0] = words + marks
    out[1] = share(round(lettered * words), words + marks)
    out[2] = share(hashes, words)
    out[3] = share(ellipses, words)
    out[4] = share(words, breaks + lines)
    out[5] = share(escapes, words)
    out[6] = share(translator, words)


@compiled
def _follows_word(bits: Bits, i: int) -> bool:
    """Whether only marks stand between a word and `i`: then they are part of it."""
    while i > 0 and bits[i] & MARK and not bits[i] & WORD:
        i -= 1
    return bool(bits[i] & WORD)


@compiled
def _is_escape(points: Points, i: int, size: int) -> bool:
    r"""Whether a literal `\n`, `&quot;` or `<br` begins at `i`: markup that was not read."""
    point = points[i]
    after = points[i + 1] if i + 1 < size else np.uint32(0)
    if point == _BACKSLASH:
        return after in (ord("n"), ord("r"), ord("t"), ord("u"), ord('"'))
    if point == _LESS:
        return after == ord("b") and i + 2 < size and points[i + 2] == ord("r")
    j = i + 2 if after == _HASH else i + 1
    begin = j
    while j < size and j - begin < _LONGEST_ENTITY and _is_ascii_word(points[j]):
        j += 1
    return j > begin and j < size and points[j] == _SEMICOLON


@compiled
def _is_ascii_word(point: int) -> bool:
    return 48 <= point <= 57 or 65 <= point <= 90 or 97 <= point <= 122
