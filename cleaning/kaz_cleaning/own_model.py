"""The project's own model behind its gates: `und` where it cannot know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.code_signs import looks_like_code
from kaz_cleaning.language_kernel import classify
from kaz_cleaning.language_labels import (
    CONTEXT_SHARE,
    KAZAKH,
    MIXED_SHARE,
    THRESHOLD,
    UNKNOWN,
    UNKNOWN_SCRIPT,
    Label,
    Language,
    Stretch,
    Tally,
)
from kaz_cleaning.language_text import (
    MAXIMUM_CHARACTERS,
    Stretches,
    compose,
    compose_all,
    stretches_of,
)
from kaz_cleaning.letters import ARABIC, CYRILLIC, LATIN, OWN, SCRIPTS, SHARED
from kaz_cleaning.packed_model import PackedModel, names_a_language, script_of_label

KAZAKH_THRESHOLDS: Final = MappingProxyType({"kaz_Cyrl": 0.65, "kaz_Latn": 0.88, "kaz_Arab": 0.5})
"""A line alone must be this surely Kazakh: its neighbours' languages have many lines that differ
by a letter. Chosen on the development quarter of the measured rows (`measure_language`)."""
BARE_THRESHOLDS: Final = MappingProxyType({"kaz_Cyrl": 0.94})
"""The same for a line without one of Kazakh's own letters, in Cyrillic those that Russian lacks:
typed on a Russian keyboard, or in a language of the Caucasus, the Volga, Siberia."""

FOREIGN_SHARE: Final = 0.02
"""Of the letters, in a spelling that Kazakh does not have; it may name a Ukrainian or hold ъ."""

NAME_SHARE, FEWEST_NAMES = 0.9, 6
"""A line with so many words, and that share of them with one capital each, is a list of names: no
sentence, whatever language the names come from."""

LEAST_BESIDE_LATIN: Final = 0.35
"""Of the letters: with so many Cyrillic or Arabic ones, a stretch that is Latin otherwise is a
sentence full of foreign names."""

_PAIR: Final = ("kaz_Cyrl", "rus_Cyrl", "und_Cyrl")
"""The languages that alternate within one sentence, as Russian is known to all who write Kazakh,
and what such a sentence looks like at first."""
_SCORE_DIGITS: Final = 6
_NO_LANGUAGE: Final = Language(UNKNOWN, 0.0, UNKNOWN_SCRIPT, 0.0, mixed=False)


@dataclass(frozen=True)
class _Answers:
    """Arrays over stretches: index of the label or -1, its probability, the share of Kazakh
    letters, whether a Kazakh label is too unsure to stand alone, and letters.
    """

    label: npt.NDArray[np.int64]
    score: npt.NDArray[np.float64]
    kazakh: npt.NDArray[np.float64]
    doubtful: npt.NDArray[np.bool_]
    letters: npt.NDArray[np.int64]


class OwnModel:
    """Kazakh in three scripts and its neighbours, by character n-grams."""

    def __init__(self, packed: PackedModel) -> None:
        self._packed = packed
        names = {label: index for index, label in enumerate(packed.labels)}
        self._pair = np.array([names.get(label, -1) for label in _PAIR], np.int64)
        self._table, self._ranges = packed.table, packed.ranges
        self._scripts = np.array([*map(script_of_label, packed.labels), -1], np.int64)
        by_name = sorted(range(len(packed.labels)), key=packed.labels.__getitem__)
        self._by_name = np.array([*by_name, len(packed.labels)], np.int64)
        self._is_language = np.array([*map(names_a_language, packed.labels), False])
        self._is_kazakh = np.array([*(x.startswith(KAZAKH) for x in packed.labels), False])
        self._least, self._least_bare = (
            np.array([*(thresholds.get(label, 0.0) for label in packed.labels), 0.0])
            for thresholds in (KAZAKH_THRESHOLDS, KAZAKH_THRESHOLDS | BARE_THRESHOLDS)
        )

    @property
    def labels(self) -> Sequence[str]:
        """All that it may answer, but for `und`."""
        return tuple(filter(names_a_language, self._packed.labels))

    def identify(self, texts: Sequence[str]) -> list[Label]:
        """One label a text, in order; meant for a line, a sentence or a paragraph each."""
        read = compose_all([text[:MAXIMUM_CHARACTERS] for text in texts])
        answers = self._answer(stretches_of(read, whole=True), read, alternate=False)
        labels = np.where(answers.doubtful, -1, answers.label).tolist()
        return [
            Label(self._name(label), score)
            for label, score in zip(labels, answers.score.tolist(), strict=True)
        ]

    def stretches(self, text: str) -> list[Stretch]:
        """The stretches of a document, in order; offsets are those of the composed text."""
        text = compose(text)
        cut = stretches_of([text], whole=False)
        answers = self._answer(cut, [text])
        columns = (answers.letters, answers.label, answers.score, answers.kazakh, answers.doubtful)
        return [
            Stretch(start, end, letters, Label(self._name(label), score), kazakh, doubtful)
            for (_, _, start, end), letters, label, score, kazakh, doubtful in zip(
                cut.bounds.tolist(), *(column.tolist() for column in columns), strict=True
            )
        ]

    def judge(self, text: str) -> Language:
        """The document's verdict, by its stretches' labels and letters."""
        return self.judge_all([text])[0]

    def judge_all(self, texts: Sequence[str]) -> list[Language]:
        """The verdict of each document, in order: what `weigh` says, many times faster."""
        read = compose_all(texts)
        cut = stretches_of(read, whole=False)
        answers = self._answer(cut, read)
        owner, documents = cut.owner, len(texts)

        def total(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return np.bincount(owner, values, documents)

        sure = ~answers.doubtful
        ours = answers.kazakh * answers.letters
        known = total(answers.letters * (sure & (answers.label >= 0)))
        trusted = total(ours * sure) > CONTEXT_SHARE * known
        label = np.where(answers.doubtful & ~trusted[owner], -1, answers.label)
        width = len(self._packed.labels) + 1
        cells, size = owner * width + label % width, documents * width
        letters = np.bincount(cells, answers.letters, size).reshape(documents, width)
        certainty = np.bincount(cells, answers.score * answers.letters, size)
        kazakh = total(ours * (label >= 0))
        scripts = np.zeros((documents, len(SCRIPTS)), np.int64)
        np.add.at(scripts, owner, cut.letters)
        return self._verdicts(letters, certainty.reshape(documents, width), kazakh, scripts)

    def tally_all(self, texts: Sequence[str]) -> list[Tally]:
        """The letters of each text by language, in order: what `tally` says, many times faster."""
        read = compose_all(texts)
        cut = stretches_of(read, whole=False)
        answers = self._answer(cut, read)
        ours = answers.kazakh * answers.letters
        kazakh = np.bincount(cut.owner, ours, len(texts)).tolist()
        foreign = (answers.label >= 0) & ~self._is_kazakh[answers.label]
        rest = np.where(foreign, answers.letters - np.rint(ours), 0)
        width = len(self._packed.labels) + 1
        cells = cut.owner * width + answers.label % width
        letters = np.bincount(cells, rest, len(texts) * width).reshape(len(texts), width)
        other = letters.sum(axis=1).astype(np.int64).tolist()
        seen = np.bincount(cells, foreign, len(texts) * width).reshape(len(texts), width) > 0
        ranked = np.where(seen, letters, -1)[:, self._by_name].argmax(axis=1)
        best = np.where(seen.any(axis=1), self._by_name[ranked], -1).tolist()
        return [Tally(*row) for row in zip(kazakh, other, map(self._name, best), strict=True)]

    def _verdicts(
        self,
        letters: npt.NDArray[Any],
        certainty: npt.NDArray[Any],
        kazakh: npt.NDArray[Any],
        scripts: npt.NDArray[Any],
    ) -> list[Language]:
        documents = np.arange(len(letters))
        total = letters.sum(axis=1)
        best = self._by_name[letters[:, self._by_name].argmax(axis=1)]  # of equals first by name
        some, most = np.maximum(total, 1), np.maximum(letters[documents, best], 1)
        score = certainty[documents, best] / most
        share, unknown = kazakh / some, letters[:, -1] / some
        mixed = (share > MIXED_SHARE) & (1 - share - unknown > MIXED_SHARE)
        columns = (total, best, score, share, mixed, unknown)
        rows = zip(*(column.tolist() for column in columns), scripts, strict=True)
        return [self._verdict(*row) if row[0] else _NO_LANGUAGE for row in rows]

    def _verdict(
        self,
        _letters: float,
        best: int,
        score: float,
        share: float,
        mixed: bool,
        unknown: float,
        scripts: npt.NDArray[Any],
    ) -> Language:
        script = self._scripts[best] if best < len(self._packed.labels) else _majority(scripts)
        return Language(
            self._name(best), round(score, _SCORE_DIGITS), SCRIPTS[script], share, mixed, unknown
        )

    def _answer(self, cut: Stretches, texts: Sequence[str], *, alternate: bool = True) -> _Answers:
        """Labels behind their gates: `und` for an unsure one, for one of another script or
        spelling than the text's, and for source code.
        """
        letters = cut.letters.sum(axis=1)
        scripts = _scripts(cut.letters, letters)
        best, score, paired, kazakh = self._classify(cut, scripts)
        known = (score >= THRESHOLD) & self._is_language[best]
        known &= ~self._is_kazakh[best] | (cut.foreign <= FOREIGN_SHARE * letters)
        words, names = cut.names[:, 0], cut.names[:, 1]
        is_list = (words >= FEWEST_NAMES) & (names >= NAME_SHARE * words)
        known &= ~(self._is_kazakh[best] & is_list)
        for row in np.flatnonzero(known & (2 * cut.letters[:, LATIN] >= letters)).tolist():
            start, end = cut.bounds[row, 2:].tolist()
            known[row] = not looks_like_code(texts[cut.owner[row]][start:end])
        label = np.where(known, best, -1)
        share = self._is_kazakh[label].astype(np.float64)
        if alternate:
            both = (
                ~is_list
                & (paired >= THRESHOLD)
                & (scripts == CYRILLIC)
                & (kazakh > 0)
                & (kazakh < 1)
            )
            label[both] = self._pair[(kazakh[both] < 0.5).astype(np.int64)]
            score[both], share[both] = paired[both], kazakh[both]
        least = self._least[label]
        least[cut.own & (OWN | SHARED) == OWN | SHARED] = THRESHOLD
        least = np.where(cut.own == 0, self._least_bare[label], least)
        doubtful = (share == 1) & (score < least)
        return _Answers(label, np.minimum(score, 1.0), share, doubtful, letters)

    def _classify(
        self, cut: Stretches, scripts: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], ...]:
        rows = len(cut.bounds)
        best = np.empty(rows, np.int64)
        score, paired, kazakh = (np.empty(rows) for _ in range(3))
        classify(
            cut.words,
            cut.bounds,
            scripts,
            self._table,
            self._packed.output,
            self._packed.prior,
            self._ranges,
            self._packed.shift,
            self._pair,
            best,
            score,
            paired,
            kazakh,
        )
        return best, score, paired, kazakh  # type: ignore[return-value]

    def _name(self, label: int) -> str:
        labels = self._packed.labels
        return labels[label] if 0 <= label < len(labels) else UNKNOWN


def _scripts(letters: npt.NDArray[np.int64], total: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The script of each stretch: that of most letters; but Latin names stand in other scripts'
    sentences, never the other way round.
    """
    scripts = np.where(2 * letters.max(axis=1) > total, letters.argmax(axis=1), 0)
    for script in (CYRILLIC, ARABIC):
        share = letters[:, script] > LEAST_BESIDE_LATIN * total
        scripts[share & (letters[:, script] + letters[:, LATIN] == total)] = script
    return scripts


def _majority(letters: npt.NDArray[np.int64]) -> int:
    best = int(letters.argmax())
    return best if 2 * letters[best] > letters.sum() else 0
