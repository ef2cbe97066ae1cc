"""Sentence ends beside razdel, pysbd and sentencex.

`python -m benchmarks.cleaning.sentences`. Ends are compared inside paragraphs whose sentences are
known; a paragraph's last end is not counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cleaning.sentence_sets import (
    Paragraph,
    agreed,
    boundaries,
    news,
    published_cases,
    treebank,
)
from benchmarks.environments import CACHE, peer_python, shared_data
from benchmarks.tables import print_table

from kaz_cleaning.sentences import split_sentences

PEERS = {
    "razdel": ["razdel==0.5.0"],
    "pysbd": ["pysbd==0.3.4"],
    "sentencex": ["sentencex==1.0.32"],
}
HERE = Path(__file__).parent


def main() -> None:
    """Split, print the table."""
    data = shared_data()
    sets = {"UD KTB": treebank(data), "KazNERD news": news(data)}
    cases = published_cases(data)
    every = [*sets.values(), *cases.values()]
    texts = [paragraph.text for paragraphs in every for paragraph in paragraphs]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    rows = []
    for name in ("kazcorpus", *PEERS):
        found, seconds = _split(name, texts)
        parts = _parted(found, every)
        scores = [boundaries(gold, part) for gold, part in zip(sets.values(), parts, strict=False)]
        passed = [
            f"{agreed(gold, part)}/{len(gold)}"
            for gold, part in zip(cases.values(), parts[len(sets) :], strict=True)
        ]
        shown = [f"{one.f1:.3f} ({one.precision:.3f}, {one.recall:.3f})" for one in scores]
        rows.append([name, *shown, *passed, f"{megabytes / seconds:.1f}"])
    counts = [sum(len(p.sentences) - 1 for p in paragraphs) for paragraphs in sets.values()]
    columns = [
        "",
        *(f"{name}, F1 (P, R), n = {n}" for name, n in zip(sets, counts, strict=True)),
        *(f"cases of {name}" for name in cases),
        "MB/s",
    ]
    print_table(f"Ends of Kazakh sentences, {megabytes:.1f} MB", columns, rows)


def _parted(
    found: Sequence[Sequence[str]], every: Sequence[Sequence[Paragraph]]
) -> list[list[Sequence[str]]]:
    parts, start = [], 0
    for paragraphs in every:
        parts.append(list(found[start : start + len(paragraphs)]))
        start += len(paragraphs)
    return parts


def _split(name: str, texts: Sequence[str]) -> tuple[list[list[str]], float]:
    if name == "kazcorpus":
        start = time.perf_counter()
        found = [split_sentences(text) for text in texts]
        return found, time.perf_counter() - start
    CACHE.mkdir(exist_ok=True)
    file = CACHE / "sentences.jsonl"
    file.write_text("\n".join(map(json.dumps, texts)), encoding="utf-8")
    command: list[str | Path] = [
        peer_python(name, PEERS[name]),
        HERE / "sentences_peer.py",
        name,
        file,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    result = json.loads(done.stdout.splitlines()[-1])
    return result["sentences"], float(result["seconds"])


if __name__ == "__main__":
    main()
