"""Why a published row is no longer among the admitted ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from kaz_datasets.arrow import compute as pc
from kaz_datasets.release.predecessor import Predecessor
from kaz_datasets.release.removed_rows import ABSENT_PAGE, CHANGED, REMOVED_SCHEMA, TAKEDOWN
from kaz_datasets.release.row_index import distinct
from kaz_datasets.release.version import Version
from kaz_datasets.shards import iter_batches


def removed_rows(
    removed: pa.Table,
    before: Predecessor,
    *,
    version: Version,
    admitted: pa.Table,
    kept: Sequence[Path],
    rejected: Iterable[pa.RecordBatch],
    erased: Collection[str],
) -> pa.Table:
    """The tombstones of a release: its removed rows, each with the best reason there is.

    A page of which another text is admitted now has `changed`; else the rule that dropped the
    document or its page is named; else the page is `absent`.
    """
    urls = _urls(removed, before.data)
    ids = pa.array(urls, pa.string())
    addresses = pa.array(urls.values(), pa.string())
    by_id, by_url = _rules(rejected, ids, addresses)
    again = _urls_now(admitted, kept, addresses)
    rows = []
    for row in removed.select(["id", "source", "kind", "words"]).to_pylist():
        name, url = row["id"], urls[row["id"]]
        if name in erased:
            reason = TAKEDOWN
        elif url in again:
            reason = CHANGED
        else:
            reason = by_id.get(name) or by_url.get(url) or ABSENT_PAGE
        mark = {"reason": reason, "removed_in": str(version), "erased": name in erased}
        rows.append({**row, **mark})
    return pa.Table.from_pylist(rows, schema=REMOVED_SCHEMA)


def _urls(rows: pa.Table, data: Sequence[Path]) -> dict[str, str]:
    """The address of each row, by id."""
    found: dict[str, str] = {}
    for shard in distinct(rows, "shard"):
        for batch in iter_batches(data[shard], ["id", "url"]):
            mine = batch.filter(_among(batch.column("id"), rows["id"]))
            found.update(zip(*_lists(mine, "id", "url"), strict=True))
    return found


def _urls_now(admitted: pa.Table, kept: Sequence[Path], wanted: Any) -> set[str]:
    """Which of the wanted addresses an admitted row has."""
    found: set[str] = set()
    if not len(wanted):
        return found
    for path in kept:
        for batch in iter_batches(path, ["id", "url"]):
            mine = batch.filter(_among(batch.column("url"), wanted))
            mine = mine.filter(_among(mine.column("id"), admitted["id"]))
            found.update(map(str, mine.column("url").to_pylist()))
    return found


def _rules(
    rejected: Iterable[pa.RecordBatch], ids: Any, addresses: Any
) -> tuple[dict[str, str], dict[str, str]]:
    by_id: dict[str, str] = {}
    by_url: dict[str, str] = {}
    if not len(ids):
        return by_id, by_url
    for batch in rejected:
        mask = pc.or_(_among(batch.column("id"), ids), _among(batch.column("url"), addresses))
        mine = batch.filter(mask)
        for name, url, stage, rule in zip(*_lists(mine, "id", "url", "stage", "rule"), strict=True):
            reason = TAKEDOWN if rule == TAKEDOWN else f"{stage}: {rule}"
            by_id[name] = reason
            by_url[url] = reason
    return by_id, by_url


def _among(values: Any, wanted: Any) -> Any:
    return pc.is_in(values, value_set=wanted, skip_nulls=True)


def _lists(batch: pa.RecordBatch, *names: str) -> list[list[Any]]:
    return [batch.column(name).to_pylist() for name in names]
