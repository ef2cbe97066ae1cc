"""How alike the same documents are in two alphabets, written by rule: the cross-script key.

`python -m benchmarks.dedup.scripts [DOCUMENTS]`. Documents are composed of sentences of collections
that are Kazakh throughout: Russian or English words are not written by the rules of Kazakh. Also:
how many distinct words of all collections fold to one key with another word.
"""

from __future__ import annotations

import random
import re
import sys
import tomllib

import numpy as np
from benchmarks.dedup.corpus import composed, sentences
from benchmarks.dedup.quality import FLOORS
from benchmarks.tables import print_table

from kaz_cleaning.transliterate import to_arabic, to_latin
from kaz_dedup import DedupConfig, shingle_hashes

KAZAKH = (
    *("akorda_lines", "cc100_kk_filtered_lines", "govkz_nlpkaznu_sentences"),
    *("kaznerd_sentences", "kkwiki_filtered_sentences"),
)
LATIN = ("2017", "2018", "2021", "mediawiki", "qazaqparat")


def main() -> None:
    """Measure, print, compare with the floors."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["scripts"]
    shares = measure(count)
    rows = [[name, f"{share:.3f}", f"{mean:.3f}"] for name, (share, mean) in shares.items()]
    columns = ["alphabet", "share at J of at least .8", "mean J"]
    print_table(f"{count} documents against themselves in Cyrillic", columns, rows)
    words, shared = collisions()
    print(f"\n{words} distinct words, of which {shared} share a key with another word")
    latin = min(shares[name][0] for name in LATIN)
    if shares["arabic"][0] < floors["arabic"] or latin < floors["latin"]:
        sys.exit(f"floors missed: {floors}")


def measure(count: int) -> dict[str, tuple[float, float]]:
    """By alphabet: the share of documents that are still alike, and the mean similarity."""
    draw, pools = random.Random(3), sentences()
    texts = [composed(pools[KAZAKH[number % len(KAZAKH)]], draw) for number in range(count)]
    originals = [set(found.tolist()) for found in shingle_hashes(texts)]
    shares = {}
    for name in (*LATIN, "arabic"):
        written = [to_arabic(text) if name == "arabic" else to_latin(text, name) for text in texts]
        found = [set(hashes.tolist()) for hashes in shingle_hashes(written)]
        similarities = np.array(
            [len(a & b) / max(len(a | b), 1) for a, b in zip(originals, found, strict=True)]
        )
        shares[name] = float((similarities >= 0.8).mean()), float(similarities.mean())
    return shares


def collisions() -> tuple[int, int]:
    """Distinct Cyrillic words of the collections, and how many of them share their key."""
    found: set[str] = set()
    for pool in sentences().values():
        for unit in pool:
            found.update(re.findall("[а-яәіңғүұқөһё]+", unit.lower()))
    words = sorted(found)
    hashes = shingle_hashes(words, DedupConfig(shingle_words=1))
    # A lone ь or ъ counts as nothing, and so as no word.
    keys = np.array([int(value[0]) for value in hashes if len(value)], np.uint64)
    _, numbers, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return len(keys), int((counts[numbers] > 1).sum())


if __name__ == "__main__":
    main()
