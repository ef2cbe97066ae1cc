"""Counting the rows of a release into its figures, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from kaz_datasets.progress import Progress, silent
from kaz_datasets.release.data_files import text_bytes
from kaz_datasets.release.figures import (
    EVERYTHING,
    REJECTED,
    UNKNOWN,
    Changes,
    Clusters,
    Figures,
    SourceRights,
    Split,
    Totals,
    recomputed_funnel,
)
from kaz_datasets.release.licences import NONE_STATED
from kaz_datasets.shards import iter_batches, open_shard

# What documents are grouped by; every table of the card is a sum over some of these.
_Group = tuple[str, str, str, str, str]
_KIND, _SOURCE, _SCRIPT, _LICENCE, _BASIS = range(5)


def data_paths(folder: Path) -> list[Path]:
    """The data files of a release, in the order in which the card's `default` reads them."""
    return sorted(folder.glob("data/*/train/*.parquet"))


def rejected_paths(folder: Path) -> list[Path]:
    """The files of rejected rows of a release."""
    return sorted(folder.glob("rejected/*.parquet"))


def figures_of(folder: Path, stages: Sequence[str], progress: Progress = silent) -> Figures:
    """Every figure of the release at `folder`. Raises Corrupt, naming the file."""
    counter = FigureCounter()
    paths = [*data_paths(folder), *rejected_paths(folder)]
    for done, path in enumerate(paths, start=1):
        counter.add_file(folder, path)
        add = counter.add_rejected if path.parent.name == REJECTED else counter.add_documents
        for batch in iter_batches(path):
            add(batch)
        progress(done, len(paths), "files")
    return counter.figures(stages)


class FigureCounter:
    """Takes the files and rows of a release and gives its figures."""

    def __init__(self) -> None:
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
        parts = path.relative_to(folder).parts
        for name in (REJECTED,) if parts[0] == REJECTED else (EVERYTHING, parts[1]):
            self._splits[name] = self._splits.get(name, Split()) + split

    def add_rejected(self, batch: pa.RecordBatch) -> None:
        """Count rejected rows."""
        self._rejected.update(zip(*_columns(batch, "stage", "rule", "source"), strict=True))

    def add_documents(self, batch: pa.RecordBatch) -> None:
        """Count documents."""
        if not batch.num_rows:
            return
        self._add_groups(batch)
        self._add_clusters(batch)
        self._hosts.update(*_columns(batch, "host"))
        self._added_in.update(added or UNKNOWN for added in _columns(batch, "added_in")[0])
        dates = _columns(batch, "published_at")[0]
        self._years.update(str(date.year) if date else UNKNOWN for date in dates)
        for name, counter in self._changes.items():
            counter.add(_columns(batch, name)[0])
        times = batch.column("retrieved_at").cast(pa.int64()).to_numpy().tolist()
        self._retrieved = [min(times + self._retrieved), max(times + self._retrieved)]

    def _add_groups(self, batch: pa.RecordBatch) -> None:
        names = ("kind", "source", "script", "licence", "rights", "words", "characters")
        sizes = text_bytes(batch).to_pylist()
        for row in zip(*_columns(batch, *names), sizes, strict=True):
            kind, source, script, licence, rights, words, characters, size = row
            self._signals.update({signal for signal in rights["signals"] if signal})
            group = (kind, source, script, licence or NONE_STATED, rights["basis"])
            self._groups[group] = self._groups.get(group, Totals()) + Totals(
                documents=1, words=words, characters=characters, bytes=size
            )

    def _add_clusters(self, batch: pa.RecordBatch) -> None:
        for cluster, size in zip(*_columns(batch, "cluster_id", "cluster_size"), strict=True):
            if cluster is not None and size is not None and size > 1:
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

    def add(self, rows: Sequence[Sequence[Mapping[str, Any]]]) -> None:
        """Count one batch of the column."""
        for pairs in rows:
            self._documents += any(pair["count"] for pair in pairs)
            for pair in pairs:
                self._types[pair["type"]] += pair["count"]

    def changes(self) -> Changes:
        """The sums so far."""
        return Changes(documents=self._documents, types=_sorted(self._types))


def _columns(batch: pa.RecordBatch, *names: str) -> list[list[Any]]:
    return [batch.column(name).to_pylist() for name in names]


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _instant(milliseconds: Sequence[int]) -> str:
    if not milliseconds:
        return UNKNOWN
    moment = datetime.fromtimestamp(milliseconds[0] // 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
