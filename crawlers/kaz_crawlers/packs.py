"""Source files and site classes that other installed packages bring along.

A pack is a distribution with an entry point in the group `kazcorpus.sources`, whose value names a
package that holds TOML files. For a site that TOML cannot describe it also has one in the group
`kazcorpus.sites`, whose value names a subclass of `Site`. Only installed entry points are asked: a
file in a workspace can name code, but not bring it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from kaz_datasets.errors import BadConfiguration

SOURCES_GROUP: Final = "kazcorpus.sources"
SITES_GROUP: Final = "kazcorpus.sites"


@dataclass(frozen=True, kw_only=True)
class Pack:
    """The source files of one installed entry point."""

    name: str
    """The distribution and the entry point, such as `kazcorpus-oral:oral`."""
    files: tuple[Path, ...] = ()
    broken: str | None = None
    """Why its sources cannot be read; a broken pack stops nobody who does not need it."""


def installed_packs() -> list[Pack]:
    """Every pack, in the order of the names; broken ones too."""
    return sorted((_pack(point) for point in _points(SOURCES_GROUP)), key=lambda pack: pack.name)


def site_class(name: str) -> type:
    """The installed class called `name`. Raises BadConfiguration if there is none, or several."""
    found = [point for point in _points(SITES_GROUP) if point.name == name]
    if not found:
        known = ", ".join(sorted({point.name for point in _points(SITES_GROUP)})) or "none"
        raise BadConfiguration(
            f"python = {name!r}: no installed package has an entry point of that name in the"
            f" group {SITES_GROUP} (known: {known}); install the pack that brings it"
        )
    if len(found) > 1:
        owners = " and ".join(sorted(_title(point) for point in found))
        raise BadConfiguration(f"python = {name!r} is brought by {owners}: uninstall one of them")
    return _class(found[0])


def _class(point: EntryPoint) -> type:
    try:
        loaded = point.load()
    except Exception as error:  # whatever a stranger's module raises when it is imported
        raise BadConfiguration(
            f"{_title(point)} cannot be imported: {_reason(error)}; repair or uninstall that pack"
        ) from error
    if not isinstance(loaded, type):
        raise BadConfiguration(f"{_title(point)} names no class: ask its author to repair it")
    return loaded


def _pack(point: EntryPoint) -> Pack:
    try:
        folders = list(_folders(point))
    except Exception as error:  # whatever a stranger's module raises when it is imported
        reason = f"{point.value} cannot be imported: {_reason(error)}"
        return Pack(name=_title(point), broken=reason)
    files = sorted(path for folder in folders for path in folder.glob("*.toml"))
    if not files:
        return Pack(name=_title(point), broken=f"{point.value} holds no TOML file")
    return Pack(name=_title(point), files=tuple(files))


def _folders(point: EntryPoint) -> Iterator[Path]:
    module = import_module(point.module)
    if hasattr(module, "__path__"):
        yield from (Path(folder) for folder in module.__path__)
    elif module.__file__:
        yield Path(module.__file__).parent


def _points(group: str) -> list[EntryPoint]:
    """The entry points of `group`; a distribution found twice on the path counts once."""
    return sorted(set(entry_points(group=group)), key=lambda point: (_title(point), point.value))


def _title(point: EntryPoint) -> str:
    owner = point.dist.name if point.dist else "unknown"
    return f"{owner}:{point.name}"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
