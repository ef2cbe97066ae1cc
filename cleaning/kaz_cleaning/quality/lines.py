"""What is measured of lines and paragraphs: Gopher, C4 and FineWeb."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kaz_cleaning.quality.characters import (
    BULLET,
    CLOSER,
    LINE_END,
    SPACE,
    TERMINAL,
    Bits,
    Points,
)
from kaz_cleaning.quality.counting import share
from kaz_cleaning.quality.hashing import (
    BASIS,
    PRIME,
    Hashes,
    Integers,
    count_in,
    mix,
    mix_step,
)
from kaz_cleaning.quality.lexicon import listed_bit
from kaz_cleaning.quality.repeats import table_mask
from kaz_cleaning.quality.texts import Tables, Work
from kaz_datasets.compiled import compiled

NAMES: Final = (
    "lines",
    "bullet-lines",
    "ellipsis-lines",
    "line-punctuation",
    "short-lines",
    "duplicate-lines",
    "duplicate-line-characters",
    "repeated-line-characters",
    "duplicate-paragraphs",
    "duplicate-paragraph-characters",
    "repeated-line-starts",
    "newlines-per-token",
    "sentences",
    "c4-sentences",
    "lorem-ipsum",
)
"""The measures that `measure_lines` writes, in order."""

SHORT_LINE: Final = 30
"""Code points; FineWeb (Penedo et al. 2024, section 3.6)."""
LONGEST_C4_WORD: Final = 1000
FEWEST_C4_WORDS: Final = 3
_NEW_LINE, _DOT, _ELLIPSIS = ord("\n"), ord("."), ord("…")
_COUNT: Final = 0xFFFFFFFF
_JAVASCRIPT: Final = np.uint64(listed_bit("javascript"))
_LOREM, _IPSUM = np.uint64(listed_bit("lorem")), np.uint64(listed_bit("ipsum"))
_TERMS, _OF, _USE = (np.uint64(listed_bit(word)) for word in ("terms", "of", "use"))
_PRIVACY, _POLICY = np.uint64(listed_bit("privacy")), np.uint64(listed_bit("policy"))
_COOKIE, _COOKIES = np.uint64(listed_bit("cookie")), np.uint64(listed_bit("cookies"))
_USES: Final = np.uint64(listed_bit("uses"))


@compiled
def find_lines(work: Work, size: int) -> tuple[int, int]:
    """Lines that are not blank, without outer white space; answers how many, and line breaks."""
    points, bits = work.points, work.bits
    lines = breaks = block = begin = 0
    was_blank = False
    for i in range(size + 1):
        if i < size and points[i] != _NEW_LINE:
            continue
        breaks += 1 if i < size else 0
        first, last = begin, i - 1
        begin = i + 1
        while first <= last and bits[first] & SPACE:
            first += 1
        while last > first and bits[last] & SPACE:
            last -= 1
        if first > last:
            was_blank = True
            continue
        block += 1 if was_blank else 0
        work.line_first[lines] = first
        work.line_last[lines] = last
        work.line_block[lines] = block
        lines += 1
        was_blank = False
    return lines, breaks


@compiled
def measure_lines(
    work: Work, size: int, lines: int, breaks: int, words: int, tables: Tables, out: Any
) -> None:
    """Every measure of `NAMES` but newlines-per-token, which needs the tokens."""
    points, bits = work.points, work.bits
    bullets = ellipses = punctuated = short = 0
    for line in range(lines):
        first, last = work.line_first[line], work.line_last[line]
        bullets += 1 if bits[first] & BULLET else 0
        ellipses += 1 if _ends_in_ellipsis(points, first, last) else 0
        punctuated += 1 if bits[last] & LINE_END else 0
        short += 1 if last - first < SHORT_LINE else 0
    out[0] = lines
    out[1] = share(bullets, lines)
    out[2] = share(ellipses, lines)
    out[3] = share(punctuated, lines)
    out[4] = share(short, lines)
    duplicates, characters = _duplicate_lines(work, lines)
    out[5] = share(duplicates, lines)
    out[6] = share(characters, size)
    out[7] = share(characters, size - breaks)
    duplicates, characters, paragraphs = _duplicate_paragraphs(work, lines)
    out[8] = share(duplicates, paragraphs)
    out[9] = share(characters, size)
    _line_words(work, lines, words, tables.word_bits, out)


@compiled
def _ends_in_ellipsis(points: Points, first: int, last: int) -> bool:
    if points[last] == _ELLIPSIS:
        return True
    dots = 0
    for i in range(max(first, last - 2), last + 1):
        dots += 1 if points[i] == _DOT else 0
    return dots == 3


@compiled
def _line_hash(points: Points, first: int, last: int) -> np.uint64:
    """Two code points a step: half the wait for multiplications."""
    value = BASIS
    i = first
    while i < last:
        pair = np.uint64(points[i]) | np.uint64(points[i + 1]) << np.uint64(32)
        value = mix_step(value ^ pair)
        i += 2
    if i == last:
        value = mix_step(value ^ np.uint64(points[i]))
    return mix(value)


@compiled
def _duplicate_lines(work: Work, lines: int) -> tuple[int, int]:
    """Lines that stood before, and their characters; leaves each line's hash in `rolling`."""
    points, keys, counts = work.points, work.keys, work.counts
    work.round[0] += 1
    round_ = work.round[0]
    mask = table_mask(lines)
    duplicates = characters = 0
    for line in range(lines):
        first, last = work.line_first[line], work.line_last[line]
        work.rolling[line] = _line_hash(points, first, last)
        slot = count_in(keys, counts, mask, round_, work.rolling[line])
        if counts[slot] & _COUNT > 1:
            duplicates += 1
            characters += last - first + 1
    return duplicates, characters


