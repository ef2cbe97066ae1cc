"""Where the files of a release lie, and what their names say.

data/<kind>/train/base-<major>-<script>-<n>.parquet   never rewritten within a major
data/<kind>/train/add-<x.y.z>-<script>-<n>.parquet    rows that a minor release added
changes/<x.y.z>/removed.parquet                       rows that it removed
rejected/rejected-<n>.parquet                         pages that were dropped on the way
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from kaz_datasets.release.version import Version

REJECTED_FOLDER: Final = "rejected"
CHANGES_FOLDER: Final = "changes"
_NUMBER: Final = r"(?:0|[1-9]\d*)"
_DATA: Final = re.compile(
    rf"data/([a-z]+)/train/(?:base-({_NUMBER})|add-({_NUMBER}(?:\.{_NUMBER}){{2}}))"
    r"-(cyrl|latn|arab)-\d{5}\.parquet\Z",
    re.ASCII,
)
_CHANGES: Final = re.compile(
    rf"{CHANGES_FOLDER}/({_NUMBER}(?:\.{_NUMBER}){{2}})/removed\.parquet\Z", re.ASCII
)


@dataclass(frozen=True, order=True)
class Series:
    """The files that one release wrote: `base-1` those of 1.0.0, `add-1.2.0` those of 1.2.0."""

    version: Version
    base: bool

    def __str__(self) -> str:
        return f"base-{self.version.major}" if self.base else f"add-{self.version}"


@dataclass(frozen=True, kw_only=True)
class DataName:
    """What the path of a data file says of its rows."""

    kind: str
    series: Series
    script: str


def base_series(version: Version) -> Series:
    """The series of the release that began this major."""
    return Series(Version(version.major, 0, 0), base=True)


def add_series(version: Version) -> Series:
    """The series of the rows that this minor release added."""
    return Series(version, base=False)


def data_path(kind: str, series: Series, script: str, number: int) -> Path:
    """Where the n-th file of a kind, series and script lies."""
    return Path("data", kind, "train", f"{series}-{script.lower()}-{number:05}.parquet")


def parse_data_path(path: str) -> DataName | None:
    """What a path relative to the release says, or None where it is no data file's."""
    found = _DATA.match(path)
    if found is None:
        return None
    kind, major, version, script = found.groups()
    series = base_series(Version(int(major), 0, 0)) if major else add_series(Version.parse(version))
    return DataName(kind=kind, series=series, script=script.capitalize())


def data_paths(folder: Path) -> list[Path]:
    """The data files of a release: oldest series first, then by name, as the card's loaders do."""
    return sorted(folder.glob("data/*/train/*.parquet"), key=lambda path: _place(folder, path))


def _place(folder: Path, path: Path) -> tuple[bool, tuple[int, ...], str]:
    name = path.relative_to(folder).as_posix()
    parsed = parse_data_path(name)
    if parsed is None:
        return True, (), name
    version = parsed.series.version
    return False, (version.major, version.minor, version.patch), name


def rejected_paths(folder: Path) -> list[Path]:
    """The files of rejected rows of a release."""
    return sorted(folder.glob(f"{REJECTED_FOLDER}/*.parquet"))


def removed_path(version: Version) -> Path:
    """Where a release says which rows it removed."""
    return Path(CHANGES_FOLDER, str(version), "removed.parquet")


def removed_paths(folder: Path) -> list[Path]:
    """The files of removed rows of a release, oldest first; others in that place come last."""

    def place(path: Path) -> tuple[bool, Version | None, str]:
        name = path.relative_to(folder).as_posix()
        version = parse_removed_path(name)
        return version is None, version, name

    return sorted(folder.glob(f"{CHANGES_FOLDER}/*/*.parquet"), key=place)


def parse_removed_path(path: str) -> Version | None:
    """The release that a file of removed rows belongs to, or None where it is no such file."""
    found = _CHANGES.match(path)
    return Version.parse(found[1]) if found else None


def series_of(paths: Iterable[str | PurePosixPath]) -> list[Series]:
    """The distinct series of some paths, oldest first."""
    parsed = (parse_data_path(str(path)) for path in paths)
    return sorted({name.series for name in parsed if name is not None})
