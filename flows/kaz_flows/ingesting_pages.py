"""Pages that others fetched, into this workspace's archive: Common Crawl, archives elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaz_datasets.account import Account, add_accounts
from kaz_datasets.errors import NotFound
from kaz_datasets.files import sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.workspace import Workspace
from kaz_flows.ingesting import client_options, ingest_texts

if TYPE_CHECKING:
    from kaz_crawlers.inputs.columnar_index import IndexQuery, IndexRow
    from kaz_crawlers.inputs.guarded_http import ClientOptions
    from kaz_crawlers.inputs.ranges import Ranges
    from kaz_crawlers.inputs.text_archive import TextIngestReport

DOWNLOADS: Final = "downloads"


@dataclass(frozen=True, kw_only=True)
class CommonCrawlJob:
    """What is taken out of Common Crawl."""

    index: tuple[str, ...]
    """Parquet files of the columnar index: paths or addresses."""
    query: IndexQuery
    root: str
    """What stands before the names of WARC files: an address or a folder, with its slash."""
    pages_of_archive: int


def ranges_for(
    workspace: Workspace,
    s3_options: Mapping[str, Any] | None = None,
    client: ClientOptions | None = None,
) -> Ranges:
    """Files by path or address; web servers learn who asks, as kazcorpus.toml says it."""
    from kaz_crawlers.inputs.guarded_http import GuardedClient
    from kaz_crawlers.inputs.ranges import AnyRanges

    return AnyRanges(lambda: GuardedClient(client or client_options(workspace)), s3_options)


def ingest_common_crawl(
    workspace: Workspace,
    job: CommonCrawlJob,
    facts: SourceFacts,
    ranges: Ranges,
    progress: Progress = silent,
) -> list[TextIngestReport]:
    """Take in the pages that a query finds, some hundred an archive; what is there is skipped.

    Raises BadConfiguration, NotFound where the index has no such page, Corrupt, Failed; then the
    archives that were finished stay, and the same command goes on.
    """
    from kaz_crawlers.inputs.columnar_index import Index

    index = Index(job.index, ranges)
    rows = index.pages(job.query)
    if not rows:
        raise NotFound(
            f"the index names no page in {job.query.language!r}: give other files of it, or ask"
            " for another language or host"
        )
    size = job.pages_of_archive
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    reports = []
    for number, part in enumerate(parts, start=1):
        reports.append(_ingest_part(workspace, job, part, facts, ranges, index))
        progress(min(number * size, len(rows)), len(rows), "pages")
    return reports


def _ingest_part(
    workspace: Workspace,
    job: CommonCrawlJob,
    rows: Sequence[IndexRow],
    facts: SourceFacts,
    ranges: Ranges,
    index: Any,
) -> TextIngestReport:
    from kaz_crawlers.inputs.common_crawl import read_pages_of

    digest = hashlib.sha256(repr([(row.file, row.offset, row.url) for row in rows]).encode())
    return ingest_texts(
        workspace,
        lambda: read_pages_of(rows, ranges, job.root, index),
        facts,
        inputs={"rows": digest.hexdigest(), **_identities(job.index, ranges)},
        config={"input": "common-crawl", "root": job.root},
        info={"description": f"pages of Common Crawl from {job.root}"},
    )


def _identities(files: Sequence[str], ranges: Ranges) -> dict[str, str]:
    """Index files by their digest, or by address and size: there they never change."""
    from kaz_crawlers.inputs.ranges import is_remote

    return {
        f"index:{number:05}": f"{name}+{ranges.size(name)}"
        if is_remote(name)
        else sha256_of(Path(name))
        for number, name in enumerate(files)
    }


def local_archives(
    workspace: Workspace,
    names: Sequence[str],
    ranges: Ranges,
    progress: Progress = silent,
) -> list[Path]:
    """Archive files by path; those that lie elsewhere are fetched into the workspace first.

    Raises BadConfiguration, NotFound, Failed; a download that broke off goes on the next time.
    """
    from kaz_crawlers.inputs.downloads import download
    from kaz_crawlers.inputs.ranges import is_remote

    paths: list[Path] = []
    for name in names:
        if is_remote(name):
            # by address, so that files of one name from two servers are two
            place = hashlib.sha256(name.encode()).hexdigest()[:12]
            folder = workspace.root / DOWNLOADS / place
            paths.append(download(name, folder, ranges, progress))
        elif Path(name).is_file():
            paths.append(Path(name))
        else:
            raise NotFound(f"no such file: {name}")
    return paths


def summed(reports: Sequence[TextIngestReport]) -> Account:
    """One account of all parts."""
    return add_accounts(report.account for report in reports)
