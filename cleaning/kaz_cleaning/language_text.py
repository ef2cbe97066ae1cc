"""What the language model sees of a text: small words, cut into stretches of about a sentence.

A stretch ends with its line, or at a full stop once it has letters enough to be judged; without
punctuation it ends after `LONGEST_STRETCH` letters. Training and inference share this module, so
a change of it asks for a new model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.letters import (
    ADDRESS_BIT,
    ARABIC,
    CAPITAL_BIT,
    CODE_BITS,
    CYRILLIC,
    DELETED,
    FOREIGN_BIT,
    LATIN,
    NO_SCRIPT,
    OTHER,
    OWN_SHIFT,
    PLANE,
    SCRIPT_BITS,
    SCRIPT_SHIFT,
    SCRIPTS,
    SENTENCE_BIT,
    SIGN_BIT,
    SPACE,
    SPACE_BIT,
    UNCOMPOSED_BIT,
    characters,
)
from kaz_datasets.compiled import compiled

MAXIMUM_CHARACTERS: Final = 2000
"""Read of one line; past a few hundred the label does not change any more."""
FEWEST_LETTERS: Final = 30
"""A shorter sentence is judged with its neighbour: four words tell little alone."""
LONGEST_STRETCH: Final = 400
"""Letters after which a stretch without punctuation ends."""
UNKNOWN_SCRIPT: Final = SCRIPTS[0]

_ONE_CAPITAL: Final = 2
_PRESENTATION_FORMS: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefe]+")
_HARD_SIGN, _SOFT_SIGN = ord("ъ"), ord("ь")
_BEFORE_HARD: Final = tuple(map(ord, "кгнх"))
_BEFORE_SOFT: Final = tuple(map(ord, "аоу"))
_AT, _COLON, _SLASH, _W, _DOT, _NEWLINE = map(ord, "@:/w.\n")


@dataclass(frozen=True)
class Stretches:
    """Stretches of several texts, one row each.

    `words`: UTF-16 code units of all prepared words, each ended by a space. `bounds`: for each
    stretch where its words begin and end there, and where it begins and ends in its own text.
    `owner`: its text. `letters`: letters by script (`kaz_cleaning.letters`). `foreign`: signs of
    a Cyrillic spelling that is not Kazakh. `own`: which of Kazakh's own letters there are
    (`letters.OWN`, `SHARED`, `COMMON`).
    `names`: words, and those among them with one capital, as names have.
    """

    words: npt.NDArray[np.uint16]
    bounds: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    letters: npt.NDArray[np.int64]
    foreign: npt.NDArray[np.int64]
    own: npt.NDArray[np.uint8]
    names: npt.NDArray[np.int64]

    def script(self, index: int) -> str:
        """The script of more than half of the stretch's letters, or Zyyy."""
        return majority(self.letters[index])


def majority(letters: npt.NDArray[np.int64]) -> str:
    """The script of more than half of the letters counted by script, or Zyyy."""
    best = int(letters.argmax())
    return SCRIPTS[best] if 2 * letters[best] > letters.sum() else UNKNOWN_SCRIPT


def compose(text: str) -> str:
    """NFC, and Arabic presentation forms as the letters that they are."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if text.isascii():
        return text
    return _PRESENTATION_FORMS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)


def compose_all(texts: Sequence[str]) -> list[str]:
    """The texts, composed; most need nothing, which one pass over all of them tells."""
    points, starts = points_of(texts)
    flags = np.empty(len(texts), np.uint32)
    _flags(points, starts, characters(), flags)
    found = list(texts)
    for row in np.flatnonzero(flags & np.uint32(UNCOMPOSED_BIT)).tolist():
        found[row] = compose(found[row])
    return found


def points_of(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Code points of all texts, one after another, and where each begins; one number more."""
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, np.uint32), starts


