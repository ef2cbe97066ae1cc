"""Compilation to machine code, kept on disk where the installation allows it."""

from __future__ import annotations

from collections.abc import Callable
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
