"""Releases: the tree that is published, its figures and card, and their verification."""

from __future__ import annotations

from kaz_datasets.release.checks import Check, Verification
from kaz_datasets.release.config import Change, Previous, ReleaseConfig
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.tree import ReleaseSummary, write_release
from kaz_datasets.release.verify import verify_release

__all__ = [
    "Change",
    "Check",
    "Figures",
    "Previous",
    "ReleaseConfig",
    "ReleaseSummary",
    "Verification",
    "verify_release",
    "write_release",
]
