"""Kazakh tokens beside razdel and sacremoses; the second table of `make bench-sentences`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cleaning.token_set import TokenScores, labelled, places_of, plain, score
from benchmarks.environments import CACHE, peer_python, shared_data
from benchmarks.tables import print_table

from kaz_cleaning.tokens import split_tokens

PEERS = {"razdel": ["razdel==0.5.0"], "sacremoses": ["sacremoses==0.1.1"]}
HERE = Path(__file__).parent
TIMES = 20
"""Passes over the treebank, which is small, for the speed."""


def main() -> None:
    """Cut, print the table."""
    gold = labelled(shared_data())
    texts = [one.text for one in gold]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    rows = []
    for name in ("kazcorpus", *PEERS):
        found, seconds = _cut(name, texts)
        places = [places_of(text, parts) for text, parts in zip(texts, found, strict=True)]
        rows.append([name, *_shown(score(gold, places)), f"{megabytes / seconds:.1f}"])
    rows.append(["words and signs alone", *_shown(score(gold, map(plain, texts))), ""])
    tokens = sum(len(one.places) for one in gold)
    print_table(
        f"Tokens of UD Kazakh-KTB: {len(gold)} sentences, {tokens} tokens",
        ["", "F1", "precision", "recall", "whole sentences", "MB/s"],
        rows,
    )


def _shown(scores: TokenScores) -> list[str]:
    return [f"{one:.4f}" for one in (scores.f1, scores.precision, scores.recall, scores.whole)]


def _cut(name: str, texts: Sequence[str]) -> tuple[list[list[str]], float]:
    if name == "kazcorpus":
        start = time.perf_counter()
        for _ in range(TIMES):
            found = [split_tokens(text) for text in texts]
        return found, (time.perf_counter() - start) / TIMES
    file = CACHE / "tokens.jsonl"
    CACHE.mkdir(exist_ok=True)
    file.write_text("\n".join(map(json.dumps, texts)), encoding="utf-8")
    python = peer_python(name, PEERS[name])
    command: list[str | Path] = [python, HERE / "token_peer.py", name, file, str(TIMES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    result = json.loads(done.stdout.splitlines()[-1])
    return result["tokens"], float(result["seconds"])


if __name__ == "__main__":
    main()
