"""The middle floor, documents to clusters: MinHash signatures, bands, verification, keepers.

from kaz_dedup import minhash, shingle_hashes

signatures = minhash(["бірінші мәтін", "екінші мәтін"])  # uint32, shape (2, 128)
table = find_duplicates([Path("a.parquet"), Path("b.jsonl")])  # cluster and keeper of every row
index = Index.create(Path("index"))  # remembers releases: index.add("1.0.0", [Path("a.parquet")])
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.errors import WrongUse
from kaz_dedup.index import Index
from kaz_dedup.kernel import permutation_parameters, shingle_sets, sign
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.texts import Texts, text_buffers, text_chunks
from kaz_dedup.tool import dedup_files, find_duplicates

__all__ = ["DedupConfig", "Index", "dedup_files", "find_duplicates", "minhash", "shingle_hashes"]


def minhash(texts: Texts, config: DedupConfig | None = None) -> npt.NDArray[np.uint32]:
    """The MinHash signatures of texts, of shape (texts, permutations).

    The share of equal values of two rows estimates the Jaccard similarity of the texts' shingles.
    Raises InvalidText where a text is not UTF-8, and WrongUse for one text instead of several.
    """
    config = config or DedupConfig()
    _check_several(texts)
    column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else list(texts)
    signatures = np.empty((len(column), config.permutations), np.uint32)
    words = np.empty(len(column), np.int64)
    parameters = permutation_parameters(config.permutations, config.seed)
    first = 0
    for chunk in text_chunks(column):
        last = first + len(chunk)
        sign(
            chunk,
            config.shingle_words,
            parameters,
            signatures[first:last],
            words[first:last],
            first,
        )
        first = last
    return signatures


def shingle_hashes(texts: Texts, config: DedupConfig | None = None) -> list[npt.NDArray[np.uint64]]:
    """The distinct 64-bit shingle hashes of each text, ascending: for exact Jaccard similarity.

    Raises InvalidText where a text is not UTF-8, and WrongUse for one text instead of several.
    """
    config = config or DedupConfig()
    _check_several(texts)
    values, ends = shingle_sets(text_buffers(texts), config.shingle_words)
    return np.split(values, ends[:-1]) if len(ends) else []


def _check_several(texts: Texts) -> None:
    if isinstance(texts, str):  # which is a sequence of its letters
        raise WrongUse("one text where a list of texts is wanted: write [text]")
