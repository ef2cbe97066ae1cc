"""The middle floor, documents to clusters: MinHash signatures, bands, verification, keepers.

from kaz_dedup import minhash, shingle_hashes

signatures = minhash(["бірінші мәтін", "екінші мәтін"])  # uint32, shape (2, 128)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kaz_dedup.kernel import shingle_sets, signatures_of
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.texts import Texts, text_buffers

__all__ = ["DedupConfig", "minhash", "shingle_hashes"]


def minhash(texts: Texts, config: DedupConfig | None = None) -> npt.NDArray[np.uint32]:
    """The MinHash signatures of texts, of shape (texts, permutations).

    The share of equal values of two rows estimates the Jaccard similarity of the texts' shingles.
    Raises InvalidText where a text is not UTF-8.
    """
    config = config or DedupConfig()
    buffers = text_buffers(texts)
    return signatures_of(buffers, config.permutations, config.shingle_words, config.seed)[0]


def shingle_hashes(texts: Texts, config: DedupConfig | None = None) -> list[npt.NDArray[np.uint64]]:
    """The distinct 64-bit shingle hashes of each text, ascending: for exact Jaccard similarity.

    Raises InvalidText where a text is not UTF-8.
    """
    config = config or DedupConfig()
    values, ends = shingle_sets(text_buffers(texts), config.shingle_words)
    return np.split(values, ends[:-1]) if len(ends) else []
