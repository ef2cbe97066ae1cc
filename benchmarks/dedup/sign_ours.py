"""Seconds that this project takes to sign a corpus; printed as JSON. Run by `signatures.py`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_dedup import minhash


def main() -> None:
    """Sign the texts of the Parquet files named on the command line."""
    columns = [pq.read_table(Path(name), columns=["text"]).column("text") for name in sys.argv[1:]]
    texts = pa.chunked_array([chunk for column in columns for chunk in column.chunks])
    minhash(texts.slice(0, 4))  # compile
    start = time.perf_counter()
    minhash(texts)
    print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