def stretches_of(texts: Sequence[str], *, whole: bool) -> Stretches:
    """Cut composed texts into stretches; with `whole` each text is one, whatever it holds."""
    points, starts = points_of(texts)
    most = len(texts) if whole else len(texts) + sum(_most(text) for text in texts)
    words = np.empty(2 * len(points) + 2 * most + 2, np.uint16)
    bounds, owner = np.empty((most, 4), np.int64), np.empty(most, np.int64)
    letters, foreign = np.empty((most, len(SCRIPTS)), np.int64), np.empty(most, np.int64)
    own, names = np.empty(most, np.uint8), np.empty((most, 2), np.int64)
    flags = np.empty(len(texts), np.uint32)
    _flags(points, starts, characters(), flags)
    addresses = (flags & np.uint32(ADDRESS_BIT)) > 0
    columns = (words, bounds, owner, letters, foreign, own, names)
    found = slice(_cut(points, starts, characters(), addresses, whole, *columns))
    return Stretches(
        words,
        bounds[found],
        owner[found],
        letters[found],
        foreign[found],
        own[found],
        names[found],
    )


def _most(text: str) -> int:
    return 2 + text.count("\n") + len(text) // FEWEST_LETTERS


def prepare(text: str) -> str:
    """One line of small words for the model, composed, without addresses, digits and marks."""
    cut = stretches_of([compose(text[:MAXIMUM_CHARACTERS])], whole=True)
    first, last = cut.bounds[0, :2]
    return cut.words[first:last].tobytes().decode("utf-16-le", "surrogatepass").strip()


def script_of(text: str) -> str:
    """The script of more than half of the letters: Cyrl, Latn, Arab, or Zyyy for none of them."""
    return stretches_of([text], whole=True).script(0)


def count_letters(text: str) -> int:
    """Letters of any script; digits, marks and punctuation do not count."""
    return int(stretches_of([text], whole=True).letters.sum())


@compiled
def _flags(points: Any, starts: Any, table: Any, flags: Any) -> None:
    """All flags of the characters of each text; of the planes beyond, that it may compose."""
    for text in range(len(starts) - 1):
        seen = np.uint32(0)
        for at in range(starts[text], starts[text + 1]):
            point = points[at]
            seen |= table[point] if point < PLANE else np.uint32(UNCOMPOSED_BIT)
        flags[text] = seen


@compiled
def _cut(
    points: Any,
    starts: Any,
    table: Any,
    addresses: Any,
    whole: bool,
    words: Any,
    bounds: Any,
    owner: Any,
    letters: Any,
    foreign: Any,
    own: Any,
    names: Any,
) -> int:
    """Fill the outputs, answer the number of stretches. One pass; points are code points."""
    found = put = 0
    columns = (words, bounds, owner, letters, foreign, own, names)
    for text in range(len(starts) - 1):
        span = (starts[text], starts[text + 1])
        found, put = _cut_one(
            points, text, span, table, addresses[text], whole, found, put, columns
        )
    return found


@compiled
def _cut_one(
    points: Any,
    text: int,
    span: tuple[int, int],
    table: Any,
    wary: bool,
    whole: bool,
    found: int,
    put: int,
    columns: Any,
) -> tuple[int, int]:
    """Cut the text at `span`; answer where the next stretch and the next word go.

    Counts are kept in local variables: memory would be written for every letter.
    """
    words, bounds, owner, letters, foreign, own, names = columns
    begin, end = span
    begun_word = word_start = put
    begun_raw = skip_until = begin
    total = word_letters = capital = cyrillic = latin = arabic = strange = 0
    all_words = capitals = 0
    seen = np.uint32(0)
    for at in range(begin, end + 1):
        point = points[at] if at < end else np.uint32(_NEWLINE)
        entry = _entry(point, table)
        if wary:
            skip_until = _skip(points, at, begin, end, table, skip_until)
        code = entry & CODE_BITS
        if code == DELETED or (at < skip_until and entry & SPACE_BIT == 0):
            continue
        if code != SPACE:
            words[put] = code
            script = (entry >> SCRIPT_SHIFT) & SCRIPT_BITS
            capital = _capital(capital, word_letters, script, entry & CAPITAL_BIT)
            word_letters += script != NO_SCRIPT
            cyrillic += script == CYRILLIC
            latin += script == LATIN
            arabic += script == ARABIC
            seen |= entry
            strange += _is_foreign(words, put, word_start, entry)
            put += 1
            continue
        if word_letters:  # a hyphen or apostrophe alone is no word
            words[put] = SPACE
            word_start = put = put + 1
            all_words += 1
            capitals += capital == _ONE_CAPITAL
            total += word_letters
            word_letters = capital = 0
        else:
            put = word_start
        if at < end and (whole or not _ends(points, at, end, table, entry, point, total)):
            continue
        if total or whole:
            bounds[found, 0], bounds[found, 1] = begun_word, put
            bounds[found, 2], bounds[found, 3] = begun_raw - begin, min(at + 1, end) - begin
            owner[found], foreign[found] = text, strange
            letters[found, NO_SCRIPT], letters[found, CYRILLIC] = 0, cyrillic
            letters[found, LATIN], letters[found, ARABIC] = latin, arabic
            letters[found, OTHER] = total - cyrillic - latin - arabic
            own[found] = (seen >> OWN_SHIFT) & np.uint32(7)
            names[found, 0], names[found, 1] = all_words, capitals
            found += 1
            begun_word, begun_raw = put, at + 1
            total = cyrillic = latin = arabic = strange = all_words = capitals = 0
            seen = np.uint32(0)
    return found, put


