"""Train the language model and write its card: `kazcorpus language train DATA OUT`.

The same data give the same bytes on the same kind of processor: one thread, fixed seeds. The
recipe is fastText's supervised classifier over hashed n-grams and words (`language_trainer`), its
embedding rounded to a byte a weight.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.language_kernel import WIDTH
from kaz_cleaning.language_trainer import descend
from kaz_cleaning.packed_model import (
    in_order,
    names_a_language,
    pack,
    save,
    script_of_label,
    script_ranges,
    shift_for,
)
from kaz_cleaning.training_spans import labelled_spans
from kaz_cleaning.training_text import SEED, read_lines
from kaz_datasets.files import sha256_of

HYPER_PARAMETERS: Final[Mapping[str, Any]] = {
    "width": WIDTH,
    "rows": 524_288,
    "n-grams": "1 to 4, and whole words",  # single letters: an alphabet is known from little text
    "epochs": 6,
    "rate": 0.15,  # little, and seldom: text of other kinds than what is learnt from gains by it
    "seed": SEED,
}
_BEGINNING: Final = np.float32(64)
"""The vectors begin at random, within its inverse: an n-gram that is seldom seen says little."""

PRIORS: Final[Mapping[str, float]] = {
    **{"kaa_Cyrl": -0.8, "kaa_Latn": -0.8, "kir_Arab": -0.8, "kir_Cyrl": -0.4, "azj_Latn": -0.6},
    **{"und_Cyrl": -0.5, "und_Latn": -0.5, "pes_Arab": -0.8},
    **{"alt_Cyrl": 0.3, "crh_Cyrl": 0.3, "oss_Cyrl": 0.5, "gag_Latn": 0.7, "krc_Cyrl": 1.0},
    **{"tgk_Cyrl": 1.0, "tgk_Latn": 1.2, "tyv_Cyrl": 1.5},
}
"""Nats added to a label's logit: learning shows as much of a label as it takes to know it, not as
much as there is of it (Saerens et al. 2002, "Adjusting the Outputs of a Classifier to New a Priori
Probabilities"). Below zero for what many spans were written for, above it for what was only shown
a declaration or a relative's words. Chosen on the development quarter, as the thresholds of
`own_model` are."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model that was trained: its file, digest, and how much it was shown."""

    path: Path
    sha256: str
    labels: int
    spans: int


def train(data: Path, out: Path) -> Trained:
    """Learn from the collections under `data` and write the model to `out` (`.npz`).

    Raises NotFound for a collection that is not there.
    """
    return train_spans(list(labelled_spans(read_lines(data).learnt)), out)


def train_spans(spans: Sequence[tuple[str, str]], out: Path) -> Trained:
    """Learn from labels and prepared words. Descent needs them mixed, so their order is drawn."""
    labels = in_order({label for label, _ in spans})
    rows, width = HYPER_PARAMETERS["rows"], HYPER_PARAMETERS["width"]
    chance = np.random.default_rng(SEED)
    embedding = (chance.random((rows, width), dtype=np.float32) * 2 - 1) / _BEGINNING
    output = np.zeros((len(labels), width), np.float32)
    order = list(range(len(spans)))
    random.Random(SEED).shuffle(order)  # noqa: S311 (no secret)
    numbers = {label: number for number, label in enumerate(labels)}
    words, bounds = _joined([words for _, words in spans])
    truth = np.array([numbers[label] for label, _ in spans], np.int64)
    scripts = np.array([script_of_label(label) for label in labels], np.int64)
    epochs, rate = HYPER_PARAMETERS["epochs"], HYPER_PARAMETERS["rate"]
    for epoch in range(epochs):
        descend(
            words,
            bounds,
            truth,
            scripts,
            script_ranges(labels),
            np.array(order, np.int64),
            (rate * (1 - epoch / epochs), rate * (1 - (epoch + 1) / epochs)),
            shift_for(rows),
            SEED + epoch,
            embedding,
            output,
        )
    prior = np.array([PRIORS.get(label, 0.0) for label in labels], np.float32)
    save(pack(labels, embedding, output, prior), out)
    return Trained(
        path=out, sha256=sha256_of(out), labels=sum(map(names_a_language, labels)), spans=len(spans)
    )


def _joined(lines: Sequence[str]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    """All words as UTF-16 units, each ended by a space, and where each line begins and ends."""
    words = np.frombuffer("".join(f"{line} " for line in lines).encode("utf-16-le"), np.uint16)
    ends = np.cumsum([len(line) + 1 for line in lines])
    return words, np.stack([np.concatenate([[0], ends[:-1]]), ends], axis=1).astype(np.int64)
