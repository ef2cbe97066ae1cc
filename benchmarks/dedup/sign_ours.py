"""Seconds that this project takes to sign a corpus; printed as JSON. Run by `signatures.py`."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_dedup import minhash


def cpu_seconds() -> float:
    """Of this process and its children: what others do on a busy machine does not count."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in used)


def main() -> None:
    """Sign the texts of the Parquet files named on the command line."""
    columns = [pq.read_table(Path(name), columns=["text"]).column("text") for name in sys.argv[1:]]
    texts = pa.chunked_array([chunk for column in columns for chunk in column.chunks])
    minhash(texts.slice(0, 4))  # compile
    start = cpu_seconds()
    minhash(texts)
    print(json.dumps({"seconds": cpu_seconds() - start}))


if __name__ == "__main__":
    main()
