"""Train the language model: `python -m kaz_cleaning.train_language DATA_DIR OUT.ftz`.

The same data give the same bytes on the same processor: one thread, fixed seeds. An `OUT` that
ends in `.ftz` is quantised (fastText.zip, Joulin et al. 2016), seven times smaller.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import fasttext

from kaz_cleaning.language_text import prepare
from kaz_cleaning.training_text import SEED, read_lines, spans
from kaz_datasets.errors import WrongUse
from kaz_datasets.files import atomic_path, sha256_of

HYPER_PARAMETERS: Final[dict[str, Any]] = {
    "dim": 16,
    "bucket": 65_536,
    "minn": 2,
    "maxn": 4,
    "minCount": 1_000_000,  # no word is kept: subwords alone are as accurate, ten times smaller
    "epoch": 6,
    "lr": 0.5,
    "loss": "softmax",
    "thread": 1,  # more would race, and no two models would be the same
    "seed": SEED,
    "verbose": 0,
}


def train(data: Path, out: Path) -> str:
    """Learn from the collections under `data`, write the model to `out`, give its SHA-256."""
    with tempfile.TemporaryDirectory() as folder:
        examples = Path(folder) / "examples.txt"
        examples.write_text("\n".join(_examples(data)) + "\n", encoding="utf-8")
        model = fasttext.train_supervised(input=str(examples), **HYPER_PARAMETERS)
        if out.suffix == ".ftz":
            model.quantize(input=str(examples), qnorm=True, retrain=False, thread=1, verbose=0)
    with atomic_path(out) as temporary:
        model.save_model(str(temporary))
    return sha256_of(out)


def _examples(data: Path) -> list[str]:
    """`__label__kaz_Cyrl words of a span`, in a fixed random order: SGD needs them mixed."""
    examples = [
        f"__label__{label} {text}"
        for label, lines in read_lines(data).learnt.items()
        for text in map(prepare, spans(label, lines))
        if text
    ]
    random.Random(SEED).shuffle(examples)  # noqa: S311 (no secret)
    return examples


def main(arguments: list[str]) -> str:
    """Train from the command line's arguments; raises WrongUse unless there are two."""
    if len(arguments) != 2:
        raise WrongUse("give two paths: python -m kaz_cleaning.train_language DATA_DIR OUT.ftz")
    return train(Path(arguments[0]), Path(arguments[1]))


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
