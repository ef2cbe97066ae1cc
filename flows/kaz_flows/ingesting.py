"""From archives that others made to this workspace's archive."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from kaz_crawlers.ingest import IngestReport, ingest_warc
from kaz_crawlers.source import load_source, source_named
from kaz_datasets.errors import BadConfiguration, NotFound
from kaz_datasets.record import KINDS, RIGHTS_BASES
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.workspace import Workspace
from kaz_flows.crawling import source_folders
from kaz_flows.lock import exclusive


def stated_facts(
    workspace: Workspace, source: str, *, kind: str, basis: str, licence: str | None
) -> SourceFacts:
    """What is known of a source: its source file where there is one, else what the caller says.

    Raises BadConfiguration for a kind or a basis that does not exist.
    """
    try:
        return load_source(source_named(source, source_folders(workspace))).facts()
    except NotFound:
        pass
    for name, value, known in (("kind", kind, KINDS), ("rights", basis, RIGHTS_BASES)):
        if value not in known:
            raise BadConfiguration(f"--{name} {value!r} is not one of {', '.join(known)}")
    return SourceFacts(id=source, name=source, kind=kind, basis=basis, licence=licence)


def ingest_archives(
    workspace: Workspace, files: Sequence[Path], facts: SourceFacts
) -> IngestReport:
    """Copy archives into the workspace, in a crawl folder named after what they are."""
    names = "\n".join(sorted(path.name for path in files))
    crawl = f"ingest-{hashlib.sha256(names.encode()).hexdigest()[:12]}"
    with exclusive(workspace):
        return ingest_warc(files, workspace.archive / facts.id / crawl, facts)
