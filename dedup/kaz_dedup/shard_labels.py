"""Labels: how a result names a shard so that it is known again after the workspace has moved."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kaz_datasets.errors import WrongUse


def shard_labels(paths: Sequence[Path]) -> list[str]:
    """The paths relative to the folder that holds them all. Raises WrongUse if one comes twice."""
    full = [path.resolve() for path in paths]
    repeated = [str(path) for path, times in Counter(full).items() if times > 1]
    if repeated:
        raise WrongUse(f"{repeated[0]} was given twice: name each file once")
    if not full:
        return []
    root = Path(os.path.commonpath([path.parent for path in full]))
    labels = [path.relative_to(root).as_posix() for path in full]
    while root != root.parent and _ambiguous(full, labels):
        root = root.parent
        labels = [path.relative_to(root).as_posix() for path in full]
    return labels


def _ambiguous(paths: Sequence[Path], labels: Sequence[str]) -> bool:
    """Whether a label also ends the path of another shard, as b does that of c/b."""
    known = set(labels)
    endings = (
        "/".join(path.parts[-length:])
        for path, label in zip(paths, labels, strict=True)
        for length in range(1, len(path.parts))
        if length != len(Path(label).parts)
    )
    return any(ending in known for ending in endings)
