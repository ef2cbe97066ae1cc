"""Newcomers of a release compared with the old documents and each other, and given keepers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kaz_datasets.errors import WrongUse
from kaz_dedup.buckets import shared_only
from kaz_dedup.linking import flatten, link_equal, unite
from kaz_dedup.matching import first_of_labels, match_segment, shared_share
from kaz_dedup.newcomers import Newcomers
from kaz_dedup.pairs import compare
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.segments import BLOCKED, LIVE, Segment, make_segment
from kaz_dedup.words import Hashes, Integers

EXACT_DUPLICATE: Final = "exact-duplicate"
NEAR_DUPLICATE: Final = "near-duplicate"
TAKEN_DOWN: Final = "taken-down"
PUBLISHED: Final = "published-before"

_MOST_KEEPERS = 256


@dataclass(frozen=True, kw_only=True)
class Additions:
    """What became of each new document."""

    table: pa.Table
    """In the order of the input: `id`, `cluster_id` (oldest id of its cluster), `keeper` (itself
    if it is kept; null if it was taken down), `similarity` with it, `keeper_release` (null if the
    keeper is new), `cluster_size`, `rule` that drops it (null if it is kept)."""

    def kept(self) -> pa.Array[Any]:
        """The ids that are new."""
        rules = self.table.column("rule")
        ids: Any = self.table.filter(pc.is_null(rules)).column("id").combine_chunks()
        return cast("pa.Array[Any]", ids)

    def dropped(self) -> dict[str, int]:
        """How many each rule drops."""
        rules = [rule for rule in self.table.column("rule").to_pylist() if rule is not None]
        return dict(sorted(Counter(rules).items()))


def old_clusters(segments: Sequence[Segment], next_cluster: int) -> Integers:
    """The first document of each old document's cluster."""
    labels = np.concatenate([np.empty(0, np.int64), *(segment.clusters for segment in segments)])
    merged = np.arange(next_cluster)
    for segment in segments:
        unite(merged, segment.merges[:, 0].copy(), segment.merges[:, 1].copy())
    flatten(merged)
    parents = np.empty(len(labels), np.int64)
    first_of_labels(merged[labels], np.full(next_cluster, -1, np.int64), parents)
    return parents


def add_newcomers(
    new: Newcomers,
    segments: Sequence[Segment],
    config: DedupConfig,
    release: str,
    next_cluster: int,
) -> tuple[Additions, Segment, int]:
    """What becomes of each newcomer, the segment to add, and the next free cluster number."""
    old = sum(map(len, segments))
    states = np.concatenate([np.empty(0, np.uint8), *(part.states() for part in segments)])
    parents = np.concatenate([old_clusters(segments, next_cluster), old + np.arange(len(new))])
    published = _published(new, segments)
    blocked = np.zeros(len(new), np.bool_)
    ties: list[tuple[Integers, Integers]] = []
    first = 0
    for segment in segments:
        for ones, others, similarities in _matches(new, segment, first, old, parents, config):
            near = similarities >= config.threshold
            dead = states[ones + first] == BLOCKED
            blocked[others[near & dead]] = True
            ties.append((ones[near & ~dead] + first, others[near & ~dead] + old))
        for ones, others in _equal(new, segment):
            dead = states[ones + first] == BLOCKED
            blocked[others[dead]] = True
            ties.append((ones[~dead] + first, others[~dead] + old))
        first += len(segment)
    out = blocked | published
    for ones, others in ties:
        stay = ~out[others - old]
        unite(parents, ones[stay], others[stay])
    _link_newcomers(new, parents[old:], out, old, config, parents)
    flatten(parents)
    return _decide(new, segments, parents, out, blocked, config, release, next_cluster)


def _published(new: Newcomers, segments: Sequence[Segment]) -> npt.NDArray[np.bool_]:
    """Which newcomers are in the index under their id. Raises WrongUse for another text."""
    found = np.zeros(len(new), np.bool_)
    for segment in segments:
        ids = segment.documents.column("id")
        if ids.type != new.ids.type:
            raise WrongUse(f"ids of the index are of {ids.type}, new ones of {new.ids.type}")
        places = pc.index_in(ids, value_set=new.ids)
        here = np.flatnonzero(pc.is_valid(places).to_numpy() & (segment.states() == LIVE))
        rows = places.take(here).to_numpy().astype(np.int64)
        differs = (segment.hashes[here] != new.hashes[rows]).any(axis=1)
        if differs.any():
            name = new.ids[int(rows[np.argmax(differs)])].as_py()
            raise WrongUse(f"id {name!r} was published with another text: give it a new id")
        found[rows] = True
    return found


