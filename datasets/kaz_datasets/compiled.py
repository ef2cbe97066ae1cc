"""Compilation to machine code, kept on disk where the installation allows it."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile at the first call, without the interpreter's lock.

    The machine code is cached beside the source or in the user's cache folder; in a read-only
    installation without either, each process compiles for itself.
    """
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba's "cannot cache function: no locator available"
        return cast(Function, numba.njit(nogil=True)(function))


@contextmanager
def one_compiles() -> Iterator[None]:
    """While one process of this user compiles, the others wait, then load what it has cached."""
    path = Path(tempfile.gettempdir()) / f"kazcorpus-compiles-{os.getuid()}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
