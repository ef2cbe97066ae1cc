"""Compilation to machine code, kept on disk where the installation allows it."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile at the first call, without the interpreter's lock.

    The machine code is cached beside the source or in the user's cache folder; in a read-only
    installation without either, each process compiles for itself.
    """
    return compiled_with(function)


def compiled_with(function: Function, **options: bool) -> Function:
    """As `compiled`, with more of numba's options."""
    compile_it: Any = numba.njit
    try:
        made = compile_it(cache=True, nogil=True, **options)(function)
    except RuntimeError:  # numba's "cannot cache function: no locator available"
        return cast(Function, compile_it(nogil=True, **options)(function))
    _stamp(made, Path(function.__code__.co_filename).parent)
    return cast(Function, made)


def _stamp(made: Any, folder: Path) -> None:
    """Let the cached code of a function go out of date with every module of its package.

    It holds the code of the functions that it calls, but numba looks at its own file only: after
    an update of another it would go on with the old ones.
    """
    file = getattr(made._cache, "_cache_file", None)
    if file is not None:
        ours = Path(__file__).parent
        file._source_stamp = (file._source_stamp, _state(folder), _state(ours))


def is_kept(function: Callable[..., object]) -> bool:
    """Whether the machine code of a compiled function lies on disk and is not out of date."""
    file = getattr(getattr(function, "_cache", None), "_cache_file", None)
    return file is not None and bool(file._load_index())


@lru_cache
def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every module in a folder."""
    found = ((path.name, path.stat()) for path in sorted(folder.glob("*.py")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


@contextmanager
def one_compiles() -> Iterator[None]:
    """While one process of this user compiles, the others wait, then load what it has cached."""
    path = Path(tempfile.gettempdir()) / f"kazcorpus-compiles-{os.getuid()}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
