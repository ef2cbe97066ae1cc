"""The register of a workspace: every takedown, one JSON line each, only ever appended to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.errors import BadConfiguration, Corrupt
from kaz_datasets.files import write_text
from kaz_datasets.release.admission import Barred
from kaz_datasets.shards import iter_batches
from kaz_datasets.takedown.request import Takedown

REGISTER: Final = "takedowns.jsonl"


@dataclass(frozen=True, kw_only=True)
class Register:
    """All takedowns so far, oldest first."""

    path: Path
    takedowns: tuple[Takedown, ...] = ()

    @classmethod
    def of(cls, workspace: Path) -> Register:
        """The register of a workspace. Raises Corrupt, naming the line."""
        path = workspace / REGISTER
        if not path.is_file():
            return cls(path=path)
        found = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                found.append(Takedown.from_json(json.loads(line)))
            except (ValueError, BadConfiguration) as error:
                raise Corrupt(f"{path}, line {number}, is no takedown: mend it") from error
        return cls(path=path, takedowns=tuple(found))

    @property
    def next_number(self) -> int:
        """The number of the next takedown."""
        return max((takedown.number for takedown in self.takedowns), default=0) + 1

    def add(self, takedown: Takedown) -> Register:
        """Enter a takedown; it is on the device when this returns."""
        known = (*self.takedowns, takedown)
        lines = (json.dumps(entry.to_json(), ensure_ascii=False) for entry in known)
        write_text(self.path, "".join(f"{line}\n" for line in lines))
        return replace(self, takedowns=known)

    def public(self) -> tuple[Takedown, ...]:
        """The log as a release shows it."""
        return tuple(takedown.public() for takedown in self.takedowns)

    def barred(self, shards: Sequence[Path]) -> Barred:
        """Every document that must not be in a release, of all that were ever taken down.

        An address or a host stays barred: what is fetched from it later has other ids.
        """
        ids = {name for takedown in self.takedowns for name in takedown.all_ids}
        return Barred.takedowns(ids | self._met(shards))

    def rows_meant(self, batch: pa.RecordBatch) -> int:
        """How many rows of a batch (`id`, `url`, `host`) were taken down."""
        ids = pa.array([name for entry in self.takedowns for name in entry.all_ids], pa.string())
        mask = pc.or_(self._place(batch), pc.is_in(batch.column("id"), value_set=ids))
        return int(pc.sum(mask).as_py() or 0)

    def _met(self, shards: Sequence[Path]) -> set[str]:
        met: set[str] = set()
        if not self._values("url") and not self._values("host"):
            return met
        for path in shards:
            for batch in iter_batches(path, ["id", "url", "host"]):
                mine = batch.filter(self._place(batch))
                met.update(map(str, mine.column("id").to_pylist()))
        return met

    def _place(self, batch: pa.RecordBatch) -> Any:
        """Which rows lie at an address or host that was taken down."""
        return pc.or_(
            pc.is_in(batch.column("url"), value_set=pa.array(self._values("url"), pa.string())),
            pc.is_in(batch.column("host"), value_set=pa.array(self._values("host"), pa.string())),
        )

    def _values(self, by: str) -> list[str]:
        return [entry.target.value for entry in self.takedowns if entry.target.by == by]
