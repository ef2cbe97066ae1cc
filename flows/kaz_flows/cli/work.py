"""`kazcorpus init`, `crawl`: from nothing to an archive."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_flows.cli.fetching import (
    fetch_options,
    max_pages_option,
    proxy_option,
    unchecked_option,
)
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table, progress_bar


@click.command(epilog=example("kazcorpus init my-corpus --contact mailto:me@sait.kz"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--contact",
    default="",
    metavar="ADDRESS",
    help="Page or mailto: address where owners of crawled sites reach you.",
)
def init(folder: Path, contact: str) -> None:
    """Make FOLDER a workspace: write its kazcorpus.toml. One that is there is left alone."""
    from kaz_flows.configuration import make_workspace, template

    workspace = make_workspace(folder, template(contact))
    click.echo(f"{workspace.configuration} is the configuration; next: `kazcorpus crawl SOURCE`")


def _say(sentence: str) -> None:
    click.echo(f"kazcorpus: {sentence}", err=True)


@click.command(epilog=example("kazcorpus crawl demo-news --workspace my-corpus"))
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@unchecked_option
@max_pages_option
@proxy_option
@workspace_option
@json_option
def crawl(
    sources: tuple[str, ...],
    unchecked: bool,
    max_pages: int | None,
    proxy: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Fetch sources into the archive; a crawl that was stopped goes on.

    A source is one small TOML file: in the workspace's folder `sources/`, in an installed pack,
    or in the package (`kazcorpus sources list`).
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.execution import run_crawl

    workspace = Workspace.open(folder)
    options = fetch_options(workspace.root, proxy=proxy, unchecked=unchecked, max_pages=max_pages)
    with progress_bar() as progress:
        results = run_crawl(workspace, list(sources), options, progress, say=_say)
    if as_json:
        print_json({name: result.account.to_json() for name, result in results.items()})
        return
    print_table(
        "Crawled",
        ("source", "pages", "MB", "ended"),
        [
            (name, result.pages, f"{result.bytes / 1e6:.1f}", result.finish_reason)
            for name, result in results.items()
        ],
    )
    for name, result in results.items():
        if lost := result.account.dropped:
            reasons = ", ".join(f"{rule} {count:,}" for rule, count in sorted(lost.items()))
            click.echo(f"{name}: addresses without a page: {reasons}")
    click.echo("next: `kazcorpus build`")
