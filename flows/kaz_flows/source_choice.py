"""Which source file is meant: by id, by file, or all that are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kaz_crawlers.source_files import find_sources, source_named
from kaz_datasets.workspace import CONFIGURATION_FILE


def own_folders(folder: Path) -> list[Path]:
    """The folder of source files of the workspace at `folder`; none where there is no workspace."""
    own = folder / "sources"
    return [own] if (folder / CONFIGURATION_FILE).is_file() and own.is_dir() else []


def chosen_file(target: str, folder: Path) -> Path:
    """The file that `target` names: a path that ends in `.toml`, else an id. Raises NotFound."""
    if target.endswith(".toml"):
        return Path(target)
    return source_named(target, own_folders(folder))


def chosen_files(targets: Sequence[str], folder: Path) -> list[Path]:
    """The files that `targets` name, or every known one."""
    if targets:
        return [chosen_file(target, folder) for target in targets]
    return [file.path for file in find_sources(own_folders(folder)).values()]
