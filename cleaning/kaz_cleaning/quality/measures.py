"""All measures of a batch of texts in one compiled pass: Arrow buffers in, columns out.

One call measures a batch without the interpreter's lock. What each measure is and where it comes
from stands in `catalogue`; the plain-Python reference is in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_cleaning.quality import counting, lines, repeats
from kaz_cleaning.quality.characters import Bits, character_bits, lower_table
from kaz_cleaning.quality.counting import measure_characters, measure_marks, measure_words, share
from kaz_cleaning.quality.hashing import Integers
from kaz_cleaning.quality.lexicon import lexicon
from kaz_cleaning.quality.lines import find_lines, measure_lines
from kaz_cleaning.quality.repeats import commonest_word, ngrams
from kaz_cleaning.quality.texts import Bytes, Tables, Work, decode, find_words, room_for
from kaz_cleaning.quality.translated import load_weights, shapes, translated_score
from kaz_datasets.compiled import compiled

NAMES: Final = (
    *counting.CHARACTER_NAMES,
    *counting.WORD_NAMES,
    *counting.MARK_NAMES,
    *lines.NAMES,
    *repeats.NAMES,
    "most-frequent-word",
    "translated",
)
"""Every measure, in the order of the columns."""

_WORDS: Final = len(counting.CHARACTER_NAMES)
_MARKS: Final = _WORDS + len(counting.WORD_NAMES)
_LINES: Final = _MARKS + len(counting.MARK_NAMES)
_REPEATS: Final = _LINES + len(lines.NAMES)
_COMMONEST: Final = _REPEATS + len(repeats.NAMES)
_TRANSLATED: Final = _COMMONEST + 1
_ALPHABETIC: Final = _WORDS + counting.WORD_NAMES.index("alphabetic-words")
_NEWLINES: Final = _LINES + lines.NAMES.index("newlines-per-token")
_SHORTEST: Final = 4
"""Characters of a word that can be a keyword."""

Values = npt.NDArray[np.float64]
Offsets = npt.NDArray[np.int32] | npt.NDArray[np.int64]


def measure(texts: pa.Array[Any]) -> Values:
    """Every measure of every text; shape (texts, len(NAMES)), NaN where a text is null.

    Raises TypeError for an array that does not hold strings.
    """
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        raise TypeError(f"measures are taken of strings, not of {texts.type}")
    wide = pa.types.is_large_string(texts.type)
    _, offset_buffer, data_buffer = texts.buffers()
    if offset_buffer is None or len(texts) == 0:
        return np.zeros((0, len(NAMES)))
    whole: Any = np.int64 if wide else np.int32
    offsets = np.frombuffer(memoryview(offset_buffer), whole)
    offsets = offsets[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    data = np.frombuffer(memoryview(data_buffer or b""), np.uint8)
    values = _measured(data, offsets)
    if texts.null_count:
        values[texts.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return values


def measure_text(text: str) -> dict[str, float]:
    """Every measure of one text, by name; any string of Python has them."""
    return dict(zip(NAMES, measure_texts([text])[0].tolist(), strict=True))


def measure_texts(texts: Sequence[str]) -> Values:
    """Every measure of every text; shape (texts, len(NAMES)). Any string of Python has them."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    return _measured(np.frombuffer(b"".join(encoded), np.uint8), offsets)


def _measured(data: Bytes, offsets: Integers) -> Values:
    out = np.zeros((len(offsets) - 1, len(NAMES)))
    longest = int(np.max(np.diff(offsets), initial=0))
    compiled_measures(data, offsets, tables(), room_for(longest), out)
    return out


@lru_cache(maxsize=1)
def tables() -> Tables:
    """All tables, made once a process."""
    words = lexicon()
    return Tables(
        bits=character_bits(),
        lower=lower_table(),
        words=words.words,
        word_bits=words.bits,
        function=words.function,
        stems=words.stems,
        stem_kinds=words.stem_kinds,
        bloom=words.bloom,
        weights=load_weights(),
    )


@compiled
def compiled_measures(
    data: Bytes, offsets: Integers, tables: Tables, work: Work, out: Values
) -> None:
    """All measures of all texts; the last and largest function that is compiled at a start."""
    held = np.empty(len(work.start), np.uint16)
    stems = np.empty(3, np.int64)
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        size = decode(data, start, end, tables.bits, work.points, work.bits)
        _measure_one(work, size, held, stems, tables, out[text])


@compiled
def _measure_one(
    work: Work, size: int, held: Bits, stems: Integers, tables: Tables, out: Any
) -> None:
    stems[:] = 0
    words = find_words(work, size, tables, held, stems)
    found, breaks = find_lines(work, size)
    measure_characters(work, size, out)
    measure_words(work, words, held, stems, tables, out[_WORDS:])
    measure_marks(work, size, words, out[_ALPHABETIC], found, out[_MARKS:])
    measure_lines(work, size, found, breaks, words, tables, out[_LINES:])
    out[_NEWLINES] = share(breaks, out[_MARKS])
    out[_COMMONEST] = share(commonest_word(work, words, tables.function, _SHORTEST), words)
    shapes(work, words, tables)
    out[_TRANSLATED] = translated_score(work, words, tables.weights)
    ngrams(work, words, size, out[_REPEATS:])
