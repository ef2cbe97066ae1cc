"""Compilation to machine code, as every floor does it."""

from __future__ import annotations

from kaz_datasets.compiled import Function, compiled, compiled_with

__all__ = ["Function", "compiled", "lean"]


def lean(function: Function) -> Function:
    """As `compiled`, for functions that make no array: without counting references to arrays.

    Numba counts every array that is taken out of a tuple or sliced, by locked instructions; on the
    way of one text through the kernel there are hundreds.
    """
    return compiled_with(function, _nrt=False)
