"""Documents that are taken out of the index, and the tombstones that stay in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import WrongUse
from kaz_dedup.newcomers import Newcomers
from kaz_dedup.segments import BLOCKED, LIVE, Segment, make_segment
from kaz_dedup.words import Integers

NO_RELEASE: Final = "taken-down"
"""In place of a release, for documents that were blocked without ever being added."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What a removal met."""

    removed: tuple[Any, ...]
    """Ids that were there and are gone."""
    unknown: tuple[Any, ...]
    """Ids that the index does not know: nothing was removed, nothing blocks their return."""
    relatives: tuple[Any, ...]
    """Living documents of the same clusters: near-copies that were published, for a person to
    judge. They stay."""


def removal_of(ids: Sequence[Any], documents: pa.Table, clusters: Integers) -> Removal:
    """What the removal of `ids` meets; `clusters` are those of all documents."""
    if not len(documents):
        return Removal(removed=(), unknown=tuple(dict.fromkeys(ids)), relatives=())
    named = pc.is_in(documents.column("id"), value_set=_values(documents, ids)).to_numpy()
    living = documents.column("state").to_numpy() == LIVE
    related = np.isin(clusters, np.unique(clusters[named & living])) & living & ~named
    there = set(_names(documents, named))
    return Removal(
        removed=tuple(name for name in dict.fromkeys(ids) if name in there),
        unknown=tuple(name for name in dict.fromkeys(ids) if name not in there),
        relatives=tuple(_names(documents, related)),
    )


def without(segment: Segment, ids: Sequence[Any], block: bool, next_cluster: int) -> Segment:
    """The segment after a removal; the very same where it holds none of the ids.

    Blocked documents are kept no more, and each is alone in a new cluster from `next_cluster` on.
    """
    documents = segment.documents
    named = pc.is_in(documents.column("id"), value_set=_values(documents, ids)).to_numpy()
    if not block:
        return segment.only(np.flatnonzero(~named)) if named.any() else segment
    hit: Flags = named & (segment.states() == LIVE)
    if not hit.any():
        return segment
    state = np.where(hit, BLOCKED, segment.states()).astype(np.uint8)
    kept = documents.column("kept").to_numpy() & ~hit
    columns: dict[str, Any] = {
        **{name: documents.column(name) for name in documents.schema.names},
        "state": pa.array(state),
        "kept": pa.array(kept),
    }
    made = segment.only(np.arange(len(segment)))
    made.clusters[hit] = next_cluster + np.arange(int(hit.sum()))
    return Segment(**{**vars(made), "documents": pa.table(columns, schema=documents.schema)})


def tombstones(new: Newcomers, next_cluster: int) -> Segment:
    """Documents that were never published, as a segment of blocked ones."""
    count = len(new)
    columns: dict[str, Any] = {
        "id": new.ids,
        "release": pa.array([NO_RELEASE] * count, pa.string()),
        "words": pa.array(new.words),
        "state": pa.array(np.full(count, BLOCKED, np.uint8)),
        "kept": pa.array(np.zeros(count, np.bool_)),
    }
    documents = pa.table(columns)
    return make_segment(
        documents, new.keys, new.hashes, new.values, new.ends,
        next_cluster + np.arange(count), np.empty((0, 2), np.int64),
    )  # fmt: skip


def _values(documents: pa.Table, ids: Sequence[Any]) -> pa.Array[Any]:
    kind = documents.schema.field("id").type
    try:
        return cast("pa.Array[Any]", pa.array(list(ids), kind))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise WrongUse(f"ids of this index are of {kind}: {error}") from error


def _names(documents: pa.Table, chosen: Flags) -> list[Any]:
    return list(documents.column("id").filter(pa.array(chosen)).to_pylist())
