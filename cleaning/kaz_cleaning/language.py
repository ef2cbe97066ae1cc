"""Which language a text is in: Kazakh in three scripts against its neighbours.

The packaged model is the project's own (`models/language-model-card.md`): no other open one knows
Kazakh in Latin script or tells it from Karakalpak.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from kaz_cleaning.language_labels import (
    MIXED_SHARE,
    THRESHOLD,
    UNKNOWN,
    Label,
    Language,
    LanguageModel,
    Stretch,
)
from kaz_cleaning.own_model import OwnModel
from kaz_cleaning.packed_model import parse, read
from kaz_datasets.errors import Corrupt

__all__ = [
    "MIXED_SHARE",
    "MODEL_FILE",
    "MODEL_SHA256",
    "THRESHOLD",
    "UNKNOWN",
    "Label",
    "Language",
    "LanguageModel",
    "Stretch",
    "load_model",
]

MODEL_FILE: Final = Path(__file__).parent / "models" / "language.npz"
MODEL_SHA256: Final = "989869da46310102946fcf8b48ff0c008d893617ade74697902130a19aaedeca"


def load_model(path: Path | None = None) -> LanguageModel:
    """Load the packaged model, or one of your own from `kazcorpus language train`.

    The packaged one must have the digest pinned here. Raises NotFound, and Corrupt for a file
    that is not what it should be.
    """
    chosen = path or MODEL_FILE
    content = read(chosen)
    if path is None and hashlib.sha256(content).hexdigest() != MODEL_SHA256:
        raise Corrupt(f"{chosen} has not the digest it was published with: install kazcorpus anew")
    return OwnModel(parse(content, str(chosen)))
