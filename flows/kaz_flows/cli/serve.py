"""`kazcorpus up`, `hub`, `site`: what runs on loopback until it is stopped with Ctrl-C."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from kaz_flows.cli.options import example, workspace_option


@click.command(epilog=example("kazcorpus up --workspace my-corpus"))
@workspace_option
@click.option("--port", type=click.IntRange(1, 65535), default=4200, show_default=True)
def up(folder: Path, port: int) -> None:
    """Run the Prefect server and UI of a workspace; builds and crawls are then seen in it."""
    from kaz_datasets.workspace import Workspace
    from kaz_flows.server import started_server

    workspace = Workspace.open(folder)
    with started_server(workspace, port) as server:
        click.echo(f"Prefect UI of {workspace.root}: {server.url} (Ctrl-C stops it)")
        _until_stopped()


@click.command(epilog=example("kazcorpus hub --workspace demo"))
@workspace_option
@click.option("--port", type=click.IntRange(1, 65535), default=8750, show_default=True)
@click.option("--token", envvar="HF_TOKEN", default="local", help="The token that may write.")
def hub(folder: Path, port: int, token: str) -> None:
    """Run the loopback Hub of a workspace, for work without a network."""
    from kaz_datasets.hub import serve
    from kaz_datasets.workspace import Workspace

    workspace = Workspace.open(folder)
    with serve(workspace.root / "hub", port=port, tokens={token: "write"}) as running:
        click.echo(
            f"Hub on {running.url} (Ctrl-C stops it); clients find it with\n"
            f"  export HF_ENDPOINT={running.url} HF_HUB_DISABLE_XET=1"
        )
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
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
