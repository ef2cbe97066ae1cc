"""A trained model as two small tables in one file: what `own_model` reads.

The embedding is rounded to one byte a weight, so that sums over it are whole numbers and the same
on every processor; the file is a NumPy archive without pickled objects.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from kaz_cleaning.language_kernel import BIAS, WIDTH
from kaz_cleaning.language_labels import UNKNOWN
from kaz_cleaning.letters import SCRIPTS
from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.files import atomic_path

_FORMAT: Final = 4
_LARGEST: Final = BIAS - 1


@dataclass(frozen=True, kw_only=True)
class PackedModel:
    """Character n-grams to logits: `mean(embedding[n-grams]) @ output + prior`.

    `labels` are in the order of `in_order`. `embedding` is int8 [rows, 16], rows a power of two;
    `output` float32 [16, labels], `prior` float32 [labels], in nats.
    """

    labels: tuple[str, ...]
    embedding: npt.NDArray[np.int8]
    output: npt.NDArray[np.float32]
    prior: npt.NDArray[np.float32]

    @cached_property
    def table(self) -> npt.NDArray[np.uint64]:
        """The embedding as the kernel adds it: without signs, eight weights a word."""
        unsigned = (self.embedding.astype(np.int16) + BIAS).astype(np.uint8)
        return unsigned.view("<u8").astype(np.uint64)

    @property
    def shift(self) -> np.uint64:
        """Of a 64-bit hash, to a row of the table."""
        return shift_for(len(self.embedding))

    @property
    def ranges(self) -> npt.NDArray[np.int64]:
        """First and last label but one of each script."""
        return script_ranges(self.labels)


def shift_for(rows: int) -> np.uint64:
    """How far a 64-bit hash is moved down to be one of 2ⁿ rows."""
    return np.uint64(64 - (rows.bit_length() - 1))


def script_of_label(label: str) -> int:
    """The script (`letters`) that the label ends with; raises ValueError for another one."""
    return SCRIPTS.index(label.rpartition("_")[2])


def names_a_language(label: str) -> bool:
    """False for `und_Cyrl`, `und_Latn`, `und_Arab`: what a text in no known language gets."""
    return not label.startswith(UNKNOWN)


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """By script, then by name: labels of one script lie together."""
    return tuple(sorted(labels, key=lambda label: (script_of_label(label), label)))


def script_ranges(labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """First and last label but one of each script, [scripts, 2]; both 0 for one without labels."""
    ranges = np.zeros((len(SCRIPTS), 2), np.int64)
    scripts = [script_of_label(label) for label in labels]
    for script in set(scripts):
        first = scripts.index(script)
        ranges[script] = first, first + scripts.count(script)
    return ranges


def pack(
    labels: Sequence[str],
    embedding: npt.NDArray[np.float32],
    output: npt.NDArray[np.float32],
    prior: npt.NDArray[np.float32],
) -> PackedModel:
    """Round a trained model: float32 [rows, 16], [labels, 16] and [labels]."""
    scale = float(np.abs(embedding).max()) / _LARGEST or 1.0
    return PackedModel(
        labels=tuple(labels),
        embedding=np.rint(embedding / scale).astype(np.int8),
        output=np.ascontiguousarray((output * scale).T.astype(np.float32)),
        prior=prior,
    )


def save(model: PackedModel, path: Path) -> None:
    """Write the same bytes for the same model, atomically."""
    facts = {
        "format": _FORMAT,
        "labels": model.labels,
    }
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(
            stream,
            facts=np.frombuffer(json.dumps(facts).encode(), np.uint8),
            embedding=model.embedding,
            output=model.output,
            prior=model.prior,
        )


def read(path: Path) -> bytes:
    """The bytes of a model file; raises NotFound."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"no language model {path}: train one or install kazcorpus anew") from error


def parse(content: bytes, name: str) -> PackedModel:
    """The model in the bytes of a file; raises Corrupt for what is none."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as parts:
            facts = json.loads(parts["facts"].tobytes())
            embedding, output, prior = parts["embedding"], parts["output"], parts["prior"]
        labels = tuple(facts["labels"])
        fits = (
            facts["format"] == _FORMAT
            and (embedding.dtype, output.dtype) == (np.int8, np.float32)
            and embedding.shape[1:] == (WIDTH,)
            and output.shape == (WIDTH, len(labels))
            and (prior.dtype, prior.shape) == (np.float32, (len(labels),))
            and len(embedding) & (len(embedding) - 1) == 0 < len(embedding)
            and labels == in_order(labels)
        )
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise Corrupt(_complaint(name)) from error
    if not fits:
        raise Corrupt(_complaint(name))
    return PackedModel(
        labels=labels,
        embedding=np.ascontiguousarray(embedding),
        output=np.ascontiguousarray(output),
        prior=np.ascontiguousarray(prior),
    )


def _complaint(name: str) -> str:
    return f"{name} is no language model: make one with `kazcorpus language train`"
