"""`kazcorpus up`, `hub`, `site`: what runs on loopback until it is stopped; `down`, `status`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table

if TYPE_CHECKING:
    from kaz_datasets.hub.state import Right

MEND_SECONDS = 1.0
"""Between two looks at whether server and worker still run."""


@click.command(epilog=example("kazcorpus up --workspace my-corpus"))
@workspace_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=4200,
    show_default=True,
    help="Where the UI is; 0 takes a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; another than loopback needs a password.",
)
@click.option("--public-url", default="", help="Where browsers find it, behind a proxy.")
def up(folder: Path, port: int, host: str, public_url: str) -> None:
    """Run Prefect's server, the deployments and a worker for a workspace, on loopback.

    The UI then offers crawl, build, release, publish and renew as forms, and shows every run,
    those given on the command line too. Ctrl-C or `kazcorpus down` ends it.

    A password is PREFECT_SERVER_API_AUTH_STRING=user:password; other commands for this workspace
    give the same as PREFECT_API_AUTH_STRING. The server speaks HTTP: put a proxy with TLS in front
    of it before others use it.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.access import access_of
    from kaz_flows.configuration import Configuration
    from kaz_flows.operations.standing import stand

    workspace = Workspace.open(folder)
    database = Configuration.of(workspace).prefect.database
    access = access_of(
        os.environ, host=host, port=port or None, public_url=public_url, database=database
    )
    click.echo("starting Prefect's server, which takes some seconds", err=True)
    with stand(workspace, access) as keeper:
        standing = keeper.standing
        click.echo(f"Prefect UI of {workspace.root}: {standing.url} (Ctrl-C stops it)")
        click.echo(f"deployments: {', '.join(standing.deployments)}")
        sys.stdout.flush()
        stopped = _stop_signal()
        while not stopped.wait(MEND_SECONDS):
            for said in keeper.mend():
                click.echo(said, err=True)


@click.command(epilog=example("kazcorpus down --workspace my-corpus"))
@workspace_option
def down(folder: Path) -> None:
    """End the `kazcorpus up` of a workspace; runs under way go on when they are given again."""
    from kaz_datasets.workspace import Workspace
    from kaz_flows.operations.standing import take_down

    ended = take_down(Workspace.open(folder))
    click.echo(f"process {ended.pid}, which served {ended.url}, has ended")


@click.command(epilog=example("kazcorpus status --workspace my-corpus"))
@workspace_option
@json_option
def status(folder: Path, as_json: bool) -> None:
    """Say whether a workspace is up, who is at work in it, and what it holds."""
    from kaz_datasets.workspace import Workspace
    from kaz_flows.operations.overview import overview

    lines = overview(Workspace.open(folder))
    if as_json:
        print_json(lines)
        return
    print_table("Status", ("what", "is"), [(name, str(value)) for name, value in lines.items()])


@click.command(
    epilog=example("kazcorpus hub --workspace demo\nkazcorpus hub --workspace demo --xet")
)
@workspace_option
@click.option("--port", type=click.IntRange(1, 65535), default=8750, show_default=True)
@click.option("--token", envvar="HF_TOKEN", default="local", help="The token that may write.")
@click.option(
    "--xet", is_flag=True, help="Take large files as chunks (hf_xet), and store only new ones."
)
def hub(folder: Path, port: int, token: str, xet: bool) -> None:
    """Run the loopback Hub of a workspace, for work without a network."""
    from kaz_datasets.hub import serve
    from kaz_datasets.workspace import Workspace

    workspace = Workspace.open(folder)
    tokens: dict[str, Right] = {token: "write"}
    with serve(workspace.root / "hub", port=port, tokens=tokens, xet=xet) as running:
        click.echo(
            f"Hub on {running.url} (Ctrl-C stops it); clients find it with\n"
            f"  export HF_ENDPOINT={running.url} HF_HUB_DISABLE_XET={0 if xet else 1}"
        )
        sys.stdout.flush()
        _until_stopped()


@click.command(epilog=example("kazcorpus site"))
@click.option("--port", type=click.IntRange(1, 65535), default=8760, show_default=True)
def site(port: int) -> None:
    """Serve the demo's made-up web, to look at it in a browser."""
    from kaz_crawlers.demosite.server import serve

    with serve(port) as running:
        click.echo(f"{running.url} lists the hosts (Ctrl-C stops it)")
        _until_stopped()


def _until_stopped() -> None:
    _stop_signal().wait()


def _stop_signal() -> threading.Event:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
