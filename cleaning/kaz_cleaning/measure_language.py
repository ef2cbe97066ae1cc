"""Measure the language model: `python -m kaz_cleaning.measure_language DATA_DIR [MODEL]`.

Writes the tables of the model card, in Markdown, so that anyone can compute its figures again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.training_text import is_learnt_bashkir, read_lines, read_rows
from kaz_datasets.errors import WrongUse

UNSEEN: Final[Mapping[str, str]] = {
    "X-WMT": "lid/xwmt_test.jsonl.zst",
    "gospels": "lid/turkic_nt_gospels.jsonl.zst",
    "MediaWiki messages": "lid/mediawiki_messages.jsonl.zst",
}
"""Collections that are only measured on; X-WMT lends half of its Bashkir to learning."""

KAZAKH_LABELS: Final = ("kaz_Cyrl", "kaz_Latn", "kaz_Arab")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How often one label was right: precision and recall in per cent, over `lines` of it."""

    lines: int
    precision: float
    recall: float


def figures(
    truth: list[str], found: list[str], label: str, taught: frozenset[str] | None = None
) -> Figures:
    """Figures of one label; with `taught`, lines in other languages are left out."""
    pairs = [(a, b) for a, b in zip(truth, found, strict=True) if taught is None or a in taught]
    right = sum(a == b == label for a, b in pairs)
    lines = sum(a == label for a, _ in pairs)
    answers = sum(b == label for _, b in pairs)
    return Figures(
        lines=lines, precision=100 * right / max(answers, 1), recall=100 * right / max(lines, 1)
    )


def unseen(path: Path) -> Iterator[tuple[str, str]]:
    """Label and text of the lines that were not learnt from."""
    for row in read_rows(path):
        label = f"{row['lang']}_{row['script']}"
        if not ("xwmt" in path.name and label == "bak_Cyrl" and is_learnt_bashkir(row["text"])):
            yield label, row["text"]


def report(data: Path, model: LanguageModel) -> Iterator[str]:
    """The card's tables, line by line."""
    held_out = read_lines(data).held_out
    taught = frozenset(held_out)
    yield "| collection | label | lines | precision | recall | precision, any language |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, file in UNSEEN.items():
        truth, found = _answers(model, unseen(data / file))
        yield from _kazakh_rows(name, truth, found, taught)
    lines = ((label, text) for label, texts in held_out.items() for text in texts)
    truth, found = _answers(model, lines)
    yield from _kazakh_rows("held-out lines", truth, found, taught)
    yield from ("", "| label | held-out lines | precision | recall |", "| --- | --- | --- | --- |")
    for label in held_out:
        one = figures(truth, found, label)
        yield f"| {label} | {one.lines} | {one.precision:.1f} | {one.recall:.1f} |"


def _answers(model: LanguageModel, lines: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The true labels, and the model's."""
    truth, texts = zip(*lines, strict=True)
    return list(truth), [answer.label for answer in model.identify(texts)]


def _kazakh_rows(
    name: str, truth: list[str], found: list[str], taught: frozenset[str]
) -> Iterator[str]:
    lines = Counter(truth)
    for label in KAZAKH_LABELS:
        if lines[label] >= 100:
            known, any_language = figures(truth, found, label, taught), figures(truth, found, label)
            yield (
                f"| {name} | {label} | {known.lines} | {known.precision:.1f} | {known.recall:.1f} |"
                f" {any_language.precision:.1f} |"
            )


def main(arguments: list[str]) -> str:
    """The tables for the command line's arguments; raises WrongUse unless there are one or two."""
    if len(arguments) not in (1, 2):
        raise WrongUse("give the data: python -m kaz_cleaning.measure_language DATA_DIR [MODEL]")
    model = load_model(Path(arguments[1]) if len(arguments) > 1 else None)
    return "\n".join(report(Path(arguments[0]), model))


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
