"""`kazcorpus sources`: the websites that are known, and how another one is added."""

from __future__ import annotations

import click

from kaz_flows.cli.options import example


@click.group()
def sources() -> None:
    """Look at the known websites and add another."""


@sources.command("list", epilog=example("kazcorpus sources list"))
def list_sources() -> None:
    """Print the id of every source that comes with the package."""
    from kaz_crawlers.source import builtin_sources, find_sources

    for name in find_sources([builtin_sources()]):
        click.echo(name)
