"""`kazcorpus decontaminate`: the n-grams of evaluation sets, and documents that hold them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, print_table


@click.group()
def decontaminate() -> None:
    """Keep evaluation sets out of releases."""


@decontaminate.command(
    epilog=example("kazcorpus decontaminate add KazQAD kazqad/ --workspace my-corpus")
)
@click.argument("name")
@click.argument("texts", type=click.Path(path_type=Path, exists=True), metavar="FOLDER")
@workspace_option
@json_option
def add(name: str, texts: Path, folder: Path, as_json: bool) -> None:
    """Hash the n-grams of all JSONL files in FOLDER; only the hashes are kept.

    Releases that are made after it leave out documents that hold one of them.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.decontamination import hash_set

    workspace = Workspace.open(folder)
    patterns = ("*.jsonl", "*.jsonl.gz", "*.jsonl.zst")
    there = (path for pattern in patterns for path in texts.rglob(pattern))
    files = [texts] if texts.is_file() else sorted(there)
    made = hash_set(name, files)
    target = workspace.root / "benchmarks" / f"{name}.parquet"
    made.write(target)
    if as_json:
        print_json({"name": name, "ngrams": len(made.hashes), "path": str(target)})
        return
    click.echo(f"{name}: {len(made.hashes):,} n-grams in {target}")


@decontaminate.command(epilog=example("kazcorpus decontaminate report releases/1.0.0"))
@click.argument("release", type=click.Path(path_type=Path, exists=True, file_okay=False))
@workspace_option
@json_option
def report(release: Path, folder: Path, as_json: bool) -> None:
    """Count the documents of a release that hold n-grams of the workspace's evaluation sets."""
    from kaz_datasets.release.layout import data_paths
    from kaz_datasets.workspace import Workspace
    from kaz_flows.decontamination import overlaps, sets_of

    sets = sets_of(Workspace.open(folder).root / "benchmarks")
    found = list(overlaps(data_paths(release), sets))
    counts = Counter(overlap.set for overlap in found)
    if as_json:
        print_json(
            {
                "sets": {known.name: counts[known.name] for known in sets},
                "documents": [
                    {"id": row.id, "set": row.set, "ngrams": row.ngrams} for row in found
                ],
            }
        )
        return
    rows = [(known.name, len(known.hashes), counts[known.name]) for known in sets]
    print_table(str(release), ("evaluation set", "n-grams", "documents"), rows)
