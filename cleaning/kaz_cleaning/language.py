"""Which language a text is in: Kazakh in three scripts against its neighbours.

The model is the project's own (`models/language-model-card.md`): no other open one knows Kazakh
in Latin script or tells it from Karakalpak.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import fasttext

from kaz_cleaning.language_text import (
    UNKNOWN_SCRIPT,
    count_letters,
    has_foreign_spelling,
    looks_like_code,
    prepare,
    script_of,
)
from kaz_cleaning.sentences import split_sentences
from kaz_datasets.errors import Corrupt, NotFound

UNKNOWN: Final = "und"
"""ISO 639-3 for "undetermined"."""

MODEL_FILE: Final = Path(__file__).parent / "models" / "language.ftz"
MODEL_SHA256: Final = "1d8dc04d028324b80c9e1143800214d924c4813fbcc72b135a462c21d2b024eb"

THRESHOLD: Final = 0.5
"""Below it two languages are as likely as one."""

MIXED_SHARE: Final = 0.2
"""A document is mixed where both Kazakh and another language have more than this."""

_FEWEST_LETTERS: Final = 30
"""A shorter sentence is judged with its neighbour: four words tell little alone."""
_FASTTEXT_MAGIC: Final = (793_712_314).to_bytes(4, "little")
_KAZAKH: Final = "kaz_"
_PREFIX: Final = "__label__"


@dataclass(frozen=True)
class Label:
    """Language and script of one text, as `kaz_Cyrl`, or `und`; score is its probability."""

    label: str
    score: float


@dataclass(frozen=True)
class Language:
    """What a whole document is in.

    `label` is the one with most letters, `score` its sentences' mean probability, `script` an
    ISO 15924 code, `kazakh_share` the share of letters in Kazakh sentences of any script.
    """

    label: str
    score: float
    script: str
    kazakh_share: float
    mixed: bool


class LanguageModel:
    """A fastText classifier behind gates that answer `und` where it cannot know."""

    def __init__(self, classifier: Any) -> None:
        self._classifier = classifier

    def identify(self, texts: Sequence[str]) -> list[Label]:
        """One label a text, in order; meant for a line, a sentence or a paragraph each."""
        words = [prepare(text) for text in texts]
        labels, scores = self._classifier.predict(words) if words else ([], [])
        return [
            _gated(text, word, Label(label[0].removeprefix(_PREFIX), min(float(score[0]), 1.0)))
            if word and len(label)
            else Label(UNKNOWN, 0.0)
            for text, word, label, score in zip(texts, words, labels, scores, strict=True)
        ]

    def judge(self, text: str) -> Language:
        """Weigh the labels of a document's sentences by their letters."""
        stretches = list(_stretches(text))
        labels = self.identify([stretch for stretch, _ in stretches])
        letters: Counter[str] = Counter()
        certainty: Counter[str] = Counter()
        for label, (_, weight) in zip(labels, stretches, strict=True):
            letters[label.label] += weight
            certainty[label.label] += weight * label.score  # type: ignore[assignment]
        return _verdict(text, letters, certainty)


def _gated(text: str, words: str, label: Label) -> Label:
    """`und` for an unsure label, another script's or spelling's than the text's, or source code."""
    script = script_of(words)
    if (
        label.score >= THRESHOLD
        and label.label.endswith(script)
        and not (label.label == "kaz_Cyrl" and has_foreign_spelling(words))
        and not (script == "Latn" and looks_like_code(text))
    ):
        return label
    return Label(UNKNOWN, label.score)


def _verdict(text: str, letters: Counter[str], certainty: Counter[str]) -> Language:
    total = letters.total()
    if not total:
        return Language(UNKNOWN, 0.0, UNKNOWN_SCRIPT, 0.0, mixed=False)
    best = max(sorted(letters), key=letters.__getitem__)
    kazakh = sum(letters[label] for label in letters if label.startswith(_KAZAKH)) / total
    other = 1 - kazakh - letters[UNKNOWN] / total
    return Language(
        label=best,
        score=certainty[best] / letters[best],
        script=script_of(text) if best == UNKNOWN else best.rpartition("_")[2],
        kazakh_share=kazakh,
        mixed=kazakh > MIXED_SHARE and other > MIXED_SHARE,
    )


def _stretches(text: str) -> Iterator[tuple[str, int]]:
    """Sentences with their letters; short ones of the same line are put together."""
    for line in text.splitlines():
        stretch, weight = "", 0
        for sentence in split_sentences(line):
            stretch, weight = f"{stretch} {sentence}".lstrip(), weight + count_letters(sentence)
            if weight >= _FEWEST_LETTERS:
                yield stretch, weight
                stretch, weight = "", 0
        if weight:
            yield stretch, weight


def load_model(path: Path | None = None) -> LanguageModel:
    """Load the packaged model, or one of your own from `train_language`.

    The packaged one must have the digest pinned here. Raises NotFound, and Corrupt for a file
    that is not what it should be. A model of your own is read as it is: trust its maker.
    """
    chosen = path or MODEL_FILE
    try:
        content = chosen.read_bytes()
    except OSError as error:
        raise NotFound(
            f"no language model {chosen}: train one or install kazcorpus anew"
        ) from error
    if path is None and hashlib.sha256(content).hexdigest() != MODEL_SHA256:
        raise Corrupt(f"{chosen} has not the digest it was published with: install kazcorpus anew")
    if not content.startswith(_FASTTEXT_MAGIC):
        raise Corrupt(f"{chosen} is no fastText model: make one with kaz_cleaning.train_language")
    return LanguageModel(fasttext.load_model(str(chosen)))
