"""After keeping: rows that hold passages of evaluation sets say so, where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from kaz_datasets.account import Account
from kaz_datasets.files import sha256_of
from kaz_datasets.stage import Stage
from kaz_datasets.workspace import Workspace
from kaz_flows.decontamination import WORDS, flag_shard, overlaps, sets_of
from kaz_flows.steps import Shard

FLAGGING_VERSION: Final = 1


def flag_kept(kept: Shard, *, workspace: Workspace) -> Shard:
    """The kept rows, of which those with n-grams of a set have a measure more in `quality`."""
    folder = workspace.dedup / "flagged"
    path = folder / f"{kept.name}.parquet"
    sets = sorted(workspace.benchmarks.glob("*.parquet"))
    stage = Stage(
        name=kept.name,
        folder=folder,
        inputs={"kept": kept.digest, **{each.name: sha256_of(each) for each in sets}},
        config={"words": WORDS},
        version=FLAGGING_VERSION,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        flag_shard(kept.path, path, list(overlaps([kept.path], sets_of(workspace.benchmarks))))
        return Account(), [path]

    outputs = stage.run(work).outputs
    digest = outputs[path.name]
    # the account stays that of the rows that were kept; the outputs are what a release reads
    result = replace(kept.result, outputs={**kept.result.outputs, f"flagged/{path.name}": digest})
    return replace(kept, path=path, digest=digest, result=result)
