"""The measures once more, in plain Python from their definitions, to hold the compiled ones to.

Slow and short on purpose. Sources: Rae et al. 2021 (Gopher, arXiv:2112.11446, A.1.1 and table A1),
Raffel et al. 2020 (C4), Penedo et al. 2024 (FineWeb, section 3.6); the rest is this project's.
Nothing here comes from the compiled modules but the lists of words and of characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise

from kaz_cleaning.quality import characters as sets
from kaz_cleaning.quality.lexicon import (
    ADULT_STEMS,
    FINEWEB2_STOP_WORDS,
    FUNCTION_WORDS,
    GOPHER_STOP_WORDS,
    SPAM_STEMS,
)
from kaz_datasets.words import _WORD as WORD

TERMINAL = re.escape(sets.TERMINALS)
CLOSER = re.escape(sets.CLOSERS)
SENTENCE_END = re.compile(rf"[{TERMINAL}][{TERMINAL}{CLOSER}]*(?=\s|\Z)")
BREAK = re.compile(rf"[{re.escape(sets.BREAKS)}](?![{re.escape(sets.BREAKS)}]|[^\W_])")
ESCAPE = re.compile(r"""\\[nrtu"]|&\#?[A-Za-z0-9]{1,8};|<br""", re.VERBOSE)
MARK = re.compile(r"(?<=[^\S\n])[*#@]")
BOILERPLATE = (
    "javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies",
    "use of cookies", "use cookies",
)  # fmt: skip


def reference(text: str) -> dict[str, float]:
    words = [lower(word) for word in WORD.findall(text)]
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    measured = {
        **of_characters(text),
        **of_words(WORD.findall(text), words),
        **of_marks(text, words, len(lines)),
        **of_lines(text, lines),
        **of_repeats(text, words),
    }
    measured["newlines-per-token"] = ratio(text.count("\n"), measured["tokens"])
    return measured


