"""`kazcorpus ingest`: what others gathered becomes part of the archive."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_flows.cli.ingest_texts import jsonl, oai, text, wikimedia
from kaz_flows.cli.options import EXISTING_FILE, example, json_option, workspace_option
from kaz_flows.cli.show import print_json


@click.group()
def ingest() -> None:
    """Take in what others gathered: archives, dumps, catalogues, texts."""


for command in (wikimedia, oai, text, jsonl):
    ingest.add_command(command)


@ingest.command(
    epilog=example(
        "kazcorpus ingest warc crawl-0001.warc.gz --source sait-kz --kind law"
        " --rights public-domain"
    )
)
@click.argument("files", nargs=-1, required=True, type=EXISTING_FILE, metavar="FILE...")
@click.option("--source", default="ingested", show_default=True, help="Id of the source.")
@click.option("--kind", default="other", show_default=True, help="What the source publishes.")
@click.option(
    "--rights",
    default="unclear",
    show_default=True,
    help="Why the text may be used; rows with `unclear` rights are built but never published.",
)
@click.option("--licence", help="SPDX identifier or address of the licence.")
@workspace_option
@json_option
def warc(
    files: tuple[Path, ...],
    source: str,
    kind: str,
    rights: str,
    licence: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Copy WARC or ARC files into the archive; damaged records are named and passed over."""
    from kaz_datasets.workspace import Workspace
    from kaz_flows.ingesting import ingest_archives, stated_facts

    workspace = Workspace.open(folder)
    facts = stated_facts(workspace, source, kind=kind, basis=rights, licence=licence)
    report = ingest_archives(workspace, files, facts)
    if as_json:
        damages = [
            {"file": damage.file, "offset": damage.offset, "reason": damage.reason}
            for damage in report.damages
        ]
        print_json({"files": len(report.files), "pages": report.pages, "damaged": damages})
        return
    for damage in report.damages:
        click.echo(f"{damage.file}: damaged at byte {damage.offset}: {damage.reason}", err=True)
    click.echo(
        f"{len(report.files)} files, {report.pages} pages, {len(report.damages)} damaged records;"
        " next: `kazcorpus build`"
    )
    if facts.basis == "unclear":
        click.echo(
            "kazcorpus: no right was stated (--rights), so what is built from these files can be"
            " read here but will not be published",
            err=True,
        )
