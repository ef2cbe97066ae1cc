"""`kazcorpus ingest wikimedia`, `oai`, `pdf`, `text`, `jsonl`: texts that others made plain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kaz_flows.cli.fetching import unchecked_option
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from kaz_crawlers.inputs.oai import OaiOptions
    from kaz_crawlers.inputs.provenance import Provenance
    from kaz_crawlers.inputs.text_archive import TextIngestReport
    from kaz_datasets.workspace import Workspace

FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)


def provenance_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the texts come from, for what the files themselves do not say."""
    options = (
        click.option("--source", help="Id of the source."),
        click.option("--rights", help="Why the texts may be used, as `open-licence`."),
        click.option("--licence", help="SPDX identifier or address of the licence."),
        click.option("--kind", help="What the source publishes, as `culture`."),
        click.option("--name", help="The source's name, for people."),
        click.option("--homepage", help="Address under which texts without one are named."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(
    epilog=example(
        "kazcorpus ingest wikimedia kkwiki-latest-pages-articles.xml.bz2 --source kk-wikipedia"
    )
)
@click.argument("dumps", nargs=-1, required=True, type=FILE, metavar="DUMP...")
@click.option("--source", default="kk-wikipedia", show_default=True, help="Id of the source.")
@click.option("--kind", default="encyclopedia", show_default=True)
@click.option("--licence", default="CC-BY-SA-4.0", show_default=True, help="Of the texts.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@workspace_option
@json_option
def wikimedia(
    dumps: tuple[Path, ...],
    source: str,
    kind: str,
    licence: str,
    workers: int,
    folder: Path,
    as_json: bool,
) -> None:
    """Take in dumps of Wikipedia, Wikisource or Wiktionary.

    XML (.xml, .bz2, .gz, whole or in parts) or the HTML dumps of Wikimedia Enterprise (.ndjson,
    .tar.gz). Articles only: redirects and lists of meanings are skipped.
    """
    from kaz_crawlers.inputs.wikimedia import WikimediaOptions
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import ingest_wikimedia, stated_facts

    workspace = Workspace.open(folder)
    facts = stated_facts(workspace, source, kind=kind, basis="open-licence", licence=licence)
    options = WikimediaOptions(workers=workers, licence=licence)
    with progress_bar() as progress:
        report = ingest_wikimedia(workspace, dumps, facts, options, progress)
    _show(report, as_json)


@click.command(
    epilog=example(
        "kazcorpus ingest oai enu-kz --unchecked\n"
        "kazcorpus ingest oai https://journal.example/index.php/j/oai --source j-kz"
    )
)
@click.argument("target", metavar="URL|SOURCE")
@click.option("--source", help="Id of the source, where the address of a journal is given.")
@click.option("--kind", default="science", show_default=True, help="What the source publishes.")
@click.option("--rights", default="unclear", show_default=True, help="Why it may be used.")
@click.option("--licence", help="Of records that state none themselves.")
@click.option("--from", "records_from", help="Only records changed since this day (2026-01-31).")
@click.option("--until", help="Only records changed until this day.")
@click.option("--set", "part", help="Only this set of the server.")
@unchecked_option
@workspace_option
@json_option
def oai(
    target: str,
    source: str | None,
    kind: str,
    rights: str,
    licence: str | None,
    records_from: str | None,
    until: str | None,
    part: str | None,
    unchecked: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Harvest Kazakh titles and abstracts over OAI-PMH: one journal, or all of a source.

    Addresses of full texts go to fulltext.txt beside the archive. kazcorpus.toml must say who
    asks (`[crawl] contact`).
    """
    from kaz_crawlers.inputs.oai import OaiOptions
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import client_options, ingest_oai, stated_facts

    workspace = Workspace.open(folder)
    options = OaiOptions(records_from=records_from, until=until, part=part)
    if "://" not in target:
        _harvest_source(workspace, target, options, unchecked=unchecked, as_json=as_json)
        return
    if source is None:
        raise click.UsageError("a journal given by its address needs --source, the id it goes by.")
    facts = stated_facts(workspace, source, kind=kind, basis=rights, licence=licence)
    with progress_bar() as progress:
        client = client_options(workspace)
        report = ingest_oai(workspace, target, facts, options, client, progress)
    _show(report, as_json)


def _harvest_source(
    workspace: Workspace, name: str, options: OaiOptions, *, unchecked: bool, as_json: bool
) -> None:
    from kaz_datasets.errors import Failed
    from kaz_flows.ingesting import client_options
    from kaz_flows.journals import harvest_journals, source_of_journals

    source = source_of_journals(workspace, name, unchecked=unchecked)
    with progress_bar() as progress:
        harvest = harvest_journals(workspace, source, options, client_options(workspace), progress)
    if as_json:
        journals = {url: _counts(report) for url, report in harvest.reports.items()}
        print_json({"journals": journals, "failed": harvest.failures})
    else:
        rows = [(url, r.account.entered, r.account.kept) for url, r in harvest.reports.items()]
        print_table(name, ("journal", "records in", "texts written"), rows)
        for url, reason in harvest.failures.items():
            click.echo(f"{url}: {reason}", err=True)
    if harvest.failures:
        raise Failed(
            f"{len(harvest.failures)} of {len(source.discover.oai)} journals gave nothing;"
            " the same command asks them again"
        )


@click.command(
    epilog=example("kazcorpus ingest text books/ --source auyl-kitapkhana --rights permission")
)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE|FOLDER...",
)
@provenance_options
@workspace_option
@json_option
def text(paths: tuple[Path, ...], folder: Path, as_json: bool, **stated: str | None) -> None:
    """Take in plain text files in UTF-8, and every .txt of a folder.

    A file may begin with a header between two lines `---`: source, rights, licence, title, url,
    date, author, one `key: value` a line.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import ingest_text_files

    workspace = Workspace.open(folder)
    with progress_bar() as progress:
        report = ingest_text_files(workspace, paths, _provenance(stated), progress)
    _show(report, as_json)


@click.command(
    epilog=example(
        "kazcorpus ingest pdf journals/ --source kitap-kz --rights open-licence"
        " --licence CC-BY-4.0 --homepage https://kitap.example/"
    )
)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE|FOLDER...",
)
@provenance_options
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@workspace_option
@json_option
def pdf(
    paths: tuple[Path, ...], workers: int, folder: Path, as_json: bool, **stated: str | None
) -> None:
    """Take in the text layers of PDF files, and of every .pdf of a folder.

    Running heads, page numbers and word divisions are removed. Scanned, locked and broken files
    are counted and named in rejected.parquet beside the archive. A file is named below --homepage.
    """
    from kaz_crawlers.inputs.pdf import PdfOptions
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import ingest_pdf

    workspace = Workspace.open(folder)
    options = PdfOptions(workers=workers)
    with progress_bar() as progress:
        report = ingest_pdf(workspace, paths, _provenance(stated), options, progress)
    _show(report, as_json)


@click.command(
    epilog=example("kazcorpus ingest jsonl news.jsonl.zst --source sait-kz --rights permission")
)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@provenance_options
@workspace_option
@json_option
def jsonl(files: tuple[Path, ...], folder: Path, as_json: bool, **stated: str | None) -> None:
    """Take in JSON lines (.jsonl, .gz, .bz2, .zst): an object with `text` a line.

    Optional keys: url, title, date, author, licence, language. Lines that cannot be read are
    counted and named in rejected.parquet beside the archive.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import ingest_jsonl

    workspace = Workspace.open(folder)
    with progress_bar() as progress:
        report = ingest_jsonl(workspace, files, _provenance(stated), progress)
    _show(report, as_json)


def _provenance(stated: dict[str, str | None]) -> Provenance:
    from kaz_crawlers.inputs.provenance import Provenance

    return Provenance(**stated)


def _counts(report: TextIngestReport) -> dict[str, Any]:
    counts = report.account.to_json()
    return {"archive": str(report.folder), "done_before": report.skipped} | {
        key: counts[key] for key in ("in", "kept", "dropped")
    }


def _show(report: TextIngestReport, as_json: bool) -> None:
    account = report.account
    if as_json:
        print_json(_counts(report))
        return
    rows: list[tuple[str, int]] = [("records in", account.entered)]
    rows += [(f"skipped: {rule}", -count) for rule, count in account.dropped.items()]
    print_table(str(report.folder), ("what", "count"), [*rows, ("texts written", account.kept)])
    click.echo("taken in before" if report.skipped else "next: `kazcorpus build`")
