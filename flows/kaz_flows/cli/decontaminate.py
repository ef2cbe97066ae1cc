"""`kazcorpus decontaminate`: the n-grams of evaluation sets, and documents that hold them."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import click

from kaz_datasets.errors import BadConfiguration, NotFound
from kaz_flows.cli.environment import prepare_hub_client
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.references import endpoint_option
from kaz_flows.cli.show import print_json, print_table


@click.group()
def decontaminate() -> None:
    """Keep evaluation sets out of releases."""


@decontaminate.command(
    epilog=example(
        "kazcorpus decontaminate add quiz quiz/ --workspace my-corpus\n"
        "kazcorpus decontaminate add Belebele --workspace my-corpus\n"
        "kazcorpus decontaminate add exam hf://owner/exam --files '*kk*' --workspace my-corpus"
    )
)
@click.argument("name")
@click.argument("texts", required=False, metavar="[FOLDER]")
@click.option("--files", multiple=True, metavar="PATTERN", help="Which files of a Hub repo.")
@endpoint_option
@workspace_option
@json_option
def add(
    name: str,
    texts: str | None,
    files: tuple[str, ...],
    endpoint: str | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Hash the n-grams of an evaluation set; only the hashes are kept.

    FOLDER holds its texts as JSONL, JSON, CSV, TSV or Parquet, or is hf://owner/name on the Hub.
    Without it NAME is one of KazMMLU, Belebele, SIB-200, KazQAD, FLORES, fetched from the Hub.
    What becomes of documents that hold one of the n-grams says `[decontaminate] mode`.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.decontamination import hash_set

    workspace = Workspace.open(folder)
    made = hash_set(name, _files_of(name, texts, files, endpoint))
    target = workspace.root / "benchmarks" / f"{name}.parquet"
    made.write(target)
    if as_json:
        print_json({"name": name, "ngrams": len(made.hashes), "path": str(target)})
        return
    click.echo(f"{name}: {len(made.hashes):,} n-grams in {target}")


def _files_of(
    name: str, texts: str | None, files: tuple[str, ...], endpoint: str | None
) -> list[Path]:
    from kaz_datasets.publishing.targets import hub_repo_of
    from kaz_flows.evaluation_texts import KNOWN, PATTERNS, KnownSet, fetch_set, files_in

    repo = hub_repo_of(texts) if texts is not None else None
    if texts is not None and repo is None:
        if not Path(texts).exists():
            raise NotFound(f"there is no {texts}: name a folder, or hf://owner/name")
        return files_in(Path(texts))
    known = KnownSet(repo=repo, files=files or PATTERNS) if repo is not None else KNOWN.get(name)
    if known is None:
        raise BadConfiguration(
            f"{name} is none of {', '.join(KNOWN)}: name the folder that holds its texts as well"
        )
    prepare_hub_client(endpoint)
    from huggingface_hub.constants import HF_HUB_CACHE

    token = os.environ.get("HF_TOKEN")
    return fetch_set(known, endpoint=endpoint, token=token, cache=Path(HF_HUB_CACHE))


@decontaminate.command(epilog=example("kazcorpus decontaminate report releases/1.0.0"))
@click.argument("release", type=click.Path(path_type=Path, exists=True, file_okay=False))
@workspace_option
@json_option
def report(release: Path, folder: Path, as_json: bool) -> None:
    """Count the documents of a release that hold n-grams of the workspace's evaluation sets."""
    from kaz_datasets.workspace import Workspace
    from kaz_flows.decontamination import overlaps_of_release, sets_of

    sets = sets_of(Workspace.open(folder).root / "benchmarks")
    found = overlaps_of_release(release, sets)
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
