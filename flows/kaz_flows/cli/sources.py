"""`kazcorpus sources`: the websites that are known, and what is doubtful about them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final

import click

from kaz_datasets.vocabulary import KINDS
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table
from kaz_flows.cli.sources_online import new, record

if TYPE_CHECKING:
    from kaz_crawlers.packs import Pack
    from kaz_crawlers.problems import Problem
    from kaz_crawlers.source_table import SourceRow


WIDE: Final = 100
"""Columns of a terminal in which the whole table stands without breaking words."""


@click.group()
def sources() -> None:
    """Look at the known websites and add another."""


sources.add_command(new)
sources.add_command(record)


@sources.command("list", epilog=example("kazcorpus sources list --kind law"))
@click.option("--kind", type=click.Choice(KINDS), help="Only sources of this kind.")
@workspace_option
@json_option
def list_sources(kind: str | None, folder: Path, as_json: bool) -> None:
    """List the known sources: the workspace's own, those of installed packs, the package's."""
    from kaz_crawlers.packs import installed_packs
    from kaz_crawlers.source_files import find_sources
    from kaz_crawlers.source_table import source_rows
    from kaz_flows.source_choice import own_folders

    packs = installed_packs()
    rows = source_rows(find_sources(own_folders(folder), packs).values())
    chosen = [row for row in rows if kind in (None, row.kind) or row.broken]
    broken = [pack for pack in packs if pack.broken]
    if as_json:
        names = {pack.name: pack.broken for pack in broken}
        print_json({"sources": [asdict(row) for row in chosen], "broken_packs": names})
    else:
        _show(chosen, broken)


def _show(rows: Sequence[SourceRow], broken: Sequence[Pack]) -> None:
    from kaz_crawlers.source_files import BUILTIN

    columns = ["id", "kind", "host", "basis", "checked"]
    if sys.stdout.isatty() and get_terminal_size().columns < WIDE:
        columns.remove("host")  # which the id says nearly as well
    if any(row.origin != BUILTIN for row in rows):
        columns.append("origin")
    whole = [row for row in rows if not row.broken]
    cells = [[str(getattr(row, column)) for column in columns] for row in whole]
    print_table(f"{len(whole)} sources", columns, cells)
    for row in rows:
        if row.broken:
            click.echo(f"{row.id} cannot be used: {row.broken}", err=True)
    for pack in broken:
        click.echo(f"the pack {pack.name} cannot be used: {pack.broken}", err=True)


@sources.command(epilog=example("kazcorpus sources check sources/sait-kz.toml"))
@click.argument("targets", nargs=-1, metavar="[ID|FILE]...")
@workspace_option
@json_option
def check(targets: tuple[str, ...], folder: Path, as_json: bool) -> None:
    """Check source files without the network; all that are known if none is named.

    Exit code 1 if there is an error; warnings ask for a second look, and are only counted
    where no source is named.
    """
    from kaz_crawlers.source_check import check_file
    from kaz_flows.source_choice import chosen_files

    paths = chosen_files(targets, folder)
    stems = Counter(path.stem for path in paths)
    found = {path.stem if stems[path.stem] == 1 else str(path): check_file(path) for path in paths}
    if as_json:
        print_json({name: [asdict(item) for item in items] for name, items in found.items()})
    elif targets:
        for name, items in found.items():
            click.echo("\n".join(f"{name}: {item}" for item in items) or f"{name}: sound")
    else:
        _summarise(found)
    _fail_on_errors(found)


def _summarise(found: dict[str, list[Problem]]) -> None:
    """The errors of all sources, and how many have anything else."""
    bad = {name: [item for item in items if item.level == "error"] for name, items in found.items()}
    for name, items in bad.items():
        for item in items:
            click.echo(f"{name}: {item}")
    errors = sum(map(bool, bad.values()))
    doubtful = sum(map(bool, found.values())) - errors
    click.echo(
        f"{len(found)} sources: {errors} with errors, {doubtful} with warnings"
        " (`kazcorpus sources check ID` shows them)"
    )


def _fail_on_errors(found: dict[str, list[Problem]]) -> None:
    from kaz_datasets.errors import Failed

    bad = [name for name, items in found.items() if any(item.level == "error" for item in items)]
    if bad:
        raise Failed(f"errors in {', '.join(bad)}: mend the keys that are named, then check again")


@sources.command(epilog=example("kazcorpus sources docs --output docs"))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs"),
    show_default=True,
    help="The folder for sources.md and sources-format.md.",
)
def docs(output: Path) -> None:
    """Write the pages about the package's sources and about the keys of a source file."""
    from kaz_flows.source_pages import write_pages

    for path in write_pages(output):
        click.echo(path)