def _matches(
    new: Newcomers, segment: Segment, first: int, old: int, parents: Integers, config: DedupConfig
) -> Any:
    """Compared pairs of old places and new rows, band by band."""
    words = segment.documents.column("words").to_numpy()
    room = 1 << 16
    for band in range(new.keys.shape[1]):
        while True:
            ones, others = np.empty(room, np.int64), np.empty(room, np.int64)
            similarities = np.empty(room, np.float64)
            count = match_segment(
                band, np.ascontiguousarray(new.keys[:, band]), new.words, new.values, new.ends,
                old, segment.keys[band], segment.places[band], words, segment.shingles,
                segment.ends, first, parents, config.threshold, config.measure == "containment",
                config.neighbours, ones, others, similarities,
            )  # fmt: skip
            if count <= room:
                break
            room = count
        yield ones[:count], others[:count], similarities[:count]


def _equal(new: Newcomers, segment: Segment) -> Any:
    """Old places and new rows of the very same text."""
    wanted = new.hashes[:, 0]
    low = np.searchsorted(segment.keys[-1], wanted, "left")
    high = np.searchsorted(segment.keys[-1], wanted, "right")
    while (low < high).any():
        rows = np.flatnonzero((low < high) & new.hashes.any(axis=1))
        places = segment.places[-1][low[rows]].astype(np.int64)
        same = (segment.hashes[places] == new.hashes[rows]).all(axis=1)
        yield places[same], rows[same]
        low = low + 1


def _link_newcomers(
    new: Newcomers,
    own: Integers,
    out: npt.NDArray[np.bool_],
    old: int,
    config: DedupConfig,
    parents: Integers,
) -> None:
    """Unite newcomers that are equal or alike."""
    here = np.flatnonzero(new.hashes.any(axis=1) & ~out)
    order = here[np.lexsort((new.hashes[here, 1], new.hashes[here, 0]))]
    same = (new.hashes[order[1:]] == new.hashes[order[:-1]]).all(axis=1)
    members, starts = shared_only(order, same)
    link_equal(parents, members + old, starts)
    here = np.flatnonzero((new.words > 0) & ~out)
    store = new.store()
    for band in range(new.keys.shape[1]):
        flatten(parents)
        keys = new.keys[here, band]
        order = np.lexsort((here, new.words[here], keys))
        members, starts = shared_only(here[order], keys[order[1:]] == keys[order[:-1]])
        roots = parents[old:][members]
        for ones, others, similarities in list(compare(roots, members, starts, store, config)):
            near = similarities >= config.threshold
            unite(parents, ones[near] + old, others[near] + old)


def _decide(
    new: Newcomers,
    segments: Sequence[Segment],
    parents: Integers,
    out: npt.NDArray[np.bool_],
    blocked: npt.NDArray[np.bool_],
    config: DedupConfig,
    release: str,
    next_cluster: int,
) -> tuple[Additions, Segment, int]:
    old = len(parents) - len(new)
    keepers, similarities = _elect(new, segments, parents, out, config)
    ids = pa.concat_arrays(
        [*(chunk for part in segments for chunk in part.documents.column("id").chunks), new.ids]
    )
    releases = pa.concat_arrays(
        [
            *(chunk for part in segments for chunk in part.documents.column("release").chunks),
            pa.nulls(len(new), pa.string()),
        ]
    )
    hashes = np.concatenate([*(part.hashes for part in segments), new.hashes])
    mine = old + np.arange(len(new))
    exact = (hashes[keepers] == new.hashes).all(axis=1)
    rules = np.where(exact, EXACT_DUPLICATE, NEAR_DUPLICATE).astype(object)
    rules[keepers == mine] = None
    rules[out], rules[blocked] = PUBLISHED, TAKEN_DOWN
    named = pc.if_else(pa.array(blocked), None, ids.take(keepers))
    table = pa.table(
        {
            "id": new.ids,
            "cluster_id": ids.take(parents[old:]),
            "keeper": named,
            "similarity": pa.array(similarities),
            "keeper_release": releases.take(keepers),
            "cluster_size": pa.array(_sizes(parents, segments, out)[old:]),
            "rule": pa.array(rules.tolist(), pa.string()),
        }
    )
    stay = np.flatnonzero(~out)
    segment, next_cluster = _segment(
        new, stay, segments, parents, keepers == mine, release, next_cluster
    )
    return Additions(table=table), segment, next_cluster


