"""Deduplicate any Parquet or JSON lines, of any schema, without a workspace."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.account import Account, add_accounts
from kaz_datasets.files import TEMPORARY_SUFFIX, remove_temporaries
from kaz_datasets.progress import Progress, silent
from kaz_datasets.shards import ShardWriter, iter_batches, open_shard, read_shard
from kaz_dedup.clusters import find_clusters
from kaz_dedup.index import Index
from kaz_dedup.inputs import as_parquet, check_columns, check_inputs, paths_of, result_name
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.report import write_report
from kaz_dedup.signatures import sign_shard
from kaz_dedup.stage import EXACT_DUPLICATE, keep_shard

CLUSTER_COLUMNS: Final = ("id", "cluster_id", "keeper", "similarity")
"""What `clusters.parquet` holds of every row; a row is kept if and only if it is its keeper."""
RELEASE_COLUMN: Final = "keeper_release"
"""Added to them where there are old documents: the release of an old keeper."""


def dedup_files(
    inputs: Sequence[str | Path],
    output: Path,
    *,
    config: DedupConfig | None = None,
    text: str = "text",
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    rank: bool = False,
    keep_all: bool = False,
    weights: Sequence[tuple[int, float]] = (),
    against: Sequence[str | Path] = (),
    report: Path | None = None,
    progress: Progress = silent,
) -> Account:
    """Write `output/kept/<name of each input>`, `output/clusters.parquet` and `pairs.parquet`.

    Kept rows keep all their columns and gain `cluster_id` and `cluster_size` (which replace
    columns of these names). Of a cluster the document with the most words is kept, then the one
    with the smallest id; with `rank`, `config.keeper` decides by the columns licence, title,
    published_at, retrieved_at and the quality column, as far as they are there. Null and empty
    texts are kept: no text is a duplicate of no text. Ids, strings or integers, must be unique over
    all inputs.

    `keep_all` drops nothing and says instead in the columns `keeper`, `similarity` and `rule` what
    would be dropped. `weights`, pairs of a cluster size and a weight, add a column `weight`: that
    of the largest size not above the row's (FineWeb-2 repeats documents so instead of dropping what
    the size of a cluster says of its worth). `against` names an index, or files of old documents:
    what is like one of them is dropped. `report` takes a page that shows what was done.

    Raises WrongUse where a column or file is missing, two inputs share a name or kinds of id
    differ; RepeatedId; InvalidText; Corrupt where a file cannot be read.
    """
    config = config or DedupConfig()
    if not rank:
        config = replace(config, keeper=("completeness",))
    files, old = paths_of(inputs), paths_of(against)
    check_inputs(files, output)
    output.mkdir(parents=True, exist_ok=True)
    with _work_folder(output) as folder:
        documents = [as_parquet(path, folder / "json") for path in files]
        check_columns(files, documents, (id, text))
        clusters, pairs = folder / "out" / "clusters.parquet", output / "pairs.parquet"
        verdicts = [folder / "verdicts" / path.name for path in documents]
        if against:
            pairs.unlink(missing_ok=True)
            _cluster_against(documents, old, clusters, verdicts, config, text, id, folder)
        else:
            _cluster(documents, clusters, pairs, verdicts, config, text, id, rank, folder, progress)
        kept = output / "kept"
        accounts = []
        for done, (path, shard, said) in enumerate(
            zip(files, documents, verdicts, strict=True), start=1
        ):
            accounts.append(
                keep_shard(
                    shard, said, kept / result_name(path), None, config, id=id,
                    keep_all=keep_all, weights=weights,
                )
            )  # fmt: skip
            progress(done, len(files), "files kept")
        _publish_clusters(clusters, output / "clusters.parquet", bool(against))
    account = add_accounts(accounts)
    if report is not None:
        write_report(report, output, config, account)
    return account


def find_duplicates(
    paths: Sequence[str | Path],
    *,
    config: DedupConfig | None = None,
    text: str = "text",
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    rank: bool = False,
    against: Sequence[str | Path] = (),
    progress: Progress = silent,
) -> pa.Table:
    """`clusters.parquet` of `dedup_files` as a table, without writing any row. Raises as it."""
    config = config or DedupConfig()
    if not rank:
        config = replace(config, keeper=("completeness",))
    files, old = paths_of(paths), paths_of(against)
    with tempfile.TemporaryDirectory(prefix="kazcorpus-") as name:
        folder = Path(name)
        check_inputs(files, folder)
        documents = [as_parquet(path, folder / "json") for path in files]
        check_columns(files, documents, (id, text))
        clusters = folder / "out" / "clusters.parquet"
        if against:
            _cluster_against(documents, old, clusters, (), config, text, id, folder)
        else:
            _cluster(documents, clusters, None, (), config, text, id, rank, folder, progress)
        columns = [*CLUSTER_COLUMNS, RELEASE_COLUMN] if against else [*CLUSTER_COLUMNS]
        return read_shard(clusters, columns)


@contextmanager
def _work_folder(output: Path) -> Iterator[Path]:
    """A folder for what is not a result; those of killed runs are removed."""
    remove_temporaries(output)
    with tempfile.TemporaryDirectory(
        dir=output, prefix=f".work.{os.getpid()}.", suffix=TEMPORARY_SUFFIX
    ) as name:
        yield Path(name)


def _cluster(
    documents: Sequence[Path],
    clusters: Path,
    pairs: Path | None,
    verdicts: Sequence[Path],
    config: DedupConfig,
    text: str,
    id_column: str,
    rank: bool,
    folder: Path,
    progress: Progress,
) -> None:
    signatures = [folder / "signatures" / path.name for path in documents]
    for done, (path, signed) in enumerate(zip(documents, signatures, strict=True), start=1):
        sign_shard(path, signed, config, text, id_column, rank_by_record=rank)
        progress(done, len(documents), "files")
    find_clusters(
        signatures, documents, clusters, config, progress, text=text, id=id_column,
        unique_ids=True, pairs=pairs, verdicts=verdicts,
    )  # fmt: skip


def _cluster_against(
    documents: Sequence[Path],
    against: Sequence[Path],
    clusters: Path,
    verdicts: Sequence[Path],
    config: DedupConfig,
    text: str,
    id_column: str,
    folder: Path,
) -> None:
    """As `_cluster`, with keepers among the documents of an index or of old files."""
    if len(against) == 1 and against[0].is_dir():
        index = Index.open(against[0], config)
    else:
        index = Index.create(folder / "index", config)
        for path in against:
            index.add(str(path), [as_parquet(path, folder / "old")], text=text, id=id_column)
    table = index.match(documents, text=text, id=id_column).table
    rules = table.column("rule").to_pylist()
    exact = pa.array([rule in (None, EXACT_DUPLICATE) for rule in rules], pa.bool_())
    table = table.append_column("exact", exact)
    start = 0
    for path, said in zip(documents, verdicts, strict=bool(verdicts)):
        with open_shard(path) as opened, ShardWriter(said, table.schema) as shard:
            shard.write_table(table.slice(start, opened.metadata.num_rows))
            start += opened.metadata.num_rows
    with ShardWriter(clusters, table.schema) as shard:
        shard.write_table(table.take(pc.sort_indices(table, [("id", "ascending")])))


def _publish_clusters(clusters: Path, output: Path, against: bool) -> None:
    """Copy the columns that the tool promises, and no other."""
    names = [*CLUSTER_COLUMNS, RELEASE_COLUMN] if against else [*CLUSTER_COLUMNS]
    with open_shard(clusters) as shard:
        schema = shard.schema_arrow
    promised = pa.schema([schema.field(name) for name in names])
    with ShardWriter(output, promised) as writer:
        for batch in iter_batches(clusters, names):
            writer.write_table(pa.Table.from_batches([batch]))
