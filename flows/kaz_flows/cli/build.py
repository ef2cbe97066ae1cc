"""`kazcorpus build` and `release`: from the archive to a release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaz_flows.cli.options import (
    example,
    json_option,
    open_workspace,
    scratch_option,
    shared_workspace_option,
)
from kaz_flows.cli.show import print_funnel, print_json, progress_bar

if TYPE_CHECKING:
    from kaz_datasets.workspace import Workspace

version_option = click.option(
    "--version", "version", help="The release's number; by default the one in kazcorpus.toml."
)


engine_option = click.option(
    "--engine",
    default="local",
    show_default=True,
    metavar="ADDRESS",
    help="Where to work: local, or a cluster's scheduler, dask://HOST:PORT or dask+tls://HOST:PORT.",
)


@click.command(epilog=example("kazcorpus build --workspace my-corpus"))
@shared_workspace_option
@scratch_option
@version_option
@engine_option
@json_option
def build(
    folder: str, scratch: Path | None, version: str | None, engine: str, as_json: bool
) -> None:
    """Clean, deduplicate and write a release from everything in the archive.

    What an earlier run finished is not done again; a build that was killed goes on. While
    `kazcorpus up` runs for the workspace, the build is seen in the Prefect UI.
    """
    _build(open_workspace(folder, scratch), version, engine, as_json)


@click.command(epilog=example("kazcorpus release --workspace my-corpus"))
@shared_workspace_option
@scratch_option
@click.option(
    "--version", "version", help="The release's number; by default the one that what changed needs."
)
@engine_option
@json_option
def release(
    folder: str, scratch: Path | None, version: str | None, engine: str, as_json: bool
) -> None:
    """Write the next release: a patch, minor or major one, by what changed since the newest.

    A minor release leaves published files alone and adds files of new and of removed rows; a major
    one writes all anew. A number that hides what changed is refused. What is missing of the build
    is done first.
    """
    from kaz_flows.build import NEXT

    _build(open_workspace(folder, scratch), version or NEXT, engine, as_json)


def _build(workspace: Workspace, version: str | None, engine: str, as_json: bool) -> None:
    from kaz_flows.configuration import Configuration
    from kaz_flows.execution import run_build

    configuration = Configuration.of(workspace)
    with progress_bar() as progress:
        result = run_build(workspace, configuration, version, progress, engine)
    if as_json:
        stages = {name: account.to_json() for name, account in result.funnel}
        print_json(
            {
                "version": result.version,
                "why": result.why,
                "cleaned_again": result.cleaned_again,
                "release": str(result.release),
                "crawl": result.crawled.to_json(),
                "stages": stages,
                "seconds": result.seconds,
                "done": result.done,
                "skipped": result.skipped,
            }
        )
        return
    print_funnel(f"Release {result.version}", result)
    for change in result.cleaned_again:
        click.echo(f"cleaned again, for {change}")
    if result.why:
        click.echo(f"{result.version}, because: {result.why}")
    click.echo(f"{result.release}\n{result.done} steps, {result.skipped} done before")
