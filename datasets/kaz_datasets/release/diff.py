"""What one release changed of another: documents and words by source and kind, configuration,
rules and columns. Both are read, neither is believed: only rows that a release stands for count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.release.layout import data_paths, removed_paths
from kaz_datasets.release.manifest import Manifest, read_manifest
from kaz_datasets.release.removed_rows import read_removed_rows
from kaz_datasets.release.row_index import without
from kaz_datasets.shards import open_shard, read_shard

_COLUMNS: Final = ("id", "url", "source", "kind", "words")
_NOT_SETTINGS: Final = ("version", "previous", "earlier", "changes")
"""What differs between any two releases."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """Some documents and their words."""

    documents: int = 0
    words: int = 0


@dataclass(frozen=True, kw_only=True)
class RowChanges:
    """Rows that came, went, or have another text at the same address."""

    added: Count = Count()
    removed: Count = Count()
    changed: Count = Count()
    """With the words of the new text."""
    words_before: int = 0
    """Words that the changed texts had before."""

    @property
    def any(self) -> bool:
        """Whether there is any change."""
        return bool(self.added.documents or self.removed.documents or self.changed.documents)


@dataclass(frozen=True, kw_only=True)
class SettingChange:
    """One setting by its dotted name, as JSON values; None where it is absent."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Everything that differs between two releases."""

    before: str
    after: str
    total: RowChanges
    sources: Mapping[str, RowChanges]
    kinds: Mapping[str, RowChanges]
    settings: tuple[SettingChange, ...]
    """Of the release, its sources and the stages before it."""
    rules: tuple[SettingChange, ...]
    """Pages that each rule dropped, where the number differs."""
    columns: tuple[SettingChange, ...]

    def to_json(self) -> dict[str, Any]:
        """As `kazcorpus diff --json` prints it."""
        return asdict(self)


def diff_releases(before: Path, after: Path) -> Diff:
    """Compare two releases. Raises Corrupt where one cannot be read."""
    old, new = read_manifest(before), read_manifest(after)
    rows = _RowDiff.of(_live_rows(before), _live_rows(after))
    return Diff(
        before=old.facts.config.version,
        after=new.facts.config.version,
        total=rows.total(),
        sources=rows.grouped("source"),
        kinds=rows.grouped("kind"),
        settings=_changes(_settings(old), _settings(new)),
        rules=_changes(_rules(old), _rules(new)),
        columns=_changes(_columns(before), _columns(after)),
    )


def _live_rows(folder: Path) -> pa.Table:
    tables = [read_shard(path, _COLUMNS).select(_COLUMNS) for path in data_paths(folder)]
    rows = pa.concat_tables(tables, promote_options="permissive")
    return without(rows, read_removed_rows(removed_paths(folder))["id"])


@dataclass(frozen=True, kw_only=True)
class _RowDiff:
    added: pa.Table
    removed: pa.Table
    changed: pa.Table
    replaced: pa.Table
    """The rows that the changed ones stand in place of."""

    @classmethod
    def of(cls, before: pa.Table, after: pa.Table) -> _RowDiff:
        came, left = without(after, before["id"]), without(before, after["id"])
        changed, replaced = _same_address(came, left["url"]), _same_address(left, came["url"])
        return cls(
            added=without(came, changed["id"]),
            removed=without(left, replaced["id"]),
            changed=changed,
            replaced=replaced,
        )

    def total(self) -> RowChanges:
        return _row_changes(*(_count(table) for table in self._tables()))

    def grouped(self, column: str) -> dict[str, RowChanges]:
        counts = [_counts_by(table, column) for table in self._tables()]
        names = sorted({name for count in counts for name in count})
        return {
            name: _row_changes(*(count.get(name, Count()) for count in counts)) for name in names
        }

    def _tables(self) -> Sequence[pa.Table]:
        return self.added, self.removed, self.changed, self.replaced


def _row_changes(added: Count, removed: Count, changed: Count, replaced: Count) -> RowChanges:
    return RowChanges(added=added, removed=removed, changed=changed, words_before=replaced.words)


def _same_address(rows: pa.Table, urls: Any) -> pa.Table:
    return rows.filter(pc.is_in(rows["url"], value_set=urls))


def _count(table: pa.Table) -> Count:
    return Count(documents=table.num_rows, words=pc.sum(table["words"]).as_py() or 0)


def _counts_by(table: pa.Table, column: str) -> dict[str, Count]:
    sums = table.group_by(column).aggregate([("words", "sum"), ([], "count_all")])
    return {
        row[column]: Count(documents=row["count_all"], words=row["words_sum"])
        for row in sums.to_pylist()
    }


def _settings(manifest: Manifest) -> dict[str, Any]:
    facts = manifest.facts.to_json()
    config = {name: value for name, value in facts["config"].items() if name not in _NOT_SETTINGS}
    sources = {source["id"]: source for source in facts["sources"]}
    return {"config": config, "sources": sources, "pipeline": facts["pipeline"]}


def _rules(manifest: Manifest) -> dict[str, Any]:
    return {
        f"{stage}: {rule}": sum(sources.values())
        for stage, rules in manifest.figures.get("rejected", {}).items()
        for rule, sources in rules.items()
    }


def _columns(folder: Path) -> dict[str, Any]:
    paths = data_paths(folder)
    if not paths:
        return {}
    with open_shard(paths[0]) as shard:
        return {
            field.name: f"{field.type}{'' if field.nullable else ' not null'}"
            for field in shard.schema_arrow
        }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[SettingChange, ...]:
    old, new = dict(_flat("", before)), dict(_flat("", after))
    return tuple(
        SettingChange(name=name, before=old.get(name), after=new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )


def _flat(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(item, Mapping):
            yield from _flat(path, item)
        else:
            yield path, list(item) if isinstance(item, tuple) else item