def _sizes(
    parents: Integers, segments: Sequence[Segment], out: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int32]:
    """How many living documents the cluster of each document holds; at least 1."""
    living = np.concatenate([*(part.states() == LIVE for part in segments), ~out])
    counts = np.bincount(parents[living], minlength=len(parents)).astype(np.int32)
    return np.maximum(counts[parents], 1)


def _elect(
    new: Newcomers,
    segments: Sequence[Segment],
    parents: Integers,
    out: npt.NDArray[np.bool_],
    config: DedupConfig,
) -> tuple[Integers, npt.NDArray[np.float64]]:
    """The keeper of each newcomer: an old one that stays if it is alike, else the best new one."""
    old = len(parents) - len(new)
    kept = np.concatenate(
        [np.empty(0, np.bool_), *(part.documents.column("kept").to_numpy() for part in segments)]
    )
    wanted = np.zeros(len(parents), np.bool_)
    wanted[parents[old:]] = True
    candidates: dict[int, list[int]] = {}
    for node in np.flatnonzero(wanted[parents[:old]] & kept):
        candidates.setdefault(int(parents[node]), []).append(int(node))
    sets = _Sets(new, segments)
    keepers, similarities = old + np.arange(len(new)), np.ones(len(new))
    for row in new.order[~out[new.order]].tolist():
        node = row + old
        kept_here = candidates.setdefault(int(parents[node]), [])
        for keeper in kept_here:
            similarity = sets.similarity(node, keeper, config.measure == "containment")
            if similarity >= config.threshold:
                keepers[row], similarities[row] = keeper, similarity
                break
        else:
            if len(kept_here) < _MOST_KEEPERS:
                kept_here.append(node)
    return keepers, similarities


class _Sets:
    """Shingle sets and text hashes by number, old and new."""

    def __init__(self, new: Newcomers, segments: Sequence[Segment]) -> None:
        self._parts = [*((part.shingles, part.ends, part.hashes) for part in segments)]
        self._parts.append((new.values, new.ends, new.hashes))
        self._first = np.cumsum([0, *(len(part) for part in segments)])

    def similarity(self, one: int, other: int, containment: bool) -> float:
        a, start_a, end_a, hash_a = self._of(one)
        b, start_b, end_b, hash_b = self._of(other)
        if (hash_a == hash_b).all():
            return 1.0
        return float(shared_share(a, start_a, end_a, b, start_b, end_b, containment))

    def _of(self, number: int) -> tuple[Hashes, int, int, Hashes]:
        part = int(np.searchsorted(self._first, number, "right")) - 1
        values, ends, hashes = self._parts[part]
        place = number - int(self._first[part])
        return values, int(ends[place - 1]) if place else 0, int(ends[place]), hashes[place]


def _segment(
    new: Newcomers,
    stay: Integers,
    segments: Sequence[Segment],
    parents: Integers,
    kept: npt.NDArray[np.bool_],
    release: str,
    next_cluster: int,
) -> tuple[Segment, int]:
    """The newcomers that stay as a segment; clusters of one number that met are merged."""
    old = len(parents) - len(new)
    labels = np.concatenate([np.empty(0, np.int64), *(part.clusters for part in segments)])
    roots = parents[old:][stay]
    fresh = np.unique(roots[roots >= old])
    numbers = np.empty(len(stay), np.int64)
    is_old = roots < old
    numbers[is_old] = labels[roots[is_old]]
    numbers[~is_old] = next_cluster + np.searchsorted(fresh, roots[~is_old])
    own_labels = labels[parents[:old]] if old else labels
    differs = np.flatnonzero(labels != own_labels)
    merges = np.unique(np.column_stack([own_labels[differs], labels[differs]]), axis=0)
    starts = np.concatenate([[0], new.ends[:-1]])[: len(new)]
    sizes = (new.ends - starts)[stay]
    ends = np.cumsum(sizes)
    places = np.arange(int(sizes.sum())) + np.repeat(starts[stay] - (ends - sizes), sizes)
    documents = pa.table(
        {
            "id": new.ids.take(stay),
            "release": pa.array([release] * len(stay), pa.string()),
            "words": pa.array(new.words[stay]),
            "state": pa.array(np.zeros(len(stay), np.uint8)),
            "kept": pa.array(kept[stay]),
        }
    )
    made = make_segment(
        documents, new.keys[stay], new.hashes[stay], new.values[places], ends.astype(np.int64),
        numbers, merges.astype(np.int64).reshape(-1, 2),
    )  # fmt: skip
    return made, next_cluster + len(fresh)
