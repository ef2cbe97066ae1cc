"""Which source file is meant: by id, by file, or all that are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kaz_crawlers.source_files import find_sources, source_named
from kaz_datasets.errors import NotFound
from kaz_datasets.workspace import CONFIGURATION_FILE

SUFFIX: Final = ".toml"


def own_folders(folder: Path) -> list[Path]:
    """The folder of source files of the workspace at `folder`; none where there is no workspace."""
    own = folder / "sources"
    return [own] if (folder / CONFIGURATION_FILE).is_file() and own.is_dir() else []


def chosen_file(target: str, folder: Path) -> Path:
    """The file that `target` names: a path that ends in `.toml`, else an id.

    Raises NotFound, with what the caller may have meant.
    """
    path = Path(target)
    if path.suffix == SUFFIX:
        return path
    if Path(f"{target}{SUFFIX}").is_file():
        raise NotFound(f"a source file is named whole: did you mean {target}{SUFFIX}?")
    if path.name != target:
        raise NotFound(f"{target} is no source file ({SUFFIX}), and an id holds no slash")
    try:
        return source_named(target, own_folders(folder))
    except NotFound as error:
        if (folder / CONFIGURATION_FILE).is_file():
            raise
        raise NotFound(f"{error}; that of a workspace is found with --workspace") from error


def chosen_files(targets: Sequence[str], folder: Path) -> list[Path]:
    """The files that `targets` name, or every known one."""
    if targets:
        return [chosen_file(target, folder) for target in targets]
    return [file.path for file in find_sources(own_folders(folder)).values()]