@compiled
def _entry(point: Any, table: Any) -> Any:
    return table[point] if point < PLANE else np.uint32(SPACE)


@compiled
def _skip(points: Any, at: int, begin: int, end: int, table: Any, until: int) -> int:
    """Where the address that `at` is in or begins with ends; `until` where there is none."""
    white = at == end or _is_white(points[at], table)
    if white or at < until or not _begins(points, at, begin, table):
        return until
    return _address_end(points, at, end, table)


@compiled
def _begins(points: Any, at: int, begin: int, table: Any) -> bool:
    return at == begin or _is_white(points[at - 1], table)


@compiled
def _capital(state: int, letters: int, script: int, is_capital: int) -> int:
    """Read on: 1 after a first capital, 2 once a small letter follows it."""
    if letters > 1 or script == NO_SCRIPT:
        return state
    if letters == 0:
        return 1 if is_capital else 0
    return _ONE_CAPITAL if state == 1 and not is_capital else state


@compiled
def _ends(points: Any, at: int, end: int, table: Any, entry: int, point: Any, total: int) -> bool:
    """True where a stretch ends: with the line, after a sentence, or when it is long enough."""
    if point == _NEWLINE:
        return True
    if total >= LONGEST_STRETCH:
        return entry & SPACE_BIT != 0
    if total < FEWEST_LETTERS or entry & SENTENCE_BIT == 0:
        return False
    return at + 1 >= end or _is_white(points[at + 1], table)


@compiled
def _is_foreign(words: Any, put: int, start: int, entry: int) -> int:
    """1 for a letter, or the second of a pair, that Kazakh spelling does not have.

    Pairs: къ, гъ, нъ, хъ; аь, оь, уь, one sound in Nogai, Kumyk, Karachay and Crimean Tatar.
    """
    if entry & (FOREIGN_BIT | SIGN_BIT) == 0:
        return 0
    if entry & FOREIGN_BIT:
        return 1
    if put == start:
        return 0
    if words[put] == _HARD_SIGN:
        return 1 if words[put - 1] in _BEFORE_HARD else 0
    return 1 if words[put] == _SOFT_SIGN and words[put - 1] in _BEFORE_SOFT else 0


@compiled
def _is_white(point: Any, table: Any) -> bool:
    return bool(point < PLANE and table[point] & SPACE_BIT != 0)


@compiled
def _address_end(points: Any, at: int, end: int, table: Any) -> int:
    """Where the token at `at` ends if it is a web or e-mail address, else `at`."""
    is_address = (
        at + 3 < end
        and points[at] | 32 == _W
        and points[at + 1] | 32 == _W
        and points[at + 2] | 32 == _W
        and points[at + 3] == _DOT
    )
    stop = at
    while stop < end and not _is_white(points[stop], table):
        point = points[stop]
        if point == _AT or (
            point == _COLON
            and stop + 2 < end
            and points[stop + 1] == _SLASH
            and points[stop + 2] == _SLASH
        ):
            is_address = True
        stop += 1
    return stop if is_address else at
