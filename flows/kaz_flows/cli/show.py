"""What people see: tables on stdout, progress bars on stderr when that is a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from kaz_datasets.progress import Progress, silent
from kaz_flows.funnel import funnel_lines

if TYPE_CHECKING:
    from kaz_flows.build import BuildResult


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on one line, Cyrillic as Cyrillic."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
    """A table; numbers stand on the right. Colour follows the terminal and NO_COLOR."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], int) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        # as plain text: `[crawl]` is no markup here
        table.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 100).print(table)


def print_funnel(title: str, result: BuildResult) -> None:
    """What came in, what each rule dropped, what was kept."""
    rows = [(line.stage, line.what, line.count) for line in funnel_lines(result)]
    print_table(title, ("stage", "what", "count"), rows)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar for each stage on stderr, or nothing where no person looks at it."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def show(done: int, total: int | None, unit: str) -> None:
            if unit not in tasks:
                tasks[unit] = bars.add_task(unit, total=total)
            bars.update(tasks[unit], completed=done, total=total)

        yield show
