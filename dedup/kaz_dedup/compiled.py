"""Compilation to machine code, as every floor does it."""

from kaz_datasets.compiled import Function, compiled

__all__ = ["Function", "compiled"]
