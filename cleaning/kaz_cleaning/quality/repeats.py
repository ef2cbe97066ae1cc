"""Repetition: lines, paragraphs and n-grams of words that stood before (Gopher, table A1).

Definitions are those of Rae et al. 2021 (arXiv:2112.11446), and where the paper leaves a choice
those of datatrove's `GopherRepetitionFilter`, with which FineWeb-2's thresholds were chosen:
shares are of all code points; the commonest n-gram counts its spaces and the first of equals
wins; repeated n-grams are taken from left to right and never overlap.
"""

from __future__ import annotations

from typing import Any, Final

from kaz_cleaning.quality.hashing import PRIME, Integers, count_in
from kaz_cleaning.quality.texts import Bytes, Work
from kaz_datasets.compiled import compiled

NAMES: Final = (
    *(f"top-{size}-gram" for size in (2, 3, 4)),
    *(f"duplicate-{size}-grams" for size in (5, 6, 7, 8, 9, 10)),
)
"""The measures that `ngrams` writes, in order."""

_LONGEST_TOP: Final = 4
_LONGEST: Final = 10
_COUNT: Final = 0xFFFFFFFF


@compiled
def table_mask(entries: int) -> int:
    """Mask of the smallest table that `entries` fill at most by half: small ones stay in cache."""
    size = 64
    while size < 2 * entries:
        size *= 2
    return size - 1


@compiled
def ngrams(work: Work, words: int, characters: int, out: Any) -> None:
    """Shares for n = 2 to 10 into out[0:9]; 0 where a text has fewer words.

    A longer n-gram can be repeated only where a shorter one is, so each size looks at the places
    that the last one left: in most texts a few after pairs of words, and soon none.
    """
    alive = _all_places(work, words)
    for size in range(2, _LONGEST + 1):
        if words < size or (alive == 0 and size > _LONGEST_TOP):
            return
        counted = _roll(work, words, alive, size)
        if size > _LONGEST_TOP:
            out[size - 2] = _repeated(work, counted, size) / characters
        first, times, alive = _count_places(work, counted)
        if size <= _LONGEST_TOP:
            out[size - 2] = (_length(work.length, first, size) + size - 1) * times / characters


@compiled
def _all_places(work: Work, words: int) -> int:
    for i in range(words):
        work.alive[i] = i
        work.rolling[i] = work.hash[i]
    return words


@compiled
def _roll(work: Work, words: int, alive: int, size: int) -> int:
    """Hashes of the n-grams at the places alive, one word longer than before; answers how many."""
    places, rolling, hashes = work.alive, work.rolling, work.hash
    kept = 0
    for k in range(alive):
        place = places[k]
        if place + size <= words:
            rolling[place] = rolling[place] * PRIME + hashes[place + size - 1]
            places[kept] = place
            kept += 1
    return kept


@compiled
def _length(lengths: Integers, first: int, size: int) -> int:
    total = 0
    for i in range(first, first + size):
        total += lengths[i]
    return total


@compiled
def _count_places(work: Work, alive: int) -> tuple[int, int, int]:
    """Where the commonest n-gram first stands, how often it does, how many places stay alive."""
    keys, counts, slots, rolling = work.keys, work.counts, work.slot, work.rolling
    places = work.alive
    mask = table_mask(alive)
    work.round[0] += 1
    round_ = work.round[0]
    most = 1
    for k in range(alive):
        slot = count_in(keys, counts, mask, round_, rolling[places[k]])
        slots[k] = slot
        most = max(most, counts[slot] & _COUNT)
    first = -1
    kept = 0
    for k in range(alive):
        times = counts[slots[k]] & _COUNT
        if times > 1:
            if times == most and first < 0:
                first = places[k]
            places[kept] = places[k]
            kept += 1
    return max(first, 0), most, kept


@compiled
def _repeated(work: Work, alive: int, size: int) -> int:
    """Characters in n-grams that stood before, taken from left to right without overlap."""
    keys, counts, rolling, places = work.keys, work.counts, work.rolling, work.alive
    mask = table_mask(alive)
    work.round[0] += 1
    round_ = work.round[0]
    characters = free = 0
    for k in range(alive):
        place = places[k]
        if place < free:
            continue
        slot = count_in(keys, counts, mask, round_, rolling[place])
        if counts[slot] & _COUNT > 1:
            characters += _length(work.length, place, size)
            free = place + size
    return characters


@compiled
def commonest_word(work: Work, words: int, function: Bytes, shortest: int) -> int:
    """How often the commonest word of at least `shortest` characters occurs, grammar left out."""
    work.round[0] += 1
    mask = table_mask(words)
    most = 0
    for i in range(words):
        known = work.known[i]
        if work.length[i] < shortest or (known >= 0 and function[known]):
            continue
        slot = count_in(work.keys, work.counts, mask, work.round[0], work.hash[i])
        most = max(most, work.counts[slot] & _COUNT)
    return most
