"""Deduplicate any Parquet files, of any schema, without a workspace."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_datasets.account import Account, add_accounts
from kaz_datasets.errors import WrongUse
from kaz_datasets.progress import Progress, silent
from kaz_datasets.shards import ShardWriter, iter_batches, open_shard
from kaz_dedup.clusters import find_clusters
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.signatures import sign_shard
from kaz_dedup.stage import keep_shard

CLUSTER_COLUMNS: Final = ("id", "cluster_id", "keeper", "similarity")
"""What `clusters.parquet` holds of every row; a row is kept if and only if it is its keeper."""


def dedup_files(
    inputs: Sequence[Path],
    output: Path,
    *,
    config: DedupConfig | None = None,
    text: str = "text",
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    progress: Progress = silent,
) -> Account:
    """Write `output/kept/<name of each input>` and `output/clusters.parquet`.

    Kept rows keep all their columns and gain `cluster_id` and `cluster_size` (which replace
    columns of these names). Of a cluster the document with the most words is kept, then the one
    with the smallest id. Null and empty texts are kept: no text is a duplicate of no text.
    Ids, strings or integers, must be unique over all inputs.

    Raises WrongUse where a column or file is missing, two inputs share a name or kinds of id
    differ; RepeatedId; InvalidText; Corrupt where a file cannot be read.
    """
    config = config or DedupConfig()
    _check_names(inputs, output)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output, prefix=".signatures.") as folder:
        signatures = [Path(folder) / path.name for path in inputs]
        for done, (path, signed) in enumerate(zip(inputs, signatures, strict=True), start=1):
            sign_shard(path, signed, config, text, id, rank_by_record=False)
            progress(done, len(inputs), "files")
        clusters = Path(folder) / "clusters" / "clusters.parquet"
        find_clusters(
            signatures, inputs, clusters, config, progress, text=text, id=id, unique_ids=True
        )
        kept = output / "kept"
        account = add_accounts(
            keep_shard(path, clusters, kept / path.name, None, config, id=id) for path in inputs
        )
        _publish_clusters(clusters, output / "clusters.parquet")
    return account


def _publish_clusters(clusters: Path, output: Path) -> None:
    """Copy the columns that the tool promises, and no other."""
    with open_shard(clusters) as shard:
        schema = shard.schema_arrow
    promised = pa.schema([schema.field(name) for name in CLUSTER_COLUMNS])
    with ShardWriter(output, promised) as writer:
        for batch in iter_batches(clusters, CLUSTER_COLUMNS):
            writer.write_table(pa.Table.from_batches([batch]))


def _check_names(inputs: Sequence[Path], output: Path) -> None:
    if not inputs:
        raise WrongUse("no input files: name at least one Parquet file")
    name, times = Counter(path.name for path in inputs).most_common(1)[0]
    if times > 1:
        raise WrongUse(f"{times} inputs are called {name}: results are named so, rename them")
    written = {(output / "kept" / path.name).resolve() for path in inputs}
    for path in inputs:
        if path.resolve() in written or path.resolve() == (output / "clusters.parquet").resolve():
            raise WrongUse(f"{path} would be overwritten by its own result: choose another output")
