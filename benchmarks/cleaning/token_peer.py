"""Tokens that a peer finds, and how fast; run by `token_table.py` in the peer's environment.

`token_peer.py PEER TEXTS TIMES`: a JSON string a line. Prints {"tokens": [[…]], "seconds": …}.
"""

# ruff: noqa: D103
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Tokeniser = Callable[[str], list[str]]


def razdel() -> Tokeniser:
    from razdel import tokenize

    return lambda text: [found.text for found in tokenize(text)]


def sacremoses() -> Tokeniser:
    from sacremoses import MosesTokenizer

    tokeniser = MosesTokenizer(lang="kk")
    return lambda text: list(tokeniser.tokenize(text, escape=False))


PEERS = {"razdel": razdel, "sacremoses": sacremoses}


def main() -> None:
    cut = PEERS[sys.argv[1]]()
    texts = [json.loads(line) for line in Path(sys.argv[2]).read_text("utf-8").splitlines()]
    times = int(sys.argv[3])
    start = time.perf_counter()
    for _ in range(times):
        found = [cut(text) for text in texts]
    print(json.dumps({"tokens": found, "seconds": (time.perf_counter() - start) / times}))


if __name__ == "__main__":
    main()
