"""All the journals that one source file names, harvested one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kaz_crawlers.source import Source
from kaz_datasets.errors import BadConfiguration, Failed
from kaz_datasets.progress import Progress, silent
from kaz_datasets.workspace import Workspace
from kaz_flows.crawling import load
from kaz_flows.ingesting import ingest_oai

if TYPE_CHECKING:
    from kaz_crawlers.inputs.guarded_http import ClientOptions
    from kaz_crawlers.inputs.oai import OaiOptions
    from kaz_crawlers.inputs.text_archive import TextIngestReport


@dataclass(frozen=True, kw_only=True)
class Harvest:
    """What came of the journals of a source."""

    reports: dict[str, TextIngestReport] = field(default_factory=dict)
    """By address."""
    failures: dict[str, str] = field(default_factory=dict)
    """Why an address gave nothing; the same call asks it again."""


def source_of_journals(workspace: Workspace, name: str, *, unchecked: bool) -> Source:
    """The source called `name`, if it names journals and may be asked.

    Raises NotFound, and BadConfiguration where there is nothing to harvest or nobody has looked.
    """
    source = load(workspace, name)
    if not source.discover.oai:
        raise BadConfiguration(
            f"{name} names no OAI-PMH address (discover.oai): give the address of the journal"
        )
    if not unchecked:
        source.require_checked()
    return source


def harvest_journals(
    workspace: Workspace,
    source: Source,
    options: OaiOptions,
    client: ClientOptions,
    progress: Progress = silent,
) -> Harvest:
    """Harvest each journal of `source`; one that fails does not stop the others."""
    harvest = Harvest()
    for url in source.discover.oai:
        try:
            report = ingest_oai(workspace, url, source.facts(), options, client, progress)
        except Failed as failure:
            harvest.failures[url] = str(failure)
        else:
            harvest.reports[url] = report
    return harvest
