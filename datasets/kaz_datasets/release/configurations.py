"""The configurations of a release: what `load_dataset(repo, NAME)` can be asked for.

`default` is everything, in the order of the series; then one a kind, one a script, the tombstones
and the rejected. All are patterns over the same files, so nothing is stored twice.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA
from kaz_datasets.release.layout import (
    CHANGES_FOLDER,
    REJECTED_FOLDER,
    parse_data_path,
    parse_removed_path,
)
from kaz_datasets.release.removed_rows import REMOVED_SCHEMA

EVERYTHING: Final = "default"
REJECTED: Final = "rejected"
REMOVED: Final = "removed"


def configurations_of(path: str) -> dict[str, str]:
    """Which configurations read the file at this path of the release, each by which pattern.

    One pattern a series of files: listed oldest first, they keep the place of every row that a
    reader knows when a minor release adds some.
    """
    parsed = parse_data_path(path)
    if parsed is not None:
        series, script = parsed.series, parsed.script.lower()
        return {
            EVERYTHING: f"data/*/train/{series}-*.parquet",
            parsed.kind: f"data/{parsed.kind}/train/{series}-*.parquet",
            script: f"data/*/train/{series}-{script}-*.parquet",
        }
    if parse_removed_path(path) is not None:
        return {REMOVED: f"{CHANGES_FOLDER}/*/removed.parquet"}
    if path.startswith(f"{REJECTED_FOLDER}/"):
        return {REJECTED: f"{REJECTED_FOLDER}/*.parquet"}
    return {}


def features_schema(name: str) -> pa.Schema:
    """The columns of a configuration."""
    return {REJECTED: REJECTED_SCHEMA, REMOVED: REMOVED_SCHEMA}.get(name, SCHEMA)
