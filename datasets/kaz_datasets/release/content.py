"""What a release holds: the rows that are let in, beside those that are published already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_datasets.progress import Progress
from kaz_datasets.release.admission import Admission, Barred, admit
from kaz_datasets.release.config import Change, Previous, ReleaseConfig
from kaz_datasets.release.data_files import write_data_files, write_no_rows
from kaz_datasets.release.layout import add_series, base_series
from kaz_datasets.release.notices import read_changelog
from kaz_datasets.release.predecessor import (
    Changes,
    Predecessor,
    carry_files,
    compare,
    marked_as_added,
)
from kaz_datasets.release.rejected_files import write_rejected_files
from kaz_datasets.release.removal_reasons import removed_rows
from kaz_datasets.release.removed_rows import write_removed_rows
from kaz_datasets.release.row_index import check_publishable, check_record, index_rows
from kaz_datasets.release.succession import check_succession
from kaz_datasets.release.version import Version
from kaz_datasets.shards import iter_batches

NOBODY: Final = Barred()


@dataclass(frozen=True, kw_only=True)
class Content:
    """The rows of a release, decided but not yet written."""

    config: ReleaseConfig
    kept: tuple[Path, ...]
    admission: Admission
    barred: Barred
    before: Predecessor | None
    changes: Changes | None

    @property
    def version(self) -> Version:
        """The release's number."""
        return Version.parse(self.config.version)

    @property
    def keeps_files(self) -> bool:
        """Whether the files of the release before stay as they are."""
        return self.before is not None and self.before.version.major == self.version.major

    def write(self, folder: Path, rejected: Sequence[Path], progress: Progress) -> None:
        """Write data, tombstones and rejected rows below `folder`."""
        self._write_data(folder, progress)
        if self.before is not None and self.changes is not None:
            tombstones = removed_rows(
                self.before.gone(self.changes.removed, self.barred.erased),
                self.before,
                version=self.version,
                admitted=self.admission.admitted,
                kept=self.kept,
                rejected=self._rejections(rejected),
                erased=self.barred.erased,
            )
            write_removed_rows(tombstones, folder, self.version)
        more = self.admission.rejected
        write_rejected_files(rejected, more, folder, self.config.rejected_rows, progress)

    def _write_data(self, folder: Path, progress: Progress) -> None:
        if self.keeps_files and self.before is not None and self.changes is not None:
            carry_files(self.before, folder, self.barred.erased)
            rows, series = self.changes.added, add_series(self.version)
        else:
            rows, series = self.admission.admitted, base_series(self.version)
        marked = marked_as_added(rows, self.before, self.config.version)
        write_data_files(marked, self.kept, folder, series, self.config.shard_bytes, progress)
        if not any(folder.glob("data/*/train/*.parquet")):
            write_no_rows(folder, series)

    def _rejections(self, rejected: Sequence[Path]) -> Iterator[pa.RecordBatch]:
        shards = (iter_batches(path, ["id", "url", "stage", "rule"]) for path in rejected)
        return chain(self.admission.rejected.to_batches(), *shards)


def prepare_content(
    kept: Sequence[Path], config: ReleaseConfig, previous: Path | None, barred: Barred
) -> Content:
    """Decide which rows are let in and what they change of the release before.

    The configuration comes back with the link to that release and its changelog. Raises Corrupt,
    and BadConfiguration for a version that does not say what changed.
    """
    index = index_rows(kept, check_record)
    check_publishable(index, kept)
    admission = admit(index, kept, config.gate, barred)
    before = Predecessor.open(previous) if previous is not None else None
    changes = compare(admission.admitted, before) if before is not None else None
    if before is not None and changes is not None:
        check_succession(Version.parse(config.version), before.version, changes)
        config = _linked(config, before)
    return Content(
        config=config,
        kept=tuple(kept),
        admission=admission,
        barred=barred,
        before=before,
        changes=changes,
    )


def _linked(config: ReleaseConfig, before: Predecessor) -> ReleaseConfig:
    """The configuration with the release before, and with what its changelog told."""
    commit = config.previous.commit if config.previous is not None else None
    own = [change for change in config.changes if change.version == config.version]
    told = read_changelog((before.folder / "CHANGELOG.md").read_text(encoding="utf-8"))
    older: tuple[Change, ...] = (*own, *told)
    link = Previous(version=str(before.version), commit=commit, digest=before.digest)
    return replace(config, previous=link, earlier=_earlier(config, before, link), changes=older)


def _earlier(config: ReleaseConfig, before: Predecessor, link: Previous) -> tuple[Previous, ...]:
    """The ledger of the release before and that one, with the commits that are known by now."""
    known = {entry.version: entry.commit for entry in config.earlier}
    chain = (*before.manifest.facts.config.earlier, link)
    return tuple(replace(each, commit=each.commit or known.get(each.version)) for each in chain)
