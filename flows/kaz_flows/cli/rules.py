"""`kazcorpus rules`: other thresholds of quality over rows that are there, without a new pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaz_flows.cli.options import EXISTING_FILE, example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table

if TYPE_CHECKING:
    from kaz_cleaning.rules import Range
    from kaz_cleaning.second_thoughts import Trial


@click.command(
    epilog=example(
        "kazcorpus rules --workspace my-corpus --preset fineweb2\n"
        "kazcorpus rules --range words=100.. --range duplicate-lines=..0.1 release/data/*.parquet"
    )
)
@click.argument("files", nargs=-1, type=EXISTING_FILE, metavar="[FILE]...")
@workspace_option
@click.option("--preset", default="kazakh", show_default=True, help="The set of rules to ask.")
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar="MEASURE=LEAST..MOST",
    help="Another range for one measure; either end may be left out. May be repeated.",
)
@json_option
def rules(
    files: tuple[Path, ...], folder: Path, preset: str, ranges: tuple[str, ...], as_json: bool
) -> None:
    """Show what other rules of quality would drop, from the values that the rows keep.

    Reads the documents of the workspace, or FILEs: any Parquet files of documents, as those of a
    release. Nothing is changed; write what you like into [clean] of kazcorpus.toml.
    """
    from kaz_cleaning.rules import RulesConfig
    from kaz_cleaning.second_thoughts import try_rules
    from kaz_datasets.workspace import Workspace

    config = RulesConfig(preset=preset, ranges=dict(map(_range, ranges)))
    documents, rejected = list(files), list[Path]()
    if not files:
        found = sorted(Workspace.open(folder).documents.rglob("*.parquet"))
        rejected = [path for path in found if path.parent.name == "rejected"]
        documents = [path for path in found if path.parent.name != "rejected"]
    trial = try_rules(documents, rejected, config)
    if as_json:
        print_json(trial.to_json())
    else:
        _show(trial)


def _range(stated: str) -> tuple[str, Range]:
    from kaz_cleaning.rules import Range

    name, equals, limits = stated.partition("=")
    least, dots, most = limits.partition("..")
    try:
        if not equals or not dots:
            raise ValueError
        return name, Range(
            least=float(least) if least else Range.least, most=float(most) if most else Range.most
        )
    except ValueError:
        raise click.BadParameter(
            f"{stated!r} is no range: write MEASURE=LEAST..MOST, as words=100.. or digits=..0.2",
            param_hint="--range",
        ) from None


def _show(trial: Trial) -> None:
    rows = [
        (kind, rule, count)
        for kind in sorted(trial.dropped)
        for rule, count in trial.dropped[kind].most_common()
    ]
    title = f"{trial.kept:,} of {trial.documents.total():,} documents would stay; dropped:"
    print_table(title, ("kind", "rule", "documents"), rows)
    if trial.regained:
        back = list(trial.regained.most_common())
        print_table("Rejected, and its rule would hold now", ("rule", "documents"), back)
