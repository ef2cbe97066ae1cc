"""A trained model as three small tables in one file: what `own_model` reads.

The embedding is rounded to 16 bits, so that sums over it are whole numbers and the same on every
processor; the file is a NumPy archive without pickled objects.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.files import atomic_path

_FORMAT: Final = 1
_BLOCK: Final = 16
_LARGEST: Final = 32_000
"""Leaves room below 2¹⁵, and sums of 65,536 of them below 2³¹."""


@dataclass(frozen=True, kw_only=True)
class PackedModel:
    """Character n-grams to logits: `scale · mean(embedding[n-grams]) @ output`.

    `labels` are in the order of their names. `embedding` is int16 [buckets, dimensions], buckets a
    power of two, dimensions a multiple of 16; `output` float32 [dimensions, labels], the scale
    multiplied in.
    """

    labels: tuple[str, ...]
    embedding: npt.NDArray[np.int16]
    output: npt.NDArray[np.float32]
    shortest: int
    longest: int


def pack(model: Any) -> PackedModel:
    """Pack a model of the `fasttext` module that has n-grams and no words."""
    names = [label.removeprefix("__label__") for label in model.get_labels()]
    order = sorted(range(len(names)), key=names.__getitem__)
    inputs = np.asarray(model.get_input_matrix(), np.float32)
    outputs = np.asarray(model.get_output_matrix(), np.float32)[order]
    settings = model.f.getArgs()
    if len(inputs) != settings.bucket or settings.bucket & (settings.bucket - 1):
        raise Corrupt("only n-grams can be packed: train with minCount huge and 2ⁿ buckets")
    padding = -inputs.shape[1] % _BLOCK
    scale = float(np.abs(inputs).max()) / _LARGEST or 1.0
    return PackedModel(
        labels=tuple(names[index] for index in order),
        embedding=np.pad(np.rint(inputs / scale).astype(np.int16), ((0, 0), (0, padding))),
        output=np.ascontiguousarray(np.pad(outputs * scale, ((0, 0), (0, padding))).T),
        shortest=settings.minn,
        longest=settings.maxn,
    )


def save(model: PackedModel, path: Path) -> None:
    """Write the same bytes for the same model, atomically."""
    facts = {
        "format": _FORMAT,
        "labels": model.labels,
        "n-grams": [model.shortest, model.longest],
    }
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(
            stream,
            facts=np.frombuffer(json.dumps(facts).encode(), np.uint8),
            embedding=model.embedding,
            output=model.output,
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
            embedding, output = parts["embedding"], parts["output"]
        (shortest, longest), labels = facts["n-grams"], tuple(facts["labels"])
        fits = (
            facts["format"] == _FORMAT
            and (embedding.dtype, output.dtype) == (np.int16, np.float32)
            and output.shape == (embedding.shape[1], len(labels))
            and embedding.shape[1] % _BLOCK == 0
            and len(embedding) & (len(embedding) - 1) == 0
            and 1 <= shortest <= longest
        )
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise Corrupt(_complaint(name)) from error
    if not fits:
        raise Corrupt(_complaint(name))
    return PackedModel(
        labels=labels,
        embedding=np.ascontiguousarray(embedding),
        output=np.ascontiguousarray(output),
        shortest=shortest,
        longest=longest,
    )


def _complaint(name: str) -> str:
    return f"{name} is no language model: make one with `kazcorpus language train`"
