"""`kazcorpus demo`: the whole pipeline on a made-up web, without account or network."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from kaz_flows.cli.environment import prepare_hub_client
from kaz_flows.cli.options import example
from kaz_flows.cli.show import print_funnel

MARK = ".demo"


@click.command(epilog=example("kazcorpus demo"))
@click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where the demo works; an earlier demo there is made anew.",
)
def demo(folder: Path) -> None:
    """Crawl, build, verify, publish and load a small corpus, all on this machine.

    A made-up web of Kazakh pages is served on loopback, crawled by Scrapy, cleaned,
    deduplicated, written as a release, published to a Hub on loopback and loaded from it.
    """
    _start_anew(folder)
    # before the client is imported
    prepare_hub_client("http://127.0.0.1")
    from kaz_flows.demo import run_demo

    result = run_demo(folder, report=lambda step: click.echo(f"· {step}", err=True))
    print_funnel("From a website to a release", result.build)
    click.echo(_where_things_are(folder, result.build.release, result.rows_loaded))


def _where_things_are(folder: Path, release: Path, rows: int) -> str:
    from kaz_flows.demo import REPO, TAG

    command = os.path.relpath(sys.argv[0]) if Path(sys.argv[0]).exists() else "kazcorpus"
    python = Path(command).with_name("python") if os.sep in command else "python"
    shown = os.path.relpath(release)
    return f"""
The release     {shown}
                {rows} rows, every figure of its card recomputed from the data
                {command} verify {shown}
On the Hub      {REPO}, tag {TAG}, loaded back with load_dataset: {rows} rows
                {command} hub --workspace {folder}     serves it again; then, elsewhere,
                export HF_ENDPOINT=http://127.0.0.1:8750 HF_HUB_DISABLE_XET=1
                {python} -c 'from datasets import load_dataset
print(load_dataset("{REPO}", revision="{TAG}"))'
The Prefect UI  {command} up --workspace {folder}
                then open http://127.0.0.1:4200 to see the crawl, build and publish runs
The made-up web {command} site"""


def _start_anew(folder: Path) -> None:
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        raise click.UsageError(
            f"{folder} holds something that is not a demo: name another folder with --workspace."
        )
    shutil.rmtree(folder)
