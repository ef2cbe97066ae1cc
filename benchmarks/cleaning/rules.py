"""Speed of the measures beside datatrove, and what the rules keep and reject: `make bench-rules`.

With --write the table of docs/quality-rules.md is made anew.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
from benchmarks.cleaning.quality_corpus import BAD, GOOD, documents
from benchmarks.cleaning.rules_quality import (
    fault_found,
    keep_rate,
    reasons,
    trade_off,
    values,
    write_page,
)
from benchmarks.environments import CACHE, peer_python
from benchmarks.tables import print_table

from kaz_cleaning.quality.measures import NAMES, measure

BYTES = 2000
"""Least of a document; with its last line it comes to 2.3 KB, about a page of the Kazakh web."""
DOCUMENTS = 12_000
SUBSET = 1_500
"""Documents that the slow peer is given."""
ROUNDS = 5
DATATROVE = ("datatrove==0.10.1", "tokenizers", "spacy", "regex", "nltk", "xxhash<4", "numpy")


def main() -> None:
    """Print the tables."""
    if "--write" in sys.argv:
        write_page()
    _print_quality()
    _print_speed()


def _print_quality() -> None:
    rows: list[list[object]] = []
    for kind in (*GOOD, *BAD):
        shares = [f"{keep_rate(preset, kind):.1%}" for preset in ("kazakh", "fineweb2")]
        fault = f"{fault_found(kind):.1%}" if kind in BAD else ""
        rows.append([kind, len(values()[kind]), *shares, fault, reasons("kazakh", kind)])
    columns = [
        "kind",
        "n",
        "kazakh keeps",
        "fineweb2 keeps",
        "its own rules reject",
        "first reasons",
    ]
    print_table("Documents of the report half, by kind", columns, rows)
    columns = ["of good kept", "threshold", *GOOD[:3], *BAD[:2]]
    print_table(
        "The measure `translated` alone: kept, kept, kept, found, found", columns, trade_off()
    )


def _print_speed() -> None:
    texts = long_documents()
    array = pa.array(texts, pa.large_string())
    size = sum(len(text.encode()) for text in texts) / len(texts)
    path = CACHE / "rules-subset.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(map(json.dumps, texts[:SUBSET])), "utf-8")
    python = peer_python("datatrove", DATATROVE)
    measure(array[:2])
    ours, theirs = [], []
    for _ in range(ROUNDS):
        start = time.process_time()  # one thread: what a core does, whatever else the machine does
        measure(array)
        ours.append(len(texts) / (time.process_time() - start))
        theirs.append(SUBSET / _peer_seconds(python, path))
    ratios = [own / other for own, other in zip(ours, theirs, strict=True)]
    title = f"{len(NAMES)} measures of {len(texts)} documents of {size:.0f} bytes, one core"
    rows = [
        ["kazcorpus", len(texts), f"{statistics.median(ours):,.0f}", f"{max(ours):,.0f}", ""],
        ["datatrove, four filters", SUBSET, f"{statistics.median(theirs):,.0f}",
         f"{max(theirs):,.0f}", f"{statistics.median(ratios):.0f}"],
    ]  # fmt: skip
    columns = ["", "n", "documents/CPU-second (median)", "best", "times slower (median of rounds)"]
    print_table(f"{title}, {ROUNDS} rounds", columns, rows)


def long_documents() -> list[str]:
    """Texts of `BYTES` bytes and a little more, from the lines of all good kinds in turn."""
    texts: list[str] = []
    for document in documents():
        if document.kind not in GOOD:
            continue
        lines, size = [], 0
        for line in document.text.split("\n"):
            lines.append(line)
            size += len(line.encode()) + 1
            if size >= BYTES:
                texts.append("\n".join(lines))
                lines, size = [], 0
    return (texts * (DOCUMENTS // len(texts) + 1))[:DOCUMENTS]


def _peer_seconds(python: Path, path: Path) -> float:
    script = Path(__file__).with_name("rules_peer.py")
    done = subprocess.run([python, script, path], check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


if __name__ == "__main__":
    main()