def lower(word: str) -> str:
    """Code point by code point: Python's own lower looks at neighbours (final sigma)."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in word)


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def is_in(character: str, blocks: Sequence[tuple[int, int]]) -> bool:
    return any(first <= ord(character) <= last for first, last in blocks)


def is_cyrillic(character: str) -> bool:
    return is_in(character, [(0x400, 0x52F), (0x1C80, 0x1C8F), (0xA640, 0xA69F)])


def is_latin(character: str) -> bool:
    return is_in(character, [(0x41, 0x24F), (0x1E00, 0x1EFF)])


def of_characters(text: str) -> dict[str, float]:
    letters = [c for c in text if c.isalpha()]
    cyrillic = [c for c in letters if is_cyrillic(c)]
    digits = sum(c.isdecimal() for c in text)
    return {
        "characters": len(text),
        "kazakh-letters": ratio(sum(c in sets.KAZAKH_LETTERS for c in text), len(cyrillic)),
        "latin-letters": ratio(sum(map(is_latin, letters)), len(letters)),
        "capital-letters": ratio(sum(map(str.isupper, letters)), len(letters)),
        "digits": ratio(digits, len(letters) + digits),
        "odd-characters": ratio(sum(map(is_odd, text)), len(text)),
        "curly-brackets": text.count("{"),
    }


def is_odd(character: str) -> bool:
    import unicodedata

    if character.isspace():
        return False
    category = unicodedata.category(character)
    boxes = category == "So" and 0x2500 <= ord(character) < 0x25A0
    return character in sets.ODD_ASCII or boxes or category in ("Cc", "Co", "Cn", "Cs")


def of_words(written: list[str], words: list[str]) -> dict[str, float]:
    def share(holds: Callable[[str], bool]) -> float:
        return ratio(sum(map(holds, written)), len(words))

    function = sum(word in FUNCTION_WORDS for word in words)
    keywords = Counter(w for w in words if len(w) >= 4 and w not in FUNCTION_WORDS)
    return {
        "words": len(words),
        "mean-word-length": ratio(sum(map(len, words)), len(words)),
        "alphabetic-words": share(has(str.isalpha)),
        "gopher-stop-words": len(set(GOPHER_STOP_WORDS) & set(words)),
        "fineweb2-stop-words": len(set(FINEWEB2_STOP_WORDS) & set(words)),
        "function-words": function,
        "function-word-share": ratio(function, len(words)),
        "one-letter-words": share(lambda word: len(word) == 1 and word.isalpha()),
        "mixed-words": share(is_mixed),
        "inner-capitals": share(has_inner_capital),
        "spam-words": share(begins(SPAM_STEMS)),
        "adult-words": share(begins(ADULT_STEMS)),
        "most-frequent-word": ratio(max(keywords.values(), default=0), len(words)),
    }


def has(holds: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda word: any(map(holds, word))


def is_mixed(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    digits = any(c.isdecimal() for c in word)
    scripts = any(map(is_cyrillic, letters)) and any(map(is_latin, letters))
    return scripts or (bool(letters) and digits)


def has_inner_capital(word: str) -> bool:
    pairs = pairwise(word)
    return any(a.isalpha() and not a.isupper() and b.isalpha() and b.isupper() for a, b in pairs)


def begins(stems: Sequence[str]) -> Callable[[str], bool]:
    """Whether the shortest listed stem of a word is one of these."""
    other = {*SPAM_STEMS, *ADULT_STEMS}

    def holds(word: str) -> bool:
        word = lower(word) + " "
        found = [word[:end] for end in range(1, len(word) + 1) if word[:end] in other]
        return bool(found) and found[0] in stems

    return holds


def of_marks(text: str, words: list[str], lines: int) -> dict[str, float]:
    between = WORD.sub(" ", text)
    marks = len(re.findall(r"([^\s])\1*", between))
    lettered = sum(map(has(str.isalpha), words))
    ellipses = text.count("...") + text.count("…")
    translators = sum(text[m.end() : m.end() + 1].isalpha() for m in MARK.finditer(text))
    return {
        "tokens": len(words) + marks,
        "alphabetic-tokens": ratio(lettered, len(words) + marks),
        "hashes-per-word": ratio(text.count("#"), len(words)),
        "ellipses-per-word": ratio(ellipses, len(words)),
        "words-per-break": ratio(len(words), len(BREAK.findall(text)) + lines),
        "literal-escapes": ratio(len(ESCAPE.findall(text)), len(words)),
        "translator-marks": ratio(translators, len(words)),
    }


def duplicates(elements: Sequence[Hashable]) -> list[Hashable]:
    seen: set[Hashable] = set()
    again = []
    for element in elements:
        if element in seen:
            again.append(element)
        seen.add(element)
    return again


def of_lines(text: str, lines: list[str]) -> dict[str, float]:
    blank_as_nothing = "\n".join(line.strip() for line in text.split("\n"))
    paragraphs = [p.strip("\n") for p in re.split(r"\n{2,}", blank_as_nothing) if p.strip("\n")]
    again = duplicates(lines)
    paragraphs_again = [str(p) for p in duplicates(paragraphs)]
    starts = [tuple(map(lower, WORD.findall(line)[:2])) for line in lines]
    repeated = sum(map(len, map(str, again)))
    return {
        "lines": len(lines),
        "bullet-lines": ratio(sum(line[0] in sets.BULLETS for line in lines), len(lines)),
        "ellipsis-lines": ratio(sum(line.endswith(("...", "…")) for line in lines), len(lines)),
        "line-punctuation": ratio(
            sum(line.endswith(tuple(sets.LINE_ENDS)) for line in lines), len(lines)
        ),
        "short-lines": ratio(sum(len(line) <= 30 for line in lines), len(lines)),
        "duplicate-lines": ratio(len(again), len(lines)),
        "duplicate-line-characters": ratio(repeated, len(text)),
        "repeated-line-characters": ratio(repeated, len(text.replace("\n", ""))),
        "duplicate-paragraphs": ratio(len(paragraphs_again), len(paragraphs)),
        "duplicate-paragraph-characters": ratio(
            sum(len(p.replace("\n", "")) for p in paragraphs_again), len(text)
        ),
        "repeated-line-starts": ratio(
            len(duplicates([start for start in starts if len(start) == 2])), len(lines)
        ),
        "sentences": sum(len(SENTENCE_END.findall(line)) for line in lines),
        "c4-sentences": sum(map(c4_sentences, lines)),
        "lorem-ipsum": sum(
            pair == ("lorem", "ipsum")
            for line in lines
            for words in [list(map(lower, WORD.findall(line)))]
            for pair in pairwise(words)
        ),
    }


def c4_sentences(line: str) -> int:
    words = line.split()
    if not line.endswith(tuple(sets.LINE_ENDS)) or line.endswith(("...", "…")):
        return 0
    if len(words) < 3 or any(len(word) > 1000 for word in words):
        return 0
    # whole words: a letter with a mark on it is another letter
    spoken = f" {' '.join(map(lower, WORD.findall(line)))} "
    if any(f" {phrase} " in spoken for phrase in BOILERPLATE):
        return 0
    return max(1, len(SENTENCE_END.findall(line)))


def of_repeats(text: str, words: list[str]) -> dict[str, float]:
    measured = {}
    for size in (2, 3, 4):
        grams = ngrams(words, size)
        # most_common answers the first of equals
        gram, times = Counter(grams).most_common(1)[0] if grams else ((), 0)
        measured[f"top-{size}-gram"] = ratio(len(" ".join(gram)) * times, len(text))
    for size in (5, 6, 7, 8, 9, 10):
        measured[f"duplicate-{size}-grams"] = ratio(repeated_length(words, size), len(text))
    return measured


def ngrams(words: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


def repeated_length(words: list[str], size: int) -> int:
    seen: set[tuple[str, ...]] = set()
    length = place = 0
    while place + size <= len(words):
        gram = tuple(words[place : place + size])
        if gram in seen:
            length += len("".join(gram))
            place += size
        else:
            seen.add(gram)
            place += 1
    return length
