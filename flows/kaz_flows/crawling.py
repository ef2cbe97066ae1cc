"""From source files to the archive: which crawl a source goes on with, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kaz_crawlers.crawl import CrawlOptions, CrawlResult, crawl
from kaz_crawlers.source import Source, builtin_sources, load_source, source_named
from kaz_datasets.files import write_text
from kaz_datasets.workspace import Workspace
from kaz_flows.lock import exclusive
from kaz_flows.runner import Runner

FINISHED = "finished"


@dataclass(frozen=True, kw_only=True)
class CrawlJob:
    """One source and the folder its crawl fills."""

    name: str
    source: Source
    folder: Path


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


def load(workspace: Workspace, name: str) -> Source:
    """A source by its id: from the workspace's own folder first, then from the package."""
    return load_source(source_named(name, source_folders(workspace)))


def source_folders(workspace: Workspace) -> list[Path]:
    """Where source files are looked for, in order."""
    return [path for path in (workspace.sources, builtin_sources()) if path.is_dir()]


def _job(workspace: Workspace, source: Source) -> CrawlJob:
    folder = _unfinished(workspace.archive / source.id) or _new(workspace.archive / source.id)
    return CrawlJob(name=source.id, source=source, folder=folder)


def _unfinished(folder: Path) -> Path | None:
    crawls = sorted(path for path in folder.glob("*") if (path / "frontier.sqlite").is_file())
    return next((path for path in reversed(crawls) if not (path / FINISHED).exists()), None)


def _new(folder: Path) -> Path:
    return folder / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def _run(job: CrawlJob, *, options: CrawlOptions) -> CrawlResult:
    result = crawl(job.source, job.folder, options)
    write_text(job.folder / FINISHED, f"{result.finish_reason}\n")
    return result
