"""What decides the bytes that a process writes: the code and the packages that it runs."""

from __future__ import annotations

import hashlib
import multiprocessing
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    "distributed",
    "fasttext-community",
    "google-re2",
    "isal",
    "lxml",
    "numba",
    "numpy",
    "pyarrow",
    "trafilatura",
)
"""Beside our own code, what turns pages into bytes; a worker with another of them is refused."""
OURS: Final = ("kaz_crawlers", "kaz_cleaning", "kaz_dedup", "kaz_datasets", "kaz_flows")
DAEMON: Final = "daemon"


@cache
def fingerprint() -> dict[str, str]:
    """Versions by name, and a digest of our own code."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "kazcorpus code": _code(),
        **{name: _version(name) for name in PACKAGES},
    }


def differences(here: dict[str, str], there: dict[str, str]) -> list[str]:
    """What the other process has otherwise, in words; empty where both write the same bytes."""
    names = sorted({*here, *there})
    return [
        f"{name} {there.get(name, 'absent')} (here {here.get(name, 'absent')})"
        for name in names
        if here.get(name) != there.get(name)
    ]


def may_have_children() -> bool:
    """Whether this process may start others: a daemon of multiprocessing may not."""
    return not multiprocessing.current_process().daemon


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _code() -> str:
    digest = hashlib.sha256()
    for name, path in _modules():
        digest.update(f"{name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _modules() -> Iterator[tuple[str, Path]]:
    for package in OURS:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            for path in sorted(Path(place).rglob("*.py")):
                yield f"{package}/{path.relative_to(place).as_posix()}", path
