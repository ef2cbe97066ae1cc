"""Compilation to machine code, as every floor does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

from kaz_datasets.compiled import Function, compiled

__all__ = ["Function", "compiled", "lean"]

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def lean(function: Kernel) -> Kernel:
    """As `compiled`, for functions that make no array: without counting references to arrays.

    Numba counts every array that is taken out of a tuple or sliced, by locked instructions; on the
    way of one text through the kernel that would cost as much as a third of the work.
    """
    # Numba's own option, which its type hints do not list.
    compile_lean: Callable[..., Callable[[Kernel], Kernel]] = numba.njit
    try:
        return compile_lean(cache=True, nogil=True, _nrt=False)(function)
    except RuntimeError:  # numba's "cannot cache function: no locator available"
        return compile_lean(nogil=True, _nrt=False)(function)
