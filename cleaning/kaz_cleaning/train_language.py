"""Train the language model and write its card: `kazcorpus language train DATA OUT`.

The same data give the same bytes on the same kind of processor: one thread, fixed seeds. The
recipe is fastText's supervised classifier over character n-grams alone (Joulin et al. 2017, "Bag
of Tricks for Efficient Text Classification"), its embedding rounded to 16 bits.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kaz_cleaning.packed_model import pack, save
from kaz_cleaning.training_spans import labelled_spans
from kaz_cleaning.training_text import SEED, read_lines
from kaz_datasets.files import sha256_of

HYPER_PARAMETERS: Final[Mapping[str, Any]] = {
    "dim": 16,
    "bucket": 131_072,
    "minn": 1,  # single letters: an alphabet is known from little text
    "maxn": 4,
    "minCount": 1_000_000,  # no word is kept: n-grams alone are as accurate, ten times smaller
    "epoch": 8,
    "lr": 0.5,
    "loss": "softmax",
    "thread": 1,  # more would race, and no two models would be the same
    "seed": SEED,
    "verbose": 0,
}


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
    """Learn from labels and prepared words. SGD needs them mixed, so their order is drawn."""
    import fasttext

    examples = [f"__label__{label} {words}" for label, words in spans]
    random.Random(SEED).shuffle(examples)  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "examples.txt"
        file.write_text("\n".join(examples) + "\n", encoding="utf-8")
        packed = pack(fasttext.train_supervised(input=str(file), **HYPER_PARAMETERS))
    save(packed, out)
    return Trained(path=out, sha256=sha256_of(out), labels=len(packed.labels), spans=len(examples))
