"""Seconds that a peer takes to sign texts; run by `signatures.py` in the peer's environment.

`sign_peer.py PEER JSONL`: a JSON string a line. Prints {"seconds": …} of signing alone: texts are
in memory, and every peer makes 128 values (datatrove 14 × 8 = 112, its default) of word 5-grams.
"""

# ruff: noqa: D103
from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

WORDS = 5


def shingles(text: str) -> list[str]:
    words = text.lower().split()
    return [" ".join(words[i : i + WORDS]) for i in range(max(len(words) - WORDS + 1, 1))]


def datasketch(texts: list[str]) -> None:
    import xxhash
    from datasketch import MinHash

    for text in texts:
        sketch = MinHash(num_perm=128, hashfunc=xxhash.xxh32_intdigest)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])


def rensa(texts: list[str]) -> None:
    from rensa import RMinHash

    for text in texts:
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update(shingles(text))
        sketch.digest()


def datatrove(texts: list[str]) -> None:
    from datatrove.data import Document
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature

    step = MinhashDedupSignature(output_folder="memory://signatures", config=MinhashConfig())
    for number, text in enumerate(texts):
        document = Document(text=text, id=str(number))
        step.get_signature(step.get_shingles(document.text))


PEERS: dict[str, Callable[[list[str]], None]] = {
    "datasketch": datasketch,
    "rensa": rensa,
    "datatrove": datatrove,
}


def cpu_seconds() -> float:
    """Of this process and its children: what others do on a busy machine does not count."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in used)


def main() -> None:
    sign = PEERS[sys.argv[1]]
    lines = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line) for line in lines]
    sign(texts[:2])
    start = cpu_seconds()
    sign(texts)
    print(json.dumps({"seconds": cpu_seconds() - start}))


if __name__ == "__main__":
    main()
