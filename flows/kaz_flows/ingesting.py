"""From what others gathered to this workspace's archive."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaz_crawlers.ingest import IngestReport, ingest_warc
from kaz_crawlers.source import load_source
from kaz_crawlers.source_files import source_named
from kaz_datasets.errors import BadConfiguration, NotFound
from kaz_datasets.files import sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.record import KINDS, RIGHTS_BASES
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.workspace import Workspace
from kaz_flows.crawling import source_folders
from kaz_flows.lock import taking_in

if TYPE_CHECKING:
    from kaz_crawlers.inputs.guarded_http import ClientOptions
    from kaz_crawlers.inputs.oai import OaiOptions
    from kaz_crawlers.inputs.pdf import PdfOptions
    from kaz_crawlers.inputs.provenance import Provenance
    from kaz_crawlers.inputs.text_archive import Item, TextIngestReport
    from kaz_crawlers.inputs.wikimedia import WikimediaOptions

_SOURCE_ID: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


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
    folder = source_folder(workspace, facts) / crawl
    with taking_in(workspace, facts.id):
        return ingest_warc(files, folder, facts)


def ingest_wikimedia(
    workspace: Workspace,
    dumps: Sequence[Path],
    facts: SourceFacts,
    options: WikimediaOptions,
    progress: Progress = silent,
) -> TextIngestReport:
    """Take in dumps of one wiki. Raises NotFound, Corrupt."""
    from kaz_crawlers.inputs.wikimedia import read_dumps

    return ingest_texts(
        workspace,
        lambda: read_dumps(dumps, options),
        facts,
        inputs=_digests((path.name, path) for path in dumps),
        config={"input": "wikimedia", "licence": options.licence},
        progress=progress,
    )


def ingest_text_files(
    workspace: Workspace, paths: Sequence[Path], stated: Provenance, progress: Progress = silent
) -> TextIngestReport:
    """Take in plain text files and folders of them. Raises BadConfiguration, NotFound."""
    from kaz_crawlers.inputs.plain_text import find_text_files, provenance_of, read_text_files
    from kaz_crawlers.inputs.provenance import agreed

    files = find_text_files(paths)
    facts = agreed(stated, ((str(path), provenance_of(path)) for _, path in files))
    return ingest_texts(
        workspace,
        lambda: read_text_files(files, facts.homepage),
        facts,
        inputs=_digests(files),
        config={"input": "text"},
        progress=progress,
    )


def ingest_pdf(
    workspace: Workspace,
    paths: Sequence[Path],
    stated: Provenance,
    options: PdfOptions,
    progress: Progress = silent,
) -> TextIngestReport:
    """Take in the text layers of PDF files and folders of them. Raises BadConfiguration."""
    from kaz_crawlers.inputs.pdf import find_pdf_files, read_pdf_files
    from kaz_crawlers.inputs.provenance import Provenance, agreed

    files = find_pdf_files(paths)
    facts = agreed(stated, ((str(path), Provenance()) for _, path in files))
    return ingest_texts(
        workspace,
        lambda: read_pdf_files(files, facts.homepage, options),
        facts,
        inputs=_digests(files),
        config={"input": "pdf"},
        progress=progress,
    )


def ingest_jsonl(
    workspace: Workspace, files: Sequence[Path], stated: Provenance, progress: Progress = silent
) -> TextIngestReport:
    """Take in JSON lines. Raises BadConfiguration, NotFound, Corrupt."""
    from kaz_crawlers.inputs.jsonl import jsonl_provenance, read_jsonl
    from kaz_crawlers.inputs.provenance import agreed

    facts = agreed(stated, ((str(path), jsonl_provenance(path)) for path in files))
    return ingest_texts(
        workspace,
        lambda: read_jsonl(files, facts.homepage),
        facts,
        inputs=_digests((path.name, path) for path in files),
        config={"input": "jsonl"},
        progress=progress,
    )


def ingest_oai(
    workspace: Workspace,
    url: str,
    facts: SourceFacts,
    options: OaiOptions,
    client: ClientOptions,
    progress: Progress = silent,
) -> TextIngestReport:
    """Harvest a journal. Raises Failed and its kin; a harvest that failed begins anew."""
    from kaz_crawlers.inputs.guarded_http import GuardedClient
    from kaz_crawlers.inputs.oai import harvest

    return ingest_texts(
        workspace,
        lambda: harvest(url, options, GuardedClient(client)),
        facts,
        inputs={"url": url, **options.query()},
        config={"input": "oai"},
        info={"http-header-user-agent": client.user_agent},
        progress=progress,
    )


def client_options(workspace: Workspace) -> ClientOptions:
    """Who asks. Raises BadConfiguration while kazcorpus.toml does not say it."""
    from kaz_crawlers.inputs.guarded_http import ClientOptions
    from kaz_flows.configuration import Configuration

    contact = Configuration.of(workspace).crawl.contact
    if not contact:
        raise BadConfiguration(
            f"{workspace.configuration} does not say who asks: set `contact` in [crawl] to a page"
            " or a mailto: address where site owners reach you"
        )
    return ClientOptions(user_agent=f"kazcorpus/{version('kazcorpus')} (+{contact})")


def ingest_texts(
    workspace: Workspace,
    read: Callable[[], Iterable[Item]],
    facts: SourceFacts,
    *,
    inputs: Mapping[str, str],
    config: Mapping[str, Any],
    info: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> TextIngestReport:
    """Write documents into a crawl folder named after their inputs, unless they are there."""
    from kaz_crawlers.inputs.text_archive import TextIngest, write_text_archive

    named = repr((config.get("input"), sorted(inputs.items())))
    crawl = f"ingest-{hashlib.sha256(named.encode()).hexdigest()[:12]}"
    ingest = TextIngest(
        folder=source_folder(workspace, facts) / crawl,
        facts=facts,
        inputs=inputs,
        config=config,
        info=info or {},
    )
    with taking_in(workspace, facts.id):
        return write_text_archive(ingest, read, progress)


def source_folder(workspace: Workspace, facts: SourceFacts) -> Path:
    """Where archives of a source lie; its id may come from a file's header."""
    if not _SOURCE_ID.fullmatch(facts.id):
        raise BadConfiguration(
            f"{facts.id!r} cannot be the id of a source: use small Latin letters, digits and dashes"
        )
    return workspace.archive / facts.id


def _digests(files: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """Digest of each file by its place and name, so that two of one name are two."""
    digests: dict[str, str] = {}
    for number, (name, path) in enumerate(files):
        if not path.is_file():
            raise NotFound(f"no such file: {path}")
        digests[f"{number:05}:{name}"] = sha256_of(path)
    return digests
