"""Where source files lie: the caller's own folders, then installed packs, then this package."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from kaz_crawlers.packs import Pack, installed_packs
from kaz_datasets.errors import BadConfiguration, NotFound

OWN: Final = "workspace"
BUILTIN: Final = "kazcorpus"


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A source file and who brought it."""

    path: Path
    origin: str
    """`workspace`, the name of a pack, or `kazcorpus`."""
    rivals: tuple[str, ...] = ()
    """Packs that bring the same id; with any, none of them is taken."""

    @property
    def id(self) -> str:
        """The id that the file's name states."""
        return self.path.stem


def builtin_sources() -> Path:
    """The folder of the source files that come with the package."""
    return Path(str(files("kaz_crawlers"))) / "sources"


def find_sources(
    own: Sequence[Path] = (), packs: Sequence[Pack] | None = None
) -> dict[str, SourceFile]:
    """Source files by id, in the order of their ids.

    The folders `own` go first, an earlier one before a later one; then `packs` (None: those that
    are installed), then the package.
    """
    found: dict[str, SourceFile] = {}
    installed = installed_packs() if packs is None else packs
    for file in (*_in_folders(own, OWN), *_in_packs(installed), *_in_folders([builtin_sources()])):
        found.setdefault(file.id, file)
    return dict(sorted(found.items()))


def source_named(identifier: str, own: Sequence[Path] = ()) -> Path:
    """The file of the source called `identifier`.

    Raises NotFound with the nearest known name, BadConfiguration where two packs bring it.
    """
    packs = installed_packs()
    known = find_sources(own, packs)
    if identifier not in known:
        raise NotFound(_unknown(identifier, known, packs))
    file = known[identifier]
    if file.rivals:
        raise BadConfiguration(
            f"the source {identifier!r} is brought by {' and '.join(file.rivals)}: uninstall one,"
            f" or put your own {identifier}.toml into the workspace's folder sources/"
        )
    return file.path


def _unknown(identifier: str, known: Mapping[str, SourceFile], packs: Sequence[Pack]) -> str:
    close = difflib.get_close_matches(identifier, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "`kazcorpus sources list` shows all"
    broken = "".join(f"; the pack {pack.name} is broken: {pack.broken}" for pack in _broken(packs))
    return f"no source is called {identifier!r} ({hint}){broken}"


def _broken(packs: Sequence[Pack]) -> list[Pack]:
    return [pack for pack in packs if pack.broken]


def _in_folders(folders: Sequence[Path], origin: str = BUILTIN) -> Iterator[SourceFile]:
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            yield SourceFile(path=path, origin=origin)


def _in_packs(packs: Sequence[Pack]) -> Iterator[SourceFile]:
    owners: dict[str, list[str]] = defaultdict(list)
    for pack in packs:
        for path in pack.files:
            owners[path.stem].append(pack.name)
    for pack in packs:
        for path in pack.files:
            names = tuple(owners[path.stem])
            rivals = names if len(names) > 1 else ()
            yield SourceFile(path=path, origin=pack.name, rivals=rivals)
