"""Seconds that this project takes for the whole job; printed as JSON. Run by `whole_job.py`.

`whole_ours.py {kazcorpus,pyarrow} FOLDER PARQUET…`: Parquet in, deduplicated Parquet out, with
verification; or the same files read, decompressed, compressed and written by pyarrow alone, in
one thread and with the same compression.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kaz_datasets.shards import iter_batches, work_options
from kaz_dedup import DedupConfig
from kaz_dedup.tool import dedup_files


def cpu_seconds() -> float:
    """Of this process and its children: what others do on a busy machine does not count."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in used)


def main() -> None:
    """Warm up on nothing but the compiler, then do the job once."""
    what, folder, shards = sys.argv[1], Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]]
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if what == "kazcorpus":
        small = folder / "small.parquet"
        rows = pq.read_table(shards[0]).slice(0, 300)
        pq.write_table(rows, small)
        dedup_files([small], folder / "warm")
    start = cpu_seconds()
    if what == "kazcorpus":
        dedup_files(shards, folder / "out", config=DedupConfig(threads=1))
    else:
        for shard in shards:
            _copy(shard, folder / shard.name)
    print(json.dumps({"seconds": cpu_seconds() - start}))


def _copy(shard: Path, output: Path) -> None:
    with pq.ParquetWriter(output, pq.read_schema(shard), **work_options()) as writer:
        for batch in iter_batches(shard):
            writer.write_batch(batch, row_group_size=len(batch))


if __name__ == "__main__":
    main()
