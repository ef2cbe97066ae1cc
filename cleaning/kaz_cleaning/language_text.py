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
    DELETED,
    FOREIGN_BIT,
    OWN_BIT,
    PLANE,
    SCRIPTS,
    SENTENCE_BIT,
    SHARED_BIT,
    SPACE,
    SPACE_BIT,
    classes,
    written,
)
from kaz_cleaning.letters import (
    SCRIPT_BITS as _SCRIPT_BITS,
)
from kaz_datasets.compiled import compiled

MAXIMUM_CHARACTERS: Final = 2000
"""Read of one line; past a few hundred the label does not change any more."""
FEWEST_LETTERS: Final = 30
"""A shorter sentence is judged with its neighbour: four words tell little alone."""
LONGEST_STRETCH: Final = 400
"""Letters after which a stretch without punctuation ends."""
UNKNOWN_SCRIPT: Final = SCRIPTS[0]

_OWN_BITS: Final = OWN_BIT | SHARED_BIT
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
    a Cyrillic spelling that is not Kazakh. `own`: bits of Kazakh's own letters.
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


def stretches_of(texts: Sequence[str], *, whole: bool) -> Stretches:
    """Cut composed texts into stretches; with `whole` each text is one, whatever it holds."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    most = len(texts) if whole else len(texts) + sum(_most(text) for text in texts)
    words = np.empty(2 * len(points) + 2 * most + 2, np.uint16)
    bounds, owner = np.empty((most, 4), np.int64), np.empty(most, np.int64)
    letters, foreign = np.zeros((most, len(SCRIPTS)), np.int64), np.zeros(most, np.int64)
    bits, names = np.zeros(most, np.uint8), np.zeros((most, 2), np.int64)
    tables = written(), classes()
    found = _cut(
        points, starts, *tables, whole, words, bounds, owner, letters, foreign, bits, names
    )
    return Stretches(
        words,
        bounds[:found],
        owner[:found],
        letters[:found],
        foreign[:found],
        bits[:found],
        names[:found],
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
def _cut(
    points: Any,
    starts: Any,
    table: Any,
    kinds: Any,
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
    found = 0
    put = 0
    for text in range(len(starts) - 1):
        begin, end = starts[text], starts[text + 1]
        begun_word = word_start = put
        begun_raw = skip_until = begin
        total: Any = 0
        word_letters: Any = 0
        capital: Any = 0
        for at in range(begin, end + 1):
            point: Any = points[at] if at < end else np.uint32(_NEWLINE)
            kind: Any = kinds[point] if point < PLANE else np.uint8(0)
            white = kind & SPACE_BIT != 0
            if at >= skip_until and not white and _begins(points, at, begin, kinds):
                skip_until = _address_end(points, at, end, kinds)
            if at < skip_until and not white:
                continue
            code = np.uint16(SPACE) if white or point >= PLANE else table[point]
            if code == DELETED:
                continue
            if code != SPACE:
                words[put] = code
                capital = _capital(capital, word_letters, code != point)
                word_letters += min(kind & _SCRIPT_BITS, 1)
                letters[found, kind & _SCRIPT_BITS] += 1
                own[found] |= kinds[code] & _OWN_BITS
                foreign[found] += _is_foreign(words, put, word_start, kinds[code])
                put += 1
                continue
            put = _end_word(words, put, word_start, word_letters)
            names[found, 0] += min(word_letters, 1)
            names[found, 1] += capital == _ONE_CAPITAL
            total += word_letters
            word_start, word_letters, capital = put, 0, 0
            if at < end and (whole or not _ends(points, at, end, kinds, kind, point, total)):
                continue
            letters[found, 0] = 0
            if total or whole:
                bounds[found, 0], bounds[found, 1] = begun_word, put
                bounds[found, 2], bounds[found, 3] = begun_raw - begin, min(at + 1, end) - begin
                owner[found] = text
                found += 1
                begun_word, begun_raw, total = put, at + 1, 0
    return found


@compiled
def _begins(points: Any, at: int, begin: int, kinds: Any) -> bool:
    return at == begin or _is_white(points[at - 1], kinds)


@compiled
def _capital(state: int, letters: int, is_capital: bool) -> int:
    """Read on: 1 after a first capital, 2 once a small letter follows it."""
    if letters == 0:
        return 1 if is_capital else 0
    if letters == 1 and state == 1 and not is_capital:
        return _ONE_CAPITAL
    return state


@compiled
def _end_word(words: Any, put: int, start: int, letters: int) -> int:
    """Close the word with a space; a hyphen or apostrophe alone is none."""
    if not letters:
        return start
    words[put] = SPACE
    return put + 1


@compiled
def _ends(points: Any, at: int, end: int, kinds: Any, kind: int, point: int, total: int) -> bool:
    """True where a stretch ends: with the line, after a sentence, or when it is long enough."""
    if point == _NEWLINE:
        return True
    if total >= LONGEST_STRETCH:
        return kind & SPACE_BIT != 0
    if total < FEWEST_LETTERS or kind & SENTENCE_BIT == 0:
        return False
    return at + 1 >= end or _is_white(points[at + 1], kinds)


@compiled
def _is_foreign(words: Any, put: int, start: int, kind: int) -> int:
    """1 for a letter, or the second of a pair, that Kazakh spelling does not have.

    Pairs: къ, гъ, нъ, хъ; аь, оь, уь, one sound in Nogai, Kumyk, Karachay and Crimean Tatar.
    """
    if kind & FOREIGN_BIT:
        return 1
    if put == start:
        return 0
    if words[put] == _HARD_SIGN:
        return 1 if words[put - 1] in _BEFORE_HARD else 0
    return 1 if words[put] == _SOFT_SIGN and words[put - 1] in _BEFORE_SOFT else 0


@compiled
def _is_white(point: Any, kinds: Any) -> bool:
    return bool(point < PLANE and kinds[point] & SPACE_BIT != 0)


@compiled
def _address_end(points: Any, at: int, end: int, kinds: Any) -> int:
    """Where the token at `at` ends if it is a web or e-mail address, else `at`."""
    is_address = (
        at + 4 < end
        and points[at] | 32 == _W
        and points[at + 1] | 32 == _W
        and points[at + 2] | 32 == _W
        and points[at + 3] == _DOT
    )
    stop = at
    while stop < end and not _is_white(points[stop], kinds):
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
