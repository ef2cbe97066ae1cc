"""Kazakh text whose sentence ends are known, and how a splitter does on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kaz_cleaning.training_text import read_rows

_TOGETHER = 8
"""Sentences that are put into one paragraph."""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A text and its sentences."""

    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Boundaries:
    """Sentence ends inside paragraphs: found rightly, of those found, of those there are."""

    precision: float
    recall: float
    f1: float


def treebank(data: Path) -> list[Paragraph]:
    """UD Kazakh-KTB: its sentences as they stand, eight to a paragraph."""
    rows = list(read_rows(data / "kk_text/ud_kazakh_ktb_sentences.jsonl.zst"))
    return list(_paragraphs([row["text"] for row in rows]))


def news(data: Path) -> list[Paragraph]:
    """The first 4,000 news sentences of KazNERD, which are shuffled, eight to a paragraph."""
    rows = islice(read_rows(data / "kk_text/kaznerd_sentences.jsonl.zst"), 4000)
    return list(_paragraphs([row["text"] for row in rows]))


def published_cases(data: Path) -> dict[str, list[Paragraph]]:
    """The expectations of pysbd and sentencex, which differ from each other in three cases."""
    folder = data / "lists/sentence_split"
    rules = (folder / "pysbd_golden_rules_kk.jsonl").read_text("utf-8").splitlines()
    golden = [json.loads(line) for line in rules]
    cases = (folder / "sentencex_cases_kk.txt").read_text("utf-8").split("\n===\n")
    pairs = [case.partition("\n---\n") for case in cases if "\n---\n" in case]
    return {
        "pysbd": [_paragraph(rule["text"], rule["sentences"]) for rule in golden],
        "sentencex": [
            _paragraph(_without_comments(text), sentences.splitlines())
            for text, _, sentences in pairs
        ],
    }


def boundaries(gold: Sequence[Paragraph], found: Iterable[Sequence[str]]) -> Boundaries:
    """Compare ends by the letters before them, so that white space does not matter."""
    right = said = there = 0
    for paragraph, sentences in zip(gold, found, strict=True):
        wanted, answered = _ends(paragraph.sentences), _ends(sentences)
        right += len(wanted & answered)
        said += len(answered)
        there += len(wanted)
    precision, recall = right / max(said, 1), right / max(there, 1)
    return Boundaries(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / max(precision + recall, 1e-9),
    )


def agreed(gold: Sequence[Paragraph], found: Iterable[Sequence[str]]) -> int:
    """Cases that are split exactly as expected."""
    return sum(
        _ends(paragraph.sentences) == _ends(sentences)
        for paragraph, sentences in zip(gold, found, strict=True)
    )


def _ends(sentences: Sequence[str]) -> set[int]:
    """Characters that are no space before each end but the last."""
    total, ends = 0, set()
    for sentence in sentences:
        total += len("".join(sentence.split()))
        ends.add(total)
    return ends - {0, total}


def _paragraphs(sentences: Sequence[str]) -> Iterator[Paragraph]:
    texts = [text.strip() for text in sentences if text.strip()]
    for start in range(0, len(texts), _TOGETHER):
        part = texts[start : start + _TOGETHER]
        yield _paragraph(" ".join(part), part)


def _paragraph(text: str, sentences: Sequence[str]) -> Paragraph:
    return Paragraph(text=text, sentences=tuple(sentences))


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))
