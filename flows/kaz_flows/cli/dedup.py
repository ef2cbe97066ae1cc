"""`kazcorpus dedup`: near-duplicates out of any Parquet with a text column."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_flows.cli.options import EXISTING_FILE, example, json_option
from kaz_flows.cli.show import print_json, print_table, progress_bar


@click.command(epilog=example("kazcorpus dedup news.parquet law.parquet --output clean/"))
@click.argument("inputs", nargs=-1, required=True, type=EXISTING_FILE, metavar="IN.parquet...")
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for kept/*.parquet and clusters.parquet.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.8,
    show_default=True,
    help="Jaccard similarity of word shingles from which two texts are one.",
)
@click.option("--text", default="text", show_default=True, help="The column that holds the text.")
@click.option("--id", "identifier", default="id", show_default=True, help="The column of ids.")
@json_option
def dedup(
    inputs: tuple[Path, ...],
    output: Path,
    threshold: float,
    text: str,
    identifier: str,
    as_json: bool,
) -> None:
    """Remove exact and near duplicates from Parquet files.

    OUTPUT/kept/*.parquet holds the rows kept, with cluster_id and cluster_size;
    OUTPUT/clusters.parquet says of every row: id, cluster_id, keeper, similarity.
    """
    from kaz_dedup.parameters import DedupConfig
    from kaz_dedup.tool import dedup_files

    with progress_bar() as progress:
        account = dedup_files(
            inputs,
            output,
            config=DedupConfig(threshold=threshold),
            text=text,
            id=identifier,
            progress=progress,
        )
    if as_json:
        print_json({"output": str(output), **account.to_json()})
        return
    rows: list[tuple[str, int]] = [("documents in", account.entered)]
    rows += [(f"dropped: {rule}", -count) for rule, count in account.dropped.items()]
    print_table(str(output), ("what", "count"), [*rows, ("documents kept", account.kept)])
