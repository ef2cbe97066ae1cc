"""`kazcorpus diff`: what one release changed of another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from kaz_flows.cli.options import example, json_option
from kaz_flows.cli.references import endpoint_option, release_at
from kaz_flows.cli.show import print_json, print_table

if TYPE_CHECKING:
    from kaz_datasets.release.diff import Diff, RowChanges, SettingChange


@click.command(epilog=example("kazcorpus diff releases/1.0.0 my-name/my-corpus@v1.1.0"))
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@endpoint_option
@json_option
def diff(before: str, after: str, endpoint: str | None, as_json: bool) -> None:
    """Compare two releases, each a folder or owner/name@revision on the Hub.

    Documents and words added, removed and changed (the same address, another text), by source and
    kind; settings, rules and columns that differ. Only the data is believed.
    """
    from kaz_datasets.release.diff import diff_releases

    found = diff_releases(release_at(before, endpoint), release_at(after, endpoint))
    if as_json:
        print_json(found.to_json())
        return
    _show_rows(found)
    _show_settings("Columns", found.columns)
    _show_settings("Settings", found.settings)
    _show_settings("Pages dropped by each rule", found.rules)


def _show_rows(found: Diff) -> None:
    groups: list[tuple[str, Mapping[str, RowChanges]]] = [
        ("", {"all": found.total}),
        ("source ", found.sources),
        ("kind ", found.kinds),
    ]
    rows = [_row(f"{prefix}{name}", row) for prefix, part in groups for name, row in part.items()]
    heads = ("", "added", "words", "removed", "words", "changed", "words", "words before")
    print_table(f"{found.before} → {found.after}", heads, rows)


def _row(name: str, row: RowChanges) -> list[str | int]:
    parts = (row.added, row.removed, row.changed)
    counts = [number for part in parts for number in (part.documents, part.words)]
    return [name, *counts, row.words_before]


def _show_settings(title: str, changes: tuple[SettingChange, ...]) -> None:
    if not changes:
        return
    rows = [(change.name, _said(change.before), _said(change.after)) for change in changes]
    print_table(title, ("name", "before", "after"), rows)


def _said(value: object) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
