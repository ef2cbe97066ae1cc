"""From source files to the archive: which crawl a source goes on with, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from kaz_crawlers.crawl import CrawlOptions, CrawlResult, crawl
from kaz_crawlers.source import Source, load_source
from kaz_crawlers.source_files import source_named
from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_datasets.errors import KazcorpusError
from kaz_datasets.files import write_text
from kaz_datasets.identity import host_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.workspace import Workspace
from kaz_flows.health.history import History
from kaz_flows.health.measuring import measures_of_crawl
from kaz_flows.lock import ENDLESS, Patience, asking, crawling
from kaz_flows.plan import FINISHED
from kaz_flows.runner import Runner
from kaz_flows.yields import host_yields


@dataclass(frozen=True, kw_only=True)
class CrawlJob:
    """One source and the folder its crawl fills."""

    folder: Path
    previous: Path | None
    """The last finished crawl of the source."""
    yields: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class NamedSource:
    """A source as runners show it."""

    name: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class Crawled:
    """What came of several sources."""

    results: dict[str, CrawlResult]
    failures: dict[str, KazcorpusError]
    """Why a source was not crawled to its end; the same call goes on with it."""

    def require(self) -> dict[str, CrawlResult]:
        """The results. Raises the first failure if there is any."""
        for failure in self.failures.values():
            raise failure
        return self.results


def crawl_sources(
    workspace: Workspace,
    names: Sequence[str],
    options: CrawlOptions,
    runner: Runner,
    say: Callable[[str], None] | None = None,
) -> dict[str, CrawlResult]:
    """The same as `crawl_each`, and raise the first failure once all sources have ended."""
    return crawl_each(workspace, names, options, runner, say).require()


def crawl_each(
    workspace: Workspace,
    names: Sequence[str],
    options: CrawlOptions,
    runner: Runner,
    say: Callable[[str], None] | None = None,
    progress_of: Callable[[str], Progress] | None = None,
) -> Crawled:
    """Crawl the named sources, each into its own folder; a crawl that was killed goes on.

    Sources of one host wait for one another, also those of other processes; `say` is told of it.
    `progress_of` gives each source somebody to report its pages to.
    One that fails, or that somebody else crawls, does not stop the others. Raises NotFound for a
    name that no source file has, with the nearest one there is.
    """
    named = [NamedSource(name=name, source=load(workspace, name)) for name in dict.fromkeys(names)]
    patience = Patience(seconds=ENDLESS, say=say) if say else Patience(seconds=ENDLESS)
    run = partial(
        _end,
        workspace=workspace,
        options=options,
        patience=patience,
        progress_of=progress_of or (lambda _: silent),
    )
    ends = dict(zip([one.name for one in named], runner.map("crawl", run, named), strict=True))
    return Crawled(
        results={name: end for name, end in ends.items() if isinstance(end, CrawlResult)},
        failures={name: end for name, end in ends.items() if isinstance(end, KazcorpusError)},
    )


def hosts_of(source: Source, proxy: str | None = None) -> set[str]:
    """The hosts that a source's file names; behind a proxy they are that proxy's."""
    discover, urls = source.discover, source.urls
    named = (*discover.sitemaps, *discover.feeds, *discover.listings, *urls.shown)
    # www.sait.kz and sait.kz are one host to the spider's pacing too
    hosts = {host_of(url).removeprefix("www.") for url in named}
    return {f"{proxy} {host}" for host in hosts} if proxy else hosts


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
        folder=unfinished[-1] if unfinished else _new(workspace.archive / source.id),
        previous=finished[-1] if finished else None,
        yields=host_yields(workspace, source.id),
    )


def _new(folder: Path) -> Path:
    return folder / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def _end(named: NamedSource, **how: Any) -> CrawlResult | KazcorpusError:
    """The result of a crawl, or why there is none."""
    try:
        return _run(named, **how)
    except KazcorpusError as error:
        return error


def _run(
    named: NamedSource,
    *,
    workspace: Workspace,
    options: CrawlOptions,
    patience: Patience,
    progress_of: Callable[[str], Progress],
) -> CrawlResult:
    source = named.source
    with crawling(workspace, source.id), asking(hosts_of(source, options.proxy), patience):
        job = _job(workspace, source)
        result = crawl(
            source,
            job.folder,
            replace(options, yields=job.yields),
            progress_of(source.id),
            previous=job.previous,
        )
        History.of(workspace, source.id).enter(job.folder.name, measures_of_crawl(result))
        write_text(job.folder / FINISHED, f"{result.finish_reason}\n")
    return result
