"""Bias and error of the similarity estimates over the whole range, beside datasketch.

`python -m benchmarks.dedup.estimates [PAIRS]`. The same pairs of texts for both, 128 values each;
the theory is sqrt(J (1 - J) / 128). Ends with an error where a floor of `floors.toml` is missed.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import datasketch
import numpy as np
import numpy.typing as npt
from benchmarks.tables import print_table

from kaz_dedup import DedupConfig, minhash

Reals = npt.NDArray[np.float64]

SIMILARITIES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
SIZES = (30, 100, 400, 2_000)
"""Shingles a text: fewer than values, about as many, more, many more."""
VALUES = 128
FLOORS = Path(__file__).parent / "floors.toml"


def main() -> None:
    """Measure, print, compare with the floors."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["statistics"]
    rows, bad = [], []
    for size in SIZES:
        for wanted in SIMILARITIES:
            similarity, ours, theirs = measure(size, wanted, pairs, max(200, pairs // 20))
            if not 0 < similarity < 1:
                continue  # so few shingles cannot be so alike without being equal
            theory = float(np.sqrt(similarity * (1 - similarity) / VALUES))
            bias, ratio = float(ours.mean()), rms(ours) / theory
            rows.append(
                [size, f"{similarity:.3f}", f"{bias:+.4f}", f"{ratio:.3f}",
                 f"{theirs.mean():+.4f}", f"{rms(theirs) / theory:.3f}"]
            )  # fmt: skip
            if abs(bias) >= floors["bias"] or ratio > floors["error_to_theory"]:
                bad.append(f"{size} shingles, J = {similarity:.3f}")
    title = f"Estimates of {pairs} pairs a row (datasketch: {max(200, pairs // 20)}), 128 values"
    columns = ["shingles", "J", "bias", "RMSE / theory", "datasketch bias", "its RMSE / theory"]
    print_table(title, columns, rows)
    if bad:
        sys.exit(f"floors missed at: {'; '.join(bad)}")


def measure(size: int, wanted: float, pairs: int, sketched: int) -> tuple[float, Reals, Reals]:
    """Exact similarity of the pairs, our errors, and datasketch's on some of them."""
    shared = round(2 * size * wanted / (1 + wanted))
    similarity = shared / (2 * size - shared)
    config = DedupConfig(shingle_words=1, permutations=VALUES)
    ours = []
    for first in range(0, pairs, 500):
        texts = [_pair(size, shared, pair) for pair in range(first, min(first + 500, pairs))]
        left = minhash([" ".join(one) for one, _ in texts], config)
        right = minhash([" ".join(other) for _, other in texts], config)
        ours.append((left == right).mean(axis=1) - similarity)
    theirs = []
    for pair in range(sketched):
        one, other = _pair(size, shared, pair)
        theirs.append(_sketch(one).jaccard(_sketch(other)) - similarity)
    return similarity, np.concatenate(ours), np.array(theirs)


def rms(errors: Reals) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(errors**2)))


def _pair(size: int, shared: int, pair: int) -> tuple[list[str], list[str]]:
    words = [f"сөз{pair}а{i}" for i in range(2 * size - shared)]
    return words[:size], words[size - shared :]


def _sketch(words: list[str]) -> datasketch.MinHash:
    made = datasketch.MinHash(num_perm=VALUES)
    made.update_batch([word.encode() for word in words])
    return made


if __name__ == "__main__":
    main()
