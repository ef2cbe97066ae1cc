"""Counting the rows of a release into its figures, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.progress import Progress, silent
from kaz_datasets.release.configurations import REJECTED, configurations_of
from kaz_datasets.release.figures import (
    UNKNOWN,
    Changes,
    Clusters,
    Figures,
    SourceRights,
    Split,
    Totals,
    recomputed_funnel,
)
from kaz_datasets.release.layout import (
    CHANGES_FOLDER,
    REJECTED_FOLDER,
    data_paths,
    rejected_paths,
    removed_paths,
)
from kaz_datasets.release.licences import NONE_STATED
from kaz_datasets.release.removed_rows import read_removed_rows
from kaz_datasets.release.row_index import text_bytes
from kaz_datasets.release.version import Version
from kaz_datasets.shards import iter_batches, open_shard

# What documents are grouped by; every table of the card is a sum over some of these.
_GROUP: Final = ("kind", "source", "script", "licence", "basis")
_Group = tuple[str, str, str, str, str]
_KIND, _SOURCE, _SCRIPT, _LICENCE, _BASIS = range(5)
_SIZES: Final = ("words", "characters", "bytes")


def figures_of(folder: Path, stages: Sequence[str], progress: Progress = silent) -> Figures:
    """Every figure of the release at `folder`. Raises Corrupt, naming the file."""
    counter = FigureCounter(read_removed_rows(removed_paths(folder)))
    paths = [*data_paths(folder), *rejected_paths(folder), *removed_paths(folder)]
    for done, path in enumerate(paths, start=1):
        counter.add_file(folder, path)
        for batch in iter_batches(path):
            counter.add(path, batch)
        progress(done, len(paths), "files")
    return counter.figures(stages)


class FigureCounter:
    """Takes the files and rows of a release and gives its figures."""

    def __init__(self, removed: pa.Table) -> None:
        self._removed = removed
        self._tombstoned = 0
        self._ids: list[pa.Array[Any]] = []
        self._groups: dict[_Group, Totals] = {}
        self._hosts: set[str] = set()
        self._years: Counter[str] = Counter()
        self._signals: Counter[str] = Counter()
        self._added_in: Counter[str] = Counter()
        self._changes = {name: _ChangeCounter() for name in ("masked", "repaired")}
        # of the clusters that held more than one document alone: few beside all documents
        self._cluster_sizes: dict[str, int] = {}
        self._cluster_kept: Counter[str] = Counter()
        self._retrieved: list[int] = []
        self._rejected: Counter[tuple[str, str, str]] = Counter()
        self._splits: dict[str, Split] = {}

    def add_file(self, folder: Path, path: Path) -> None:
        """Count a file of the release at `folder` into the configurations that hold it."""
        with open_shard(path) as shard:
            groups = [shard.metadata.row_group(number) for number in range(shard.num_row_groups)]
            rows = shard.metadata.num_rows
        split = Split(
            rows=rows,
            files=1,
            bytes=path.stat().st_size,
            uncompressed=sum(group.total_byte_size for group in groups),
        )
        for name, pattern in configurations_of(path.relative_to(folder).as_posix()).items():
            mine = replace(split, patterns=(pattern,), first=path.relative_to(folder).as_posix())
            self._splits[name] = self._splits.get(name, Split()) + mine

    def add(self, path: Path, batch: pa.RecordBatch) -> None:
        """Count rows of a file of the release, whatever it holds."""
        if path.parent.name == REJECTED_FOLDER:
            self._rejected.update(zip(*_columns(batch, "stage", "rule", "source"), strict=True))
        elif path.parent.parent.name != CHANGES_FOLDER:  # tombstones were given at the start
            self.add_documents(batch)

    def add_documents(self, batch: pa.RecordBatch) -> None:
        """Count the documents that the release stands for; removed ones are only counted."""
        self._ids.append(batch.column("id"))
        gone = pc.is_in(batch.column("id"), value_set=self._removed["id"].combine_chunks())
        self._tombstoned += pc.sum(gone).as_py() or 0
        live = batch.filter(pc.invert(gone))
        if not live.num_rows:
            return
        self._add_groups(live)
        self._add_clusters(live)
        self._hosts.update(_value_counts(live.column("host")))
        added_in = pc.fill_null(live.column("added_in"), UNKNOWN)
        self._added_in.update(_value_counts(added_in))
        years = pc.year(live.column("published_at")).cast(pa.string())
        self._years.update(_value_counts(pc.fill_null(years, UNKNOWN)))
        self._signals.update(_signals(live))
        for name, counter in self._changes.items():
            counter.add(live.column(name))
        times = pc.min_max(live.column("retrieved_at").cast(pa.int64())).as_py()
        known = [times["min"], times["max"], *self._retrieved]
        self._retrieved = [min(known), max(known)]

    def among(self, ids: Collection[str]) -> list[str]:
        """Which of these ids are in the data files, removed or not."""
        seen = pa.chunked_array(self._ids, type=pa.string())
        wanted = pa.array(sorted(ids), pa.string())
        return [str(name) for name in wanted.filter(pc.is_in(wanted, value_set=seen)).to_pylist()]

    def _add_groups(self, batch: pa.RecordBatch) -> None:
        columns: dict[str, Any] = {
            name: batch.column(name) for name in ("kind", "source", "script", "words", "characters")
        }
        columns["licence"] = pc.fill_null(batch.column("licence"), NONE_STATED)
        columns["basis"] = pc.struct_field(batch.column("rights"), "basis")
        columns["bytes"] = text_bytes(batch)
        sums = pa.table(columns).group_by(list(_GROUP))
        wanted: Any = [*((name, "sum") for name in _SIZES), ([], "count_all")]
        for row in sums.aggregate(wanted).to_pylist():
            kind, source, script, licence, basis = (row[name] for name in _GROUP)
            group = (kind, source, script, licence or NONE_STATED, basis)
            self._groups[group] = self._groups.get(group, Totals()) + Totals(
                documents=row["count_all"], **{name: row[f"{name}_sum"] for name in _SIZES}
            )

    def _add_clusters(self, batch: pa.RecordBatch) -> None:
        several = batch.filter(pc.fill_null(pc.greater(batch.column("cluster_size"), 1), False))
        for cluster, size in zip(*_columns(several, "cluster_id", "cluster_size"), strict=True):
            if cluster is not None:
                self._cluster_sizes[cluster] = size
                self._cluster_kept[cluster] += 1

    def _cluster_figures(self) -> Clusters:
        kept = self._cluster_kept.total()
        return Clusters(
            with_duplicates=kept,
            duplicates=sum(self._cluster_sizes.values()) - kept,
            largest=max(self._cluster_sizes.values(), default=0),
        )

    def figures(self, stages: Sequence[str]) -> Figures:
        """The figures of all rows so far."""
        sources = self._sums(_SOURCE)
        rejected = self._rejections()
        kept = {source: totals.documents for source, totals in sources.items()}
        return Figures(
            total=sum(self._groups.values(), start=Totals()),
            hosts=len(self._hosts),
            first_retrieved=_instant(self._retrieved[:1]),
            last_retrieved=_instant(self._retrieved[1:]),
            kinds=self._sums(_KIND),
            sources=sources,
            scripts=self._sums(_SCRIPT),
            licences=self._sums(_LICENCE),
            bases=self._sums(_BASIS),
            years=_sorted(self._years),
            rights=self._rights(),
            signals=_sorted(self._signals),
            masked=self._changes["masked"].changes(),
            repaired=self._changes["repaired"].changes(),
            clusters=self._cluster_figures(),
            added_in=_sorted(self._added_in),
            rejected=rejected,
            funnel=recomputed_funnel(stages, kept, rejected),
            splits=dict(sorted({REJECTED: Split(), **self._splits}.items())),
            removed=self._removals(),
            tombstoned=self._tombstoned,
        )

    def _sums(self, part: int) -> dict[str, Totals]:
        sums: dict[str, Totals] = {}
        for group, totals in sorted(self._groups.items()):
            sums[group[part]] = sums.get(group[part], Totals()) + totals
        return dict(sorted(sums.items()))

    def _rights(self) -> tuple[SourceRights, ...]:
        documents: Counter[tuple[str, str, str, str]] = Counter()
        for (kind, source, _, licence, basis), totals in self._groups.items():
            documents[source, kind, basis, licence] += totals.documents
        return tuple(
            SourceRights(source=source, kind=kind, basis=basis, licence=licence, documents=number)
            for (source, kind, basis, licence), number in sorted(documents.items())
        )

    def _removals(self) -> dict[str, dict[str, int]]:
        tree: dict[str, dict[str, int]] = {}
        for version, reason in zip(*_columns(self._removed, "removed_in", "reason"), strict=True):
            reasons = tree.setdefault(version, {})
            reasons[reason] = reasons.get(reason, 0) + 1
        return {version: _sorted(tree[version]) for version in sorted(tree, key=Version.parse)}

    def _rejections(self) -> dict[str, dict[str, dict[str, int]]]:
        tree: dict[str, dict[str, dict[str, int]]] = {}
        for (stage, rule, source), rows in sorted(self._rejected.items()):
            tree.setdefault(stage, {}).setdefault(rule, {})[source] = rows
        return tree


class _ChangeCounter:
    """Counts a column of (type, count) pairs."""

    def __init__(self) -> None:
        self._documents = 0
        self._types: Counter[str] = Counter()

    def add(self, column: Any) -> None:
        """Count one batch of the column."""
        pairs = pc.list_flatten(column)
        counts = pc.struct_field(pairs, "count")
        changed = pc.list_parent_indices(column).filter(pc.greater(counts, 0))
        self._documents += pc.count_distinct(changed).as_py()
        table = pa.table({"type": pc.struct_field(pairs, "type"), "count": counts})
        for row in table.group_by("type").aggregate([("count", "sum")]).to_pylist():
            self._types[row["type"]] += row["count_sum"]

    def changes(self) -> Changes:
        """The sums so far."""
        return Changes(documents=self._documents, types=_sorted(self._types))


def _signals(batch: pa.RecordBatch) -> Counter[str]:
    """In how many documents each signal was seen."""
    column = pc.struct_field(batch.column("rights"), "signals")
    table = pa.table({"row": pc.list_parent_indices(column), "signal": pc.list_flatten(column)})
    once = table.group_by(["row", "signal"]).aggregate([])
    counts = _value_counts(once["signal"])
    return Counter({signal: rows for signal, rows in counts.items() if signal})


def _value_counts(values: Any) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(values).to_pylist()}


def _columns(batch: pa.RecordBatch | pa.Table, *names: str) -> list[list[Any]]:
    return [batch.column(name).to_pylist() for name in names]


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _instant(milliseconds: Sequence[int]) -> str:
    if not milliseconds:
        return UNKNOWN
    moment = datetime.fromtimestamp(milliseconds[0] // 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
