"""A release: from kept and rejected shards to exactly the tree that is published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from kaz_datasets.account import Account, check_chain
from kaz_datasets.errors import BadConfiguration, Corrupt, Failed
from kaz_datasets.files import no_space_named, sha256_of, sync_file, write_text
from kaz_datasets.progress import Progress, silent
from kaz_datasets.release.admission import STAGE, Barred
from kaz_datasets.release.card import CardFacts
from kaz_datasets.release.config import ReleaseConfig
from kaz_datasets.release.content import NOBODY, prepare_content
from kaz_datasets.release.counting import figures_of
from kaz_datasets.release.figures import Figures, check_funnel
from kaz_datasets.release.licences import NONE_STATED, is_licence
from kaz_datasets.release.manifest import (
    CHECKSUMS,
    MANIFEST,
    FileEntry,
    files_of,
    read_manifest,
    write_manifest,
)
from kaz_datasets.release.texts import TEXTS
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.takedown.request import Takedown

CRAWL: Final = "crawl"
NO_SETTINGS: Final[Mapping[str, Any]] = {}
State = Literal["built", "unchanged", "replaced"]
_BUILDING: Final = ".building"
_REPLACED: Final = ".replaced"


RELEASE_VERSION: Final = 4
"""Raised when the same rows would be written as other files."""


@dataclass(frozen=True, kw_only=True)
class ReleaseSummary:
    """What was built: `digest` is the SHA-256 of `release.json`, which names every other file."""

    folder: Path
    version: str
    digest: str
    state: State
    figures: Figures
    files: tuple[FileEntry, ...]


def write_release(
    *,
    kept: Sequence[Path],
    rejected: Sequence[Path],
    funnel: Sequence[tuple[str, Account]],
    sources: Sequence[SourceFacts],
    config: ReleaseConfig,
    output: Path,
    previous: Path | None = None,
    barred: Barred = NOBODY,
    pipeline: Mapping[str, Any] = NO_SETTINGS,
    takedowns: Sequence[Takedown] = (),
    progress: Progress = silent,
    replace: bool = False,
) -> ReleaseSummary:
    """Write the release `config.version` to the folder `output`, whole or not at all.

    `funnel` holds the account of each stage in order; a first entry "crawl" counts addresses and
    is shown as it is. `previous` is the folder of the release before: within its major, its files
    stay as they are, and new rows and removals get files of their own. `barred` rows are kept
    out, and erased from earlier files where their removal was asked for. `pipeline` is told in
    `release.json`: the settings of the stages before; `takedowns` in TAKEDOWNS.md, without names
    and addresses.

    The same input gives the same bytes, in whatever shards and order the rows come; a folder that
    holds them already is left alone, one that holds another release of this version is a failure
    unless `replace` says that it was never published.

    Raises AccountsDisagree, Corrupt, BadConfiguration (also for a version that does not say what
    changed), WrongUse, DiskFull or Failed.
    """
    _check_place(output)
    crawl, stages = _without_crawl(funnel)
    check_chain(stages)
    content = prepare_content(kept, config, previous, barred)
    config = content.config
    stages = (*stages, (STAGE, content.admission.account))
    check_chain(stages)
    building = output.with_name(f".{output.name}{_BUILDING}")
    shutil.rmtree(building, ignore_errors=True)  # a killed build's
    try:
        with no_space_named(output):
            building.mkdir(parents=True)
            content.write(building, rejected, progress)
            figures = figures_of(building, [stage for stage, _ in stages], progress)
            check_funnel(stages, figures.funnel)
            facts = CardFacts(
                config=config,
                sources=_facts_used(sources, figures),
                crawl=crawl,
                pipeline=pipeline,
                takedowns=tuple(takedown.public() for takedown in takedowns),
            )
            files = _write_texts(building, facts, figures)
            digest = sha256_of(building / MANIFEST)
            state = _take_place(building, output, config.version, replace=replace)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return ReleaseSummary(
        folder=output,
        version=config.version,
        digest=digest,
        state=state,
        figures=figures,
        files=files,
    )


def _without_crawl(
    funnel: Sequence[tuple[str, Account]],
) -> tuple[Account | None, Sequence[tuple[str, Account]]]:
    if funnel and funnel[0][0] == CRAWL:
        return funnel[0][1], funnel[1:]
    return None, funnel


def _facts_used(sources: Sequence[SourceFacts], figures: Figures) -> tuple[SourceFacts, ...]:
    """The facts of the sources that the data name, by identifier. Raises BadConfiguration."""
    known = {source.id: source for source in sources}
    for row in figures.rights:
        if row.source not in known:
            raise BadConfiguration(
                f"documents of {row.source!r} were kept but nothing is known of that source:"
                " give its facts with the release"
            )
        if row.licence != NONE_STATED and not is_licence(row.licence):
            raise BadConfiguration(
                f"{row.licence!r} of source {row.source} is no licence: write an SPDX identifier"
                " (CC-BY-4.0, LicenseRef-…) or the address of its text"
            )
    return tuple(known[name] for name in sorted(figures.sources))


def _write_texts(folder: Path, facts: CardFacts, figures: Figures) -> tuple[FileEntry, ...]:
    parquet = (path for path in files_of(folder) if path.suffix == ".parquet")
    digests = {path.relative_to(folder).as_posix(): sha256_of(path) for path in parquet}
    for name, render in TEXTS.items():
        write_text(folder / name, render(facts, figures, digests))
    return write_manifest(folder, facts, [stage for stage, _ in figures.funnel], figures)


def _check_place(output: Path) -> None:
    if output.is_dir() and any(output.iterdir()) and not (output / MANIFEST).is_file():
        raise Failed(f"{output} is not a release and not empty: move it out of the way")
    if output.exists() and not output.is_dir():
        raise Failed(f"{output} is a file: move it out of the way")


def _take_place(building: Path, output: Path, version: str, *, replace: bool) -> State:
    """Give the finished folder its name, unless the same release has it already."""
    sync_file(building)
    if not (output / MANIFEST).is_file():
        building.replace(output)  # over nothing, or over an empty folder
        sync_file(output.parent)
        return "built"
    same = sha256_of(output / MANIFEST) == sha256_of(building / MANIFEST)
    if same and _stands(building, output):
        return "unchanged"
    if not same:
        _check_replaceable(output, version, replace=replace)
    old = output.with_name(f".{output.name}{_REPLACED}")
    shutil.rmtree(old, ignore_errors=True)
    output.replace(old)
    building.replace(output)
    sync_file(output.parent)
    shutil.rmtree(old)
    return "replaced"


def settle_replaced(releases: Path) -> None:
    """Put right what a kill between the two renames of a replacement left behind.

    The old build comes back where no new one took its place, else it goes.
    """
    for old in releases.glob(f".*{_REPLACED}"):
        output = old.with_name(old.name.removeprefix(".").removesuffix(_REPLACED))
        if output.exists():
            shutil.rmtree(old)
        else:
            old.replace(output)
    for building in releases.glob(f".*{_BUILDING}"):
        shutil.rmtree(building)


def _stands(building: Path, output: Path) -> bool:
    """Whether the earlier build of this very release is still all there."""
    for name in (*(file.path for file in read_manifest(building).files), CHECKSUMS):
        there, here = output / name, building / name
        if not there.is_file() or there.stat().st_size != here.stat().st_size:
            return False
    return True


def _check_replaceable(output: Path, version: str, *, replace: bool) -> None:
    if not replace:
        raise Failed(
            f"{output} holds another build of this release: raise the version above {version},"
            " or replace it if it was never published"
        )
    try:
        found = read_manifest(output).facts.config.version
    except Corrupt:
        return  # a damaged release is of no use to anybody
    if found != version:
        raise Failed(f"{output} holds release {found}, not {version}: write to another folder")
