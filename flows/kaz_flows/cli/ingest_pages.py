"""`kazcorpus ingest warc` and `common-crawl`: pages that others fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from kaz_crawlers.ingest import IngestReport
    from kaz_datasets.account import Account

S3 = click.option(
    "--anonymous", is_flag=True, help="Read s3:// without signing, as public buckets want it."
)
RIGHTS_HELP = "Why the text may be used; rows with `unclear` rights are built but never published."


def _named(
    context: click.Context, parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Paths that are there, and addresses, which are asked later."""
    missing = [name for name in names if "://" not in name and not Path(name).is_file()]
    if missing:
        raise click.BadParameter(f"there is no file {missing[0]!r}: name files or addresses")
    return names


@click.command(
    epilog=example(
        "kazcorpus ingest warc crawl-0001.warc.gz --source sait-kz --kind law"
        " --rights public-domain"
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE|ADDRESS...", callback=_named)
@click.option("--source", default="ingested", show_default=True, help="Id of the source.")
@click.option("--kind", default="other", show_default=True, help="What the source publishes.")
@click.option("--rights", default="unclear", show_default=True, help=RIGHTS_HELP)
@click.option("--licence", help="SPDX identifier or address of the licence.")
@S3
@workspace_option
@json_option
def warc(
    files: tuple[str, ...],
    source: str,
    kind: str,
    rights: str,
    licence: str | None,
    anonymous: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Take WARC or ARC files into the archive; damaged records are named and passed over.

    A file is a path, or an address that begins with https://, http:// or s3://. What is fetched
    goes on where it broke off; kazcorpus.toml must then say who asks (`[crawl] contact`).
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import ingest_archives, stated_facts
    from kaz_flows.ingesting_pages import local_archives, ranges_for

    workspace = Workspace.open(folder)
    facts = stated_facts(workspace, source, kind=kind, basis=rights, licence=licence)
    with progress_bar() as progress:
        paths = local_archives(workspace, files, ranges_for(workspace, _s3(anonymous)), progress)
    report = ingest_archives(workspace, paths, facts)
    _show_archives(report, as_json, unclear=facts.basis == "unclear")


@click.command(
    name="common-crawl",
    epilog=example(
        "kazcorpus ingest common-crawl part-00000.c000.gz.parquet --host kz"
        " --rights text-and-data-mining"
    ),
)
@click.argument("index", nargs=-1, required=True, metavar="FILE|ADDRESS...", callback=_named)
@click.option("--language", default="kaz", show_default=True, help="ISO 639-3 code to look for.")
@click.option("--host", "hosts", multiple=True, help="Only this host and those below it.")
@click.option("--limit", type=click.IntRange(1), help="The first so many pages only.")
@click.option(
    "--root",
    default="https://data.commoncrawl.org/",
    show_default=True,
    help="Where the WARC files lie that the index names: an address or a folder.",
)
@click.option("--pages-an-archive", type=click.IntRange(1), default=500, show_default=True)
@click.option("--source", default="common-crawl", show_default=True, help="Id of the source.")
@click.option("--kind", default="other", show_default=True, help="What the source publishes.")
@click.option("--rights", default="unclear", show_default=True, help=RIGHTS_HELP)
@S3
@workspace_option
@json_option
def common_crawl(
    index: tuple[str, ...],
    language: str,
    hosts: tuple[str, ...],
    limit: int | None,
    root: str,
    pages_an_archive: int,
    source: str,
    kind: str,
    rights: str,
    anonymous: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Take pages in one language out of Common Crawl.

    INDEX are Parquet files of its columnar index, by path or address. Each page is one request for
    a stretch of a WARC file, two seconds apart; give files of the subset `robotstxt` too, and
    owners' rules of that time are obeyed. Finished archives stay when the work is cut off.
    """
    from kaz_crawlers.inputs.columnar_index import IndexQuery
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import stated_facts
    from kaz_flows.ingesting_pages import CommonCrawlJob, ingest_common_crawl, ranges_for, summed

    workspace = Workspace.open(folder)
    facts = stated_facts(workspace, source, kind=kind, basis=rights, licence=None)
    job = CommonCrawlJob(
        index=index,
        query=IndexQuery(language=language, hosts=hosts, limit=limit),
        root=root.rstrip("/") + "/",
        pages_of_archive=pages_an_archive,
    )
    with progress_bar() as progress:
        ranges = ranges_for(workspace, _s3(anonymous))
        reports = ingest_common_crawl(workspace, job, facts, ranges, progress)
    _show_account(summed(reports), len(reports), as_json)


def _s3(anonymous: bool) -> dict[str, Any]:
    return {"anon": True} if anonymous else {}


def _show_archives(report: IngestReport, as_json: bool, *, unclear: bool) -> None:
    if as_json:
        damages = [
            {"file": damage.file, "offset": damage.offset, "reason": damage.reason}
            for damage in report.damages
        ]
        pageless = [{"file": each.file, "holds": each.reason} for each in report.pageless]
        counts = {"files": len(report.files), "pages": report.pages}
        print_json({**counts, "damaged": damages, "without_pages": pageless})
        return
    for damage in report.damages:
        click.echo(f"{damage.file}: damaged at byte {damage.offset}: {damage.reason}", err=True)
    for file in report.pageless:
        click.echo(f"{file.file}: no pages, it holds {file.reason}", err=True)
    click.echo(
        f"{len(report.files)} files, {report.pages} pages, {len(report.damages)} damaged records;"
        " next: `kazcorpus build`"
    )
    if unclear:
        click.echo(
            "kazcorpus: no right was stated (--rights), so what is built from these files can be"
            " read here but will not be published",
            err=True,
        )


def _show_account(account: Account, archives: int, as_json: bool) -> None:
    counts = account.to_json()
    if as_json:
        print_json({"archives": archives} | {key: counts[key] for key in ("in", "kept", "dropped")})
        return
    rows = [("rows of the index", account.entered)]
    rows += [(f"skipped: {rule}", -count) for rule, count in account.dropped.items()]
    print_table(f"{archives} archives", ("what", "count"), [*rows, ("pages", account.kept)])
    click.echo("next: `kazcorpus build`")
