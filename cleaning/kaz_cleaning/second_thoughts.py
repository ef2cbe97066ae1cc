"""Other rules over documents that were measured already: what would go, without another pass.

Every row keeps every measure (`quality`), so a stricter range, or another set of rules, is decided
from the rows alone, in a workspace and in a published release alike. Looser rules bring back only
what a new pass over the archive finds: a rejected row keeps its rule and value, never its text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_cleaning.quality.measures import NAMES
from kaz_cleaning.rules import Rule, RulesConfig, rules_of
from kaz_datasets.shards import iter_batches, read_shard

_COLUMNS = ("kind", "script", "quality")


@dataclass
class Trial:
    """Documents by kind: how many there are, and how many each rule would drop."""

    documents: Counter[str] = field(default_factory=Counter)
    dropped: dict[str, Counter[str]] = field(default_factory=dict)
    regained: Counter[str] = field(default_factory=Counter)
    """Rejected rows whose rule would hold now, by rule: at most so many would come back."""

    @property
    def kept(self) -> int:
        """How many documents would stay."""
        return self.documents.total() - sum(rules.total() for rules in self.dropped.values())

    def to_json(self) -> dict[str, Any]:
        """The same as plain values, sorted."""
        return {
            "in": self.documents.total(),
            "kept": self.kept,
            "kinds": {
                kind: {
                    "in": self.documents[kind],
                    "dropped": dict(sorted(self.dropped.get(kind, Counter()).items())),
                }
                for kind in sorted(self.documents)
            },
            "regained_at_most": dict(sorted(self.regained.items())),
        }


def try_rules(documents: Iterable[Path], rejected: Iterable[Path], config: RulesConfig) -> Trial:
    """Ask the rules of `config` of all rows. Raises NotFound, Corrupt and BadConfiguration."""
    trial = Trial()
    for path in documents:
        for batch in iter_batches(path, _COLUMNS):
            kinds: list[Any] = batch.column("kind").to_pylist()
            trial.documents.update(kinds)
            failed = first_failures(batch, config).to_pylist()
            for kind, rule in zip(kinds, failed, strict=True):
                if rule is not None:
                    trial.dropped.setdefault(kind, Counter())[rule] += 1
    for path in rejected:
        trial.regained.update(_holding(path, config))
    return trial


def first_failures(rows: pa.Table | pa.RecordBatch, config: RulesConfig) -> pa.Array[Any]:
    """For each row the first rule of `config` that its measures fail, null where all hold.

    Needs the columns `script` and `quality`; a measure that a row lacks fails nothing. Values are
    compared in the 32 bits in which rows keep them.
    """
    names, values, owner = _measures(rows.column("quality"))
    scripts = np.array(rows.column("script").to_pylist(), object)
    failed = np.full(rows.num_rows, None, object)
    for rule in reversed(rules_of(config)):
        asked = np.flatnonzero(names == rule.name)
        asked = asked[_fails(rule, values[asked])]
        if rule.scripts:
            asked = asked[np.isin(scripts[owner[asked]], rule.scripts)]
        failed[owner[asked]] = rule.name
    return pa.array(failed.tolist(), pa.string())


def _measures(column: Any) -> tuple[Any, npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Name, value and row of every measure."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    pairs = column.flatten()
    lengths = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    names = np.array(pairs.field("rule").to_pylist(), object)
    values = pairs.field("value").to_numpy(zero_copy_only=False).astype(np.float32)
    return names, values, np.repeat(np.arange(len(lengths)), lengths)


def _fails(rule: Rule, values: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    least, most = np.float32(rule.range.least), np.float32(rule.range.most)
    return ~((values >= least) & (values <= most))


def _holding(path: Path, config: RulesConfig) -> Iterator[str]:
    """The rules of rejected rows that would hold now what they dropped for."""
    ranges = {rule.name: rule.range for rule in rules_of(config)}
    table = read_shard(path, ("stage", "rule", "value"))
    for row in table.to_pylist():
        if row["stage"] == "clean" and (asked := row["rule"]) in NAMES:
            stated = ranges.get(asked)
            if stated is None or stated.holds(float(row["value"])):
                yield asked