@compiled
def _duplicate_paragraphs(work: Work, lines: int) -> tuple[int, int, int]:
    """Paragraphs that stood before, the characters of their lines, and all paragraphs."""
    keys, counts = work.keys, work.counts
    work.round[0] += 1
    mask = table_mask(lines)
    duplicates = characters = paragraphs = length = 0
    value = BASIS
    for line in range(lines):
        value = value * PRIME + work.rolling[line]
        length += work.line_last[line] - work.line_first[line] + 1
        if line + 1 < lines and work.line_block[line + 1] == work.line_block[line]:
            continue
        slot = count_in(keys, counts, mask, work.round[0], mix(value))
        if counts[slot] & _COUNT > 1:
            duplicates += 1
            characters += length
        paragraphs += 1
        value = BASIS
        length = 0
    return duplicates, characters, paragraphs


@compiled
def _line_words(work: Work, lines: int, words: int, word_bits: Hashes, out: Any) -> None:
    """Measures that need the words of each line: repeated beginnings, C4's sentences."""
    points, bits, start, hashes = work.points, work.bits, work.start, work.hash
    keys, counts, known = work.keys, work.counts, work.known
    work.round[0] += 1
    round_ = work.round[0]
    mask = table_mask(lines)
    repeated = sentences = retained = lorem = word = 0
    for line in range(lines):
        first, last = work.line_first[line], work.line_last[line]
        begin = word
        while word < words and start[word] <= last:
            word += 1
        if word - begin >= 2:
            pair = mix(hashes[begin] * PRIME + hashes[begin + 1])
            slot = count_in(keys, counts, mask, round_, pair)
            repeated += 1 if counts[slot] & _COUNT > 1 else 0
        dropped, placeholder = _listed_phrases(known, begin, word, word_bits)
        lorem += placeholder
        ends = _sentence_ends(bits, first, last)
        sentences += ends
        if not dropped and _c4_keeps(points, bits, first, last):
            retained += max(1, ends)
    out[10] = share(repeated, lines)
    out[12] = sentences
    out[13] = retained
    out[14] = lorem


@compiled
def _listed_phrases(known: Integers, begin: int, end: int, word_bits: Hashes) -> tuple[bool, int]:
    """Whether a line speaks of JavaScript, policies or cookies; how often it is "lorem ipsum"."""
    dropped = False
    lorem = 0
    before = before_that = np.uint64(0)
    for word in range(begin, end):
        slot = known[word]
        bit = word_bits[slot] if slot >= 0 else np.uint64(0)
        if bit:
            lorem += 1 if bit == _IPSUM and before == _LOREM else 0
            dropped = dropped or (
                bit == _JAVASCRIPT
                or (bit == _USE and before == _OF and before_that == _TERMS)
                or (bit == _POLICY and before in (_PRIVACY, _COOKIE))
                or (bit == _COOKIES and before in (_USES, _USE))
                or (bit == _COOKIES and before == _OF and before_that == _USE)
            )
        before_that = before
        before = bit
    return dropped, lorem


@compiled
def _sentence_ends(bits: Bits, first: int, last: int) -> int:
    """Runs of terminal marks, closing quotation marks after them, before a space or
    the line's end."""
    ends = 0
    ending = False
    for i in range(first, last + 1):
        here = bits[i]
        if here & TERMINAL:
            ending = True
        elif ending and not here & CLOSER:
            ends += 1 if here & SPACE else 0
            ending = False
    return ends + (1 if ending else 0)


@compiled
def _c4_keeps(points: Points, bits: Bits, first: int, last: int) -> bool:
    """Whether C4 keeps a line for its form: end, number and length of words between spaces."""
    if not bits[last] & LINE_END or _ends_in_ellipsis(points, first, last):
        return False
    if last - first >= LONGEST_C4_WORD and _has_long_word(bits, first, last):
        return False
    words = 1
    for i in range(first, last):
        if bits[i] & SPACE and not bits[i + 1] & SPACE:
            words += 1
            if words == FEWEST_C4_WORDS:
                return True
    return False


@compiled
def _has_long_word(bits: Bits, first: int, last: int) -> bool:
    length = 0
    for i in range(first, last + 1):
        length = 0 if bits[i] & SPACE else length + 1
        if length > LONGEST_C4_WORD:
            return True
    return False
