"""Measure the language model on text that it never saw; the model card's tables.

The test rows are laid down by rule, so that anyone measures on the same ones:

- the collections that are only measured on (`UNSEEN`), and of those learnt from the tenth that
  is held out (`training_text.is_held_out`);
- of these, three rows in four by their hash; the fourth is for development: thresholds are chosen
  on it and it is in no table;
- rows of at least `FEWEST_LETTERS` letters; shorter ones are measured as five-word Kazakh.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_cleaning.language_labels import KAZAKH, LanguageModel
from kaz_cleaning.language_text import count_letters
from kaz_cleaning.training_text import is_learnt_bashkir, read_lines, read_rows

UNSEEN: Final[Mapping[str, str]] = {
    "X-WMT": "lid/xwmt_test.jsonl.zst",
    "gospels": "lid/turkic_nt_gospels.jsonl.zst",
    "MediaWiki messages": "lid/mediawiki_messages.jsonl.zst",
}
"""Collections that are only measured on; X-WMT lends half of its Bashkir to learning."""

HELD_OUT: Final = "held-out lines"
KAZAKH_LABELS: Final = ("kaz_Cyrl", "kaz_Latn", "kaz_Arab")
FEWEST_LETTERS: Final = 20
_FIVE_WORDS: Final = re.compile(r"(?:[\W\d_]*[^\W\d_]\S*(?!\S)){5}")
NEIGHBOURS: Final = ("kaa", "kir", "tat", "bak", "nog", "uzn", "uig")
"""The languages nearest to Kazakh by spelling or by neighbourhood."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One test row: its collection, its true label and its text."""

    collection: str
    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How often one language was right: precision and recall in per cent, over `rows` of it."""

    rows: int
    precision: float
    recall: float


def is_development(text: str) -> bool:
    """One row in four, by its hash: seen while thresholds were chosen, in no table."""
    return hashlib.blake2b(text.encode(), digest_size=3).digest()[2] % 4 == 0


def unseen_rows(data: Path, *, development: bool = False) -> Iterator[Row]:
    """Rows of the collections that are only measured on."""
    for collection, file in UNSEEN.items():
        for row in read_rows(data / file):
            label, text = f"{row['lang']}_{row['script']}", row["text"]
            learnt = "xwmt" in file and label == "bak_Cyrl" and is_learnt_bashkir(text)
            if not learnt and is_development(text) == development:
                yield Row(collection=collection, label=label, text=text)


def held_out_rows(data: Path, *, development: bool = False) -> Iterator[Row]:
    """The held-out tenth of the collections learnt from, of what was not written by table."""
    for label, lines in read_lines(data, derive=False).held_out.items():
        for text in lines:
            if is_development(text) == development:
                yield Row(collection=HELD_OUT, label=label, text=text)


def measured_rows(data: Path, *, development: bool = False) -> list[Row]:
    """All rows that the tables are about, or those that chose the thresholds."""
    rows = [
        *unseen_rows(data, development=development),
        *held_out_rows(data, development=development),
    ]
    return [row for row in rows if count_letters(row.text) >= FEWEST_LETTERS]


def language_of(label: str) -> str:
    """`kaz` of `kaz_Cyrl`."""
    return label.partition("_")[0]


def figures(truth: Sequence[str], found: Sequence[str], wanted: str) -> Figures:
    """Figures of one label, or of one language where both sides are languages."""
    right = sum(a == b == wanted for a, b in zip(truth, found, strict=True))
    rows, answers = truth.count(wanted), found.count(wanted)
    return Figures(
        rows=rows, precision=100 * right / max(answers, 1), recall=100 * right / max(rows, 1)
    )


def five_words(rows: Iterable[Row]) -> list[str]:
    """Each Kazakh Cyrillic row up to its fifth word; numbers and signs are no words."""
    kazakh = (row.text for row in rows if row.label == "kaz_Cyrl")
    ends = ((text, _FIVE_WORDS.match(text)) for text in kazakh)
    return [text[: end.end()] for text, end in ends if end and end.end() < len(text)]


def report(rows: Sequence[Row], model: LanguageModel) -> Iterator[str]:
    """The card's tables, line by line, in Markdown."""
    truth = [row.label for row in rows]
    found = [answer.label for answer in model.identify([row.text for row in rows])]
    yield "| collection | label | rows of it | other rows | precision | recall |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for collection in (*UNSEEN, HELD_OUT, "all"):
        among = [
            (a, b)
            for row, a, b in zip(rows, truth, found, strict=True)
            if collection in ("all", row.collection)
        ]
        yield from _kazakh_rows(collection, among)
    short = [answer.label for answer in model.identify(five_words(rows))]
    right = 100 * short.count("kaz_Cyrl") / max(len(short), 1)
    yield f"| all, first five words | kaz_Cyrl | {len(short)} | | | {right:.1f} |"
    yield from ("", "| label | test rows | precision | recall |", "| --- | --- | --- | --- |")
    for label, number in sorted(Counter(truth).items()):
        if label in model.labels:
            one = figures(truth, found, label)
            yield f"| {label} | {number} | {one.precision:.1f} | {one.recall:.1f} |"
    yield from _unseen_languages(truth, found, model)


def _kazakh_rows(collection: str, among: Sequence[tuple[str, str]]) -> Iterator[str]:
    truth, found = [a for a, _ in among], [b for _, b in among]
    for label in KAZAKH_LABELS:
        one = figures(truth, found, label)
        if one.rows >= 100:
            yield _kazakh_row(collection, label, one, len(truth))
    if collection == "all":
        languages = [[language_of(label) for label in labels] for labels in (truth, found)]
        one = figures(languages[0], languages[1], language_of(KAZAKH))
        yield _kazakh_row(collection, "any script", one, len(truth))


def _kazakh_row(collection: str, label: str, one: Figures, rows: int) -> str:
    return (
        f"| {collection} | {label} | {one.rows} | {rows - one.rows} |"
        f" {one.precision:.2f} | {one.recall:.2f} |"
    )


def _unseen_languages(
    truth: Sequence[str], found: Sequence[str], model: LanguageModel
) -> Iterator[str]:
    """What becomes of languages that have no label: they should end as `und`, never as Kazakh."""
    yield from ("", "| no label of its own | test rows | as Kazakh | `und` |", "| --- " * 4 + "|")
    for label, number in sorted(Counter(truth).items()):
        if label not in model.labels and number >= 30:
            answers = [b for a, b in zip(truth, found, strict=True) if a == label]
            kazakh = sum(answer.startswith(KAZAKH) for answer in answers)
            unknown = 100 * answers.count("und") / number
            yield f"| {label} | {number} | {kazakh} | {unknown:.0f} % |"
