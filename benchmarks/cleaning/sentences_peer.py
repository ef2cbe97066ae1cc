"""Sentences that a peer finds, and how fast; run by `sentences.py` in the peer's environment.

`sentences_peer.py PEER TEXTS`: a JSON string a line. Prints {"sentences": [[…]], "seconds": …}.
"""

# ruff: noqa: D103
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Splitter = Callable[[str], list[str]]


def razdel() -> Splitter:
    from razdel import sentenize

    return lambda text: [found.text for found in sentenize(text)]


def pysbd() -> Splitter:
    import pysbd

    segmenter = pysbd.Segmenter(language="kk", clean=False)
    return lambda text: list(segmenter.segment(text))


def sentencex() -> Splitter:
    from sentencex import segment

    return lambda text: list(segment("kk", text))


PEERS = {"razdel": razdel, "pysbd": pysbd, "sentencex": sentencex}


def main() -> None:
    split = PEERS[sys.argv[1]]()
    texts = [json.loads(line) for line in Path(sys.argv[2]).read_text("utf-8").splitlines()]
    split(texts[0])
    start = time.perf_counter()
    found = [split(text) for text in texts]
    print(json.dumps({"sentences": found, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
