"""The tombstones of a release, checked against the rows in its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.release.checks import Check, compare, failure
from kaz_datasets.release.layout import parse_removed_path, removed_paths
from kaz_datasets.release.removed_rows import REMOVED_ORDER, read_removed_rows
from kaz_datasets.release.version import Version


def check_tombstones(folder: Path, removed: pa.Table, ids: pa.ChunkedArray[Any]) -> Iterator[Check]:
    """Each is in the file of its release and in order; what was erased is not in the data.

    A row that was removed is in the files still, unless it was erased or a major left it out.
    """
    if not removed.num_rows:
        return
    for path in removed_paths(folder):
        name = path.relative_to(folder).as_posix()
        version = parse_removed_path(name)
        rows = read_removed_rows([path])
        stated = rows["removed_in"].unique().to_pylist()
        yield compare(f"release of {name}", [str(version)], stated)
        keys = list(zip(*(rows[column].to_pylist() for column in REMOVED_ORDER), strict=True))
        if keys != sorted(set(keys)):
            yield failure(f"row order in {name}", "sorted, each row once", "not so")
    yield from _check_presence(removed, ids)


def _check_presence(removed: pa.Table, ids: pa.ChunkedArray[Any]) -> Iterator[Check]:
    majors = {
        version
        for version in removed["removed_in"].unique().to_pylist()
        if (parsed := Version.parse(version or "")).minor == parsed.patch == 0
    }
    by_major = pc.is_in(removed["removed_in"], value_set=pa.array(majors, pa.string()))
    left_out = removed.filter(pc.or_(removed["erased"], by_major))
    back = left_out.filter(pc.is_in(left_out["id"], value_set=ids))
    yield compare("removed rows that are in the data again", [], back["id"].to_pylist()[:3])
    marked = removed.filter(pc.invert(pc.is_in(removed["id"], value_set=left_out["id"])))
    strange = marked.filter(pc.invert(pc.is_in(marked["id"], value_set=ids)))
    yield compare("removed rows that never were in the data", [], strange["id"].to_pylist()[:3])
