"""`kazcorpus takedown`: remove what somebody asked to have removed, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaz_datasets.errors import BadConfiguration
from kaz_flows.cli.options import EXISTING_FILE, example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table

if TYPE_CHECKING:
    from kaz_datasets.takedown.request import By


@click.group()
def takedown() -> None:
    """Remove texts on request, and show what was removed."""


@takedown.command(
    epilog=example(
        "kazcorpus takedown add --url https://sait.kz/makala/7 --requester person"
        ' --reason "personal data"'
    )
)
@click.option("--url", help="The address of one page.")
@click.option("--host", help="All pages of a host.")
@click.option("--id", "name", help="The id of one row.")
@click.option("--text", type=EXISTING_FILE, help="A file with an excerpt; finds its documents.")
@click.option("--reason", required=True, help="In a few words, without names: it is published.")
@click.option(
    "--requester",
    required=True,
    help="Who asked: author, publisher, person, authority or maintainer; never a name.",
)
@click.option("--date", help="Of the request, as 2026-01-31; by default today.")
@workspace_option
@json_option
def add(
    url: str | None,
    host: str | None,
    name: str | None,
    text: Path | None,
    reason: str,
    requester: str,
    date: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Enter a takedown: payloads in the archive are erased, documents and rows removed.

    The next release leaves the rows out, and out of published files. Earlier releases that hold
    them are listed.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.takedown import take_down

    by, value = _target(url, host, name, text)
    day = date or datetime.now(UTC).date().isoformat()
    workspace = Workspace.open(folder)
    report = take_down(workspace, by, value, reason=reason, requester=requester, date=day)
    if as_json:
        number = report.takedown.number
        counts = {"documents": report.documents, "erased": report.erased}
        print_json({"number": number, **counts, "holding": report.holding})
        return
    click.echo(
        f"takedown {report.takedown.number}: {report.documents} documents,"
        f" {report.erased} records of the archive erased; next: `kazcorpus release`"
    )
    rows = [(version, sum(files.values())) for version, files in report.holding.items()]
    if rows:
        print_table("Releases that still hold the rows", ("release", "rows"), rows)


def _target(
    url: str | None, host: str | None, name: str | None, text: Path | None
) -> tuple[By, str]:
    excerpt = text.read_text(encoding="utf-8") if text is not None else None
    stated: list[tuple[By, str | None]] = [
        ("url", url),
        ("host", host),
        ("id", name),
        ("text", excerpt),
    ]
    given = [(by, value) for by, value in stated if value is not None]
    if len(given) != 1:
        raise BadConfiguration("say what is to go by one of --url, --host, --id and --text")
    return given[0]


@takedown.command("list", epilog=example("kazcorpus takedown list --workspace my-corpus"))
@workspace_option
@json_option
def list_takedowns(folder: Path, as_json: bool) -> None:
    """Show the takedowns of a workspace, as releases show them."""
    from kaz_datasets.takedown.register import Register
    from kaz_datasets.workspace import Workspace

    register = Register.of(Workspace.open(folder).root)
    if as_json:
        print_json({"takedowns": [entry.to_json() for entry in register.public()]})
        return
    rows = [
        (entry.number, entry.date, entry.requester, entry.target.by, len(entry.ids), entry.reason)
        for entry in register.public()
    ]
    print_table("Takedowns", ("number", "date", "asked by", "by", "documents", "reason"), rows)
