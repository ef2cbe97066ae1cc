"""What a build has to do: the archives of a workspace, one unit for each WARC file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_crawlers.archive import archive_facts
from kaz_datasets.errors import NotFound
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.workspace import Workspace

FINISHED = "finished"
"""The file that a crawl leaves at its end."""
_BEGINNING: Final = re.compile(r"\..*|source\.toml|crawl\.log|frontier\.sqlite.*|.*\.open")
ARCHIVE_SUFFIXES = (".warc", ".warc.gz", ".arc", ".arc.gz")


@dataclass(frozen=True, kw_only=True)
class Crawl:
    """One crawl folder of the archive and what is known of its source."""

    folder: Path
    facts: SourceFacts
    archives: tuple[Path, ...]

    @property
    def name(self) -> str:
        """`<source>/<crawl>`, as in every folder of the workspace."""
        return f"{self.folder.parent.name}/{self.folder.name}"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One WARC file: the grain at which work is done, skipped and done again."""

    archive: Path
    crawl: Crawl

    @property
    def flat_name(self) -> str:
        """A name that is unique in the workspace, for folders that hold every source."""
        return f"{self.crawl.name}/{self.archive.name}".replace("/", "--")


def find_crawls(workspace: Workspace) -> list[Crawl]:
    """The crawls of a workspace, in the order of their names. Raises NotFound if there are none."""
    folders = sorted(
        path
        for path in workspace.archive.glob("*/*")
        if path.is_dir() and not _begins(path, workspace)
    )
    crawls = [
        Crawl(folder=folder, facts=archive_facts(folder), archives=_archives(folder, workspace))
        for folder in folders
    ]
    if not any(crawl.archives for crawl in crawls):
        raise NotFound(
            f"there is nothing to build in {workspace.root}: fill its archive first with"
            " `kazcorpus crawl SOURCE` or `kazcorpus ingest warc FILES`"
        )
    return crawls


def units_of(crawls: list[Crawl]) -> list[Unit]:
    """Every WARC file of the crawls, in order."""
    return [Unit(archive=archive, crawl=crawl) for crawl in crawls for archive in crawl.archives]


def _begins(folder: Path, workspace: Workspace) -> bool:
    """Whether a crawl that begins at this moment has not even a whole archive file yet."""
    return all(_BEGINNING.fullmatch(name) for name in workspace.storage.names(folder))


def _archives(folder: Path, workspace: Workspace) -> tuple[Path, ...]:
    names = workspace.storage.names(folder)
    return tuple(folder / name for name in names if name.endswith(ARCHIVE_SUFFIXES))
