"""`kazcorpus dedup`: near-duplicates out of any Parquet or JSON lines with a text column."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_flows.cli.options import EXISTING_FILE, example, json_option
from kaz_flows.cli.show import print_json, print_table, progress_bar

EXAMPLES = """\
kazcorpus dedup news.parquet law.jsonl.zst --output clean/
kazcorpus dedup new.parquet --against old.parquet --output fresh/ --report fresh/report.html
"""


@click.command(epilog=example(EXAMPLES))
@click.argument("inputs", nargs=-1, required=True, type=EXISTING_FILE, metavar="IN.parquet...")
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for kept/*.parquet, clusters.parquet and pairs.parquet.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.8,
    show_default=True,
    help="Similarity of word shingles from which two texts are one.",
)
@click.option(
    "--measure",
    type=click.Choice(["jaccard", "containment"]),
    default="jaccard",
    show_default=True,
    help="Which similarity: containment also finds a text quoted whole in a longer one.",
)
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="OLD",
    help="An index, or files of old documents: what is like one of them is dropped.",
)
@click.option(
    "--keeper",
    metavar="RULES",
    help="Which text of a cluster stays, by columns of the files: licence, completeness, quality,"
    " oldest, newest, separated by commas. Without it, the longest.",
)
@click.option("--keep-all", is_flag=True, help="Drop nothing; say in columns what would go.")
@click.option(
    "--weights",
    metavar="SIZE:WEIGHT,...",
    default="",
    help="Add a column of weights by the size of a row's cluster, as 1:1,2:2,10:3.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page that shows what was done.",
)
@click.option("--text", default="text", show_default=True, help="The column that holds the text.")
@click.option("--id", "identifier", default="id", show_default=True, help="The column of ids.")
@json_option
def dedup(
    inputs: tuple[Path, ...],
    output: Path,
    threshold: float,
    measure: str,
    against: tuple[Path, ...],
    keeper: str | None,
    keep_all: bool,
    weights: str,
    report: Path | None,
    text: str,
    identifier: str,
    as_json: bool,
) -> None:
    """Remove exact and near duplicates from Parquet or JSON lines.

    OUTPUT/kept/*.parquet holds the rows kept, with cluster_id and cluster_size;
    OUTPUT/clusters.parquet says of every row: id, cluster_id, keeper, similarity;
    OUTPUT/pairs.parquet of every pair that was compared: one, other, similarity, alike.
    """
    from kaz_dedup.parameters import DedupConfig
    from kaz_dedup.tool import dedup_files

    rules = tuple(keeper.split(",")) if keeper else DedupConfig.keeper
    config = DedupConfig(threshold=threshold, measure=measure, keeper=rules)
    with progress_bar() as progress:
        account = dedup_files(
            inputs,
            output,
            config=config,
            text=text,
            id=identifier,
            rank=bool(keeper),
            keep_all=keep_all,
            weights=_weights(weights),
            against=against,
            report=report,
            progress=progress,
        )
    if as_json:
        print_json({"output": str(output), **account.to_json()})
        return
    rows: list[tuple[str, int]] = [("documents in", account.entered)]
    rows += [(f"dropped: {rule}", -count) for rule, count in account.dropped.items()]
    print_table(str(output), ("what", "count"), [*rows, ("documents kept", account.kept)])


def _weights(text: str) -> list[tuple[int, float]]:
    try:
        pairs = [part.split(":") for part in text.split(",") if part]
        return [(int(size), float(weight)) for size, weight in pairs]
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is not like 1:1,2:2,10:3", param_hint="--weights"
        ) from error


@click.command("dedup-curve", epilog=example("kazcorpus dedup-curve --output curve.svg"))
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The drawing.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.8,
    show_default=True,
    help="Similarity that the bands are made for.",
)
def dedup_curve(output: Path, threshold: float) -> None:
    """Draw which pairs of texts are compared, by their similarity, as SVG.

    The curve of the parameters, beside those that other corpora were made with.
    """
    from kaz_datasets.files import write_text
    from kaz_dedup.parameters import DedupConfig
    from kaz_dedup.report import LAYOUTS, curve_svg

    write_text(output, curve_svg(DedupConfig(threshold=threshold), LAYOUTS))
    click.echo(str(output))
