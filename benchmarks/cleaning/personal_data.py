"""Recall and precision of masking on a hand-labelled sample of office contacts: `make bench-masks`.

The repository holds row identifiers, offsets and types (`contact_labels.jsonl`); the text stays in
../shared/data/pii. The 100 rows are those of contact_segments.jsonl with the smallest
SHA-256 of "kazcorpus contact labels 1:<id>". They were labelled by reading, before any masker had
seen them. Labelled are telephone numbers that reach an office (no extensions of four or five
digits, no short service numbers), e-mail addresses, accounts and identification numbers, and of
postal addresses the street and the house. An address counts as found if it overlaps its label,
anything else only at the very offsets.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cleaning.quality_corpus import laws
from benchmarks.environments import shared_data
from benchmarks.tables import print_table

from kaz_cleaning.personal_data import Found, find_personal_data

LABELS = Path(__file__).with_name("contact_labels.jsonl")


@dataclass(frozen=True)
class Score:
    """Counts of one type, or of all."""

    labelled: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        """Share of the labelled pieces that were found."""
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def precision(self) -> float:
        """Share of the found pieces that were labelled."""
        return self.right / self.found if self.found else 1.0


def scores(show: bool = False) -> dict[str, Score]:
    """Scores by type, and of `all`."""
    path = shared_data() / "pii" / "contact_segments.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    texts = {row["id"]: row["text"] for row in rows}
    labelled: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for line in LABELS.read_text("utf-8").splitlines():
        row = json.loads(line)
        labels = [Found(*span) for span in row["spans"]]
        pieces = find_personal_data(texts[row["id"]])
        labelled.update(label.kind for label in labels)
        found.update(piece.kind for piece in pieces)
        matched = [label for label in labels if any(_agrees(label, piece) for piece in pieces)]
        right.update(label.kind for label in matched)
        if show:
            _show(texts[row["id"]], labels, pieces)
    kinds = sorted(labelled | found)
    every = {kind: Score(labelled[kind], found[kind], right[kind]) for kind in kinds}
    return every | {"all": Score(labelled.total(), found.total(), right.total())}


def _agrees(label: Found, piece: Found) -> bool:
    if label.kind == "address" == piece.kind:
        return label.start < piece.end and piece.start < label.end
    return label == piece


def _show(text: str, labels: list[Found], pieces: list[Found]) -> None:
    for name, ours, theirs in (("missed", labels, pieces), ("extra", pieces, labels)):
        for piece in ours:
            if not any(_agrees(piece, other) for other in theirs):
                print(name, piece.kind, repr(text[max(0, piece.start - 25) : piece.end + 12]))


def main() -> None:
    """Print the table; with --show also every disagreement."""
    rows = [
        [
            kind,
            score.labelled,
            score.found,
            score.right,
            f"{score.recall:.3f}",
            f"{score.precision:.3f}",
        ]
        for kind, score in scores(show="--show" in sys.argv).items()
    ]
    columns = ["type", "labelled", "found", "right", "recall", "precision"]
    print_table("Personal data, 100 rows of office contacts labelled by hand", columns, rows)
    texts = [document.text for document in laws()]
    kinds = Counter(piece.kind for text in texts for piece in find_personal_data(text))
    size = sum(len(text.encode()) for text in texts) / 1e6
    title = f"Personal data found in {len(texts)} texts of law, {size:.1f} MB: {kinds.total()}"
    print_table(title, ["type", "found"], [[kind, count] for kind, count in kinds.items()])


if __name__ == "__main__":
    main()
