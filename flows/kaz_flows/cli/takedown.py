"""`kazcorpus takedown`: remove what somebody asked to have removed, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from kaz_datasets.errors import BadConfiguration
from kaz_flows.cli.options import EXISTING_FILE, example, json_option, workspace_option
from kaz_flows.cli.served import served
from kaz_flows.cli.show import print_json, print_table

if TYPE_CHECKING:
    from kaz_datasets.takedown.request import By
    from kaz_flows.takedown import TakedownReport


@click.group()
def takedown() -> None:
    """Remove texts on request, and show what was removed."""


takedown.add_command(served)


@takedown.command(
    epilog=example(
        "kazcorpus takedown add --url https://sait.kz/makala/7 --requester person"
        ' --reason "personal data"\n'
        "kazcorpus takedown add --text excerpt.txt --requester author"
        ' --reason "asked by its author" --look-only'
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
@click.option(
    "--copies",
    type=click.Choice(["go", "stay"]),
    help="Near-copies on other pages [default: go; with --host: stay].",
)
@click.option("--look-only", is_flag=True, help="Show what would go, and change nothing.")
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
    copies: Literal["go", "stay"] | None,
    look_only: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Enter a takedown: payloads in the archive are erased, documents and rows removed.

    Neither the documents nor near-copies of them can come back by another crawl. The next release
    leaves the rows out, and out of published files. Earlier releases that hold them are listed;
    `takedown served` finds them wherever they were published.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.takedown import Request, take_down

    by, value = _target(url, host, name, text)
    request = Request(
        by=by,
        value=value,
        reason=reason,
        requester=requester,
        date=date or datetime.now(UTC).date().isoformat(),
        with_copies=None if copies is None else copies == "go",
    )
    report = take_down(Workspace.open(folder), request, look_only=look_only)
    if as_json:
        print_json(_as_json(report))
    else:
        _show(report, look_only=look_only)


def _as_json(report: TakedownReport) -> dict[str, Any]:
    return {
        "number": report.takedown.number,
        "documents": len(report.takedown.ids),
        "copies": len(report.takedown.copies),
        "addresses": list(report.addresses),
        "erased": report.erased,
        "holding": report.holding,
    }


def _show(report: TakedownReport, *, look_only: bool) -> None:
    met = f"{len(report.takedown.ids)} documents, {len(report.takedown.copies)} near-copies of them"
    if look_only:
        click.echo(f"would go: {met}")
        print_table("Documents", ("address",), [(address,) for address in report.addresses])
    else:
        click.echo(
            f"takedown {report.takedown.number}: {met}, {report.erased} records of the archive"
            " erased; next: `kazcorpus release`, publish it, `kazcorpus takedown served`"
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
        (
            entry.number,
            entry.date,
            entry.requester,
            entry.target.by,
            len(entry.ids),
            len(entry.copies) if entry.with_copies else "stay",
            entry.reason,
        )
        for entry in register.public()
    ]
    heads = ("number", "date", "asked by", "by", "documents", "near-copies", "reason")
    print_table("Takedowns", heads, rows)
