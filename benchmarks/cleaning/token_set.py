"""The treebank's sentences with their tokens, and how a tokeniser does on them.

`token_labels.jsonl` holds row ids and places, labelled by hand, of the sentences in which a plain
cut into words and signs is wrong; in every other sentence the plain cut is right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_cleaning.training_text import read_rows

LABELS: Final = Path(__file__).with_name("token_labels.jsonl")
_PLAIN: Final = re.compile(r"\w+|[^\w\s]")
Places = set[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A sentence and where its tokens stand, in code points."""

    text: str
    places: Places


@dataclass(frozen=True, kw_only=True)
class TokenScores:
    """Tokens found with both ends right, and sentences that are wholly right."""

    precision: float
    recall: float
    f1: float
    whole: float


def labelled(data: Path) -> list[Labelled]:
    """All sentences of UD Kazakh-KTB."""
    lines = LABELS.read_text("utf-8").splitlines()
    hand = {row["id"]: row["tokens"] for row in map(json.loads, lines)}
    rows = read_rows(data / "kk_text/ud_kazakh_ktb_sentences.jsonl.zst")
    return [
        Labelled(
            text=row["text"],
            places={(start, end) for start, end in hand.get(row["id"], plain(row["text"]))},
        )
        for row in rows
    ]


def plain(text: str) -> list[tuple[int, int]]:
    """Where runs of word characters and single signs stand."""
    return [match.span() for match in _PLAIN.finditer(text)]


def score(gold: Sequence[Labelled], found: Iterable[Iterable[tuple[int, int]]]) -> TokenScores:
    """Compare places."""
    right = said = there = whole = 0
    for one, answer in zip(gold, map(set, found), strict=True):
        right += len(one.places & answer)
        said += len(answer)
        there += len(one.places)
        whole += one.places == answer
    precision, recall = right / max(said, 1), right / max(there, 1)
    return TokenScores(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / max(precision + recall, 1e-9),
        whole=whole / len(gold),
    )


def places_of(text: str, parts: Iterable[str]) -> list[tuple[int, int]]:
    """Where the tokens of a tokeniser that gives texts alone stand."""
    places, position = [], 0
    for part in parts:
        start = text.find(part, position)
        if start >= 0:
            position = start + len(part)
            places.append((start, position))
    return places
