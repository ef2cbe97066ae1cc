"""`kazcorpus health`: each source beside its own history, what is held back, what is wrong."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table


@click.group()
def health() -> None:
    """Show which sources and what else needs somebody; let a crawl that was held back in."""


@health.command(epilog=example("kazcorpus health show --workspace my-corpus"))
@workspace_option
@json_option
@click.pass_context
def show(context: click.Context, folder: Path, as_json: bool) -> None:
    """Show the last crawl of each source beside its history, and every alarm.

    A crawl with a measure outside the band of the crawls before it (five or more) is held back from
    releases. Ends with 1 while there is an alarm, for a monitor.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.health.alarms import alarms
    from kaz_flows.health.table import health_rows

    workspace = Workspace.open(folder)
    rows = list(health_rows(workspace))
    found = list(alarms(workspace))
    if as_json:
        print_json({"sources": rows, "alarms": [asdict(alarm) for alarm in found]})
    else:
        columns = ("source", "crawls", "last", *("pages", "errors", "page_bytes"), "language")
        names = (*columns, "kept", "state")
        print_table("Sources", names, [tuple(str(row[name]) for name in names) for row in rows])
        for alarm in found:
            click.echo(alarm.sentence)
    context.exit(int(bool(found)))


@health.command(
    "let-in",
    epilog=example(
        'kazcorpus health let-in demo-news 20260131T020000Z --why "the site was rebuilt"'
    ),
)
@click.argument("source")
@click.argument("crawl")
@click.option("--why", required=True, help="What you saw; kept with the crawl.")
@workspace_option
def let_in(source: str, crawl: str, why: str, folder: Path) -> None:
    """Let a crawl that was held back into releases; the next build takes it in."""
    from kaz_datasets.workspace import Workspace
    from kaz_flows.health.history import History

    History.of(Workspace.open(folder), source).let_in(crawl, why)
    click.echo(f"{source}/{crawl} is let in; next: `kazcorpus build`")
