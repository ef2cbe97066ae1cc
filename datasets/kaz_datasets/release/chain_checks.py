"""A release checked against the one before it: nothing rewritten, nothing slipped in or out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.files import sha256_of
from kaz_datasets.release.checks import ABSENT, Check, compare, failure
from kaz_datasets.release.layout import removed_path, removed_paths
from kaz_datasets.release.ledger import check_ledger
from kaz_datasets.release.predecessor import Predecessor
from kaz_datasets.release.predecessor import compare as changes_between
from kaz_datasets.release.removed_rows import read_removed_rows
from kaz_datasets.release.row_index import without
from kaz_datasets.release.succession import check_succession
from kaz_datasets.shards import read_shard

_SHOWN = 3


def check_chain_link(folder: Path, previous: Path) -> Iterator[Check]:
    """Check the release at `folder` against the one at `previous`, which it must name.

    Raises Corrupt where one of them cannot be read.
    """
    now, before = Predecessor.open(folder), Predecessor.open(previous)
    link = now.manifest.facts.config.previous
    stated = (link.version, link.digest) if link is not None else ABSENT
    yield compare("previous release", (str(before.version), before.digest), stated)
    config = now.manifest.facts.config
    yield from check_ledger(config, before.manifest.facts.config, before.digest)
    told, known = (
        [takedown.to_json() for takedown in release.manifest.facts.takedowns]
        for release in (now, before)
    )
    yield compare("takedowns of the previous release", known, told[: len(known)])
    changes = changes_between(now.live, before)
    try:
        check_succession(now.version, before.version, changes)
        yield compare("version against the previous release", "honest", "honest")
    except BadConfiguration as error:
        yield failure("version against the previous release", "honest", error)
    here = removed_paths(folder)
    own = read_removed_rows([path for path in here if path == folder / removed_path(now.version)])
    yield from _check_rows(now, before, changes.removed, own)
    if now.version.major == before.version.major:
        yield from _check_files(now, before, own)


def _check_rows(
    now: Predecessor, before: Predecessor, gone: pa.Table, tombstones: pa.Table
) -> Iterator[Check]:
    """Every row that left has a tombstone, and every row says which release first held it."""
    yield compare("rows that left without a tombstone", [], _some(gone, tombstones))
    surplus = without(without(tombstones, gone["id"]), before.removed["id"])
    yield compare("tombstones of rows that did not leave", [], _ids(surplus))
    new = without(now.live, before.live["id"])
    later = new.filter(pc.not_equal(new["added_in"], pa.scalar(str(now.version))))
    yield compare("new rows that say they are older", [], _ids(later))
    place = pc.index_in(now.live["id"], value_set=before.live["id"])
    old = now.live.filter(pc.is_valid(place))
    was = before.live["added_in"].take(pc.drop_null(place))
    changed = old.filter(pc.not_equal(old["added_in"], was))
    yield compare("old rows of another release than before", [], _ids(changed))


def _check_files(now: Predecessor, before: Predecessor, own: pa.Table) -> Iterator[Check]:
    """Within a major each published file stands, but for the rows that were erased."""
    erased = own.filter(own["erased"])
    there = {path.relative_to(now.folder).as_posix(): path for path in now.data}
    there |= {_name(now.folder, path): path for path in removed_paths(now.folder)}
    for path in (*before.data, *removed_paths(before.folder)):
        name = _name(before.folder, path)
        if name not in there:
            yield failure(f"{name} of the previous release", "unchanged", ABSENT)
        elif sha256_of(path) != sha256_of(there[name]):
            same = path in before.data and _differ_by(path, there[name], erased)
            yield compare(f"{name} of the previous release", True, same)
        else:
            yield compare(f"{name} of the previous release", "unchanged", "unchanged")


def _differ_by(before: Path, now: Path, erased: pa.Table) -> bool:
    """Whether a file is the one before without the erased rows, and there were some."""
    table = read_shard(before)
    rest = without(table, erased["id"])
    return rest.num_rows < table.num_rows and bool(rest.equals(read_shard(now)))


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _some(gone: pa.Table, tombstones: pa.Table) -> list[str]:
    return _ids(without(gone, tombstones["id"]))


def _ids(table: pa.Table) -> list[str]:
    return [str(name) for name in table["id"].slice(0, _SHOWN).to_pylist()]
