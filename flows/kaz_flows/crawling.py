"""From source files to the archive: which crawl a source goes on with, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kaz_crawlers.crawl import CrawlOptions, CrawlResult, crawl
from kaz_crawlers.source import Source, load_source
from kaz_crawlers.source_files import source_named
from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_datasets.files import write_text
from kaz_datasets.workspace import Workspace
from kaz_flows.lock import exclusive
from kaz_flows.runner import Runner
from kaz_flows.yields import host_yields

FINISHED = "finished"


@dataclass(frozen=True, kw_only=True)
class CrawlJob:
    """One source and the folder its crawl fills."""

    name: str
    source: Source
    folder: Path
    previous: Path | None
    """The last finished crawl of the source."""
    yields: Mapping[str, float]


def crawl_sources(
    workspace: Workspace, names: Sequence[str], options: CrawlOptions, runner: Runner
) -> dict[str, CrawlResult]:
    """Crawl the named sources, each into its own folder; a crawl that was killed goes on.

    Raises NotFound for a name that no source file has, with the nearest one there is.
    """
    jobs = [_job(workspace, load(workspace, name)) for name in names]
    with exclusive(workspace):
        results = runner.map("crawl", partial(_run, options=options), jobs)
    return {job.name: result for job, result in zip(jobs, results, strict=True)}


def crawled_sources(workspace: Workspace) -> list[str]:
    """The sources that have been crawled into this workspace, by the frontiers in its archive."""
    frontiers = workspace.archive.glob(f"*/*/{FRONTIER_FILE}")
    return sorted({path.parent.parent.name for path in frontiers})


def load(workspace: Workspace, name: str) -> Source:
    """A source by its id: from the workspace's own folder first, then from the package."""
    return load_source(source_named(name, source_folders(workspace)))


def source_folders(workspace: Workspace) -> list[Path]:
    """Where source files are looked for before the packs and the package."""
    return [workspace.sources] if workspace.sources.is_dir() else []


def _job(workspace: Workspace, source: Source) -> CrawlJob:
    crawls = sorted(
        path
        for path in (workspace.archive / source.id).glob("*")
        if (path / FRONTIER_FILE).is_file()
    )
    finished = [path for path in crawls if (path / FINISHED).exists()]
    unfinished = [path for path in crawls if path not in finished]
    return CrawlJob(
        name=source.id,
        source=source,
        folder=unfinished[-1] if unfinished else _new(workspace.archive / source.id),
        previous=finished[-1] if finished else None,
        yields=host_yields(workspace, source.id),
    )


def _new(folder: Path) -> Path:
    return folder / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def _run(job: CrawlJob, *, options: CrawlOptions) -> CrawlResult:
    options = replace(options, yields=job.yields)
    result = crawl(job.source, job.folder, options, previous=job.previous)
    write_text(job.folder / FINISHED, f"{result.finish_reason}\n")
    return result
