"""`kazcorpus language`: train and measure the model that tells languages apart."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_datasets.files import write_text
from kaz_flows.cli.options import example, json_option
from kaz_flows.cli.show import print_json

DATA = click.Path(path_type=Path, exists=True, file_okay=False)
OUT = click.Path(path_type=Path, dir_okay=False)


@click.group()
def language() -> None:
    """Train and measure the language model.

    DATA holds openly licensed text laid out as the model card says (`lid/`, `kk_text/`).
    """


@language.command(epilog=example("kazcorpus language train data language.npz"))
@click.argument("data", type=DATA)
@click.argument("out", type=OUT)
@click.option("--card", type=OUT, help="Measure the model and write its card here.")
@json_option
def train(data: Path, out: Path, card: Path | None, as_json: bool) -> None:
    """Train a language model on DATA and write it to OUT (.npz).

    One thread and fixed seeds: the same data give the same bytes. It takes some two minutes.
    """
    from kaz_cleaning.language import load_model
    from kaz_cleaning.language_card import write_card
    from kaz_cleaning.measure_language import measured_rows
    from kaz_cleaning.train_language import train as train_model

    trained = train_model(data, out)
    if card is not None:
        text = write_card(trained, load_model(out), measured_rows(data))
        write_text(card, text)
    if as_json:
        print_json(
            {
                "model": str(out),
                "sha256": trained.sha256,
                "labels": trained.labels,
                "spans": trained.spans,
            }
        )
    else:
        click.echo(f"{out}: {trained.labels} labels, {trained.spans} spans, {trained.sha256}")


@language.command(epilog=example("kazcorpus language measure data"))
@click.argument("data", type=DATA)
@click.option(
    "--model",
    "model_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A model of your own; the packaged one without it.",
)
def measure(data: Path, model_file: Path | None) -> None:
    """Measure a language model on the test rows of DATA: the tables of its card, in Markdown."""
    from kaz_cleaning.language import load_model
    from kaz_cleaning.measure_language import measured_rows, report

    for line in report(measured_rows(data), load_model(model_file)):
        click.echo(line)
