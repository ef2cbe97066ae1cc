"""Seconds that a peer takes to deduplicate Parquet; run by `whole_job.py`.

`whole_peer.py PEER FOLDER PARQUET`, in the peer's environment: word 5-grams, threshold .8, one
process. Imports are not counted. Prints {"seconds": …}.
"""

# ruff: noqa: D103
from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def text_dedup(folder: Path, shard: Path) -> Callable[[], None]:
    arguments = ["--path", "parquet", "--data_files", str(shard), "--split", "train"]
    arguments += ["--cache_dir", str(folder / "cache"), "--output", str(folder / "out")]
    arguments += ["--column", "text", "--ngram", "5", "--num_perm", "128", "--threshold", "0.8"]
    arguments += ["--batch_size", "10000", "--num_proc", "1", "--min_length", "1"]
    job = import_module("text_dedup.minhash").main
    return lambda: job(arguments, standalone_mode=False)


def datatrove(folder: Path, shard: Path) -> Callable[[], None]:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    config = MinhashConfig()
    reader = ParquetReader(str(shard.parent), glob_pattern=shard.name)
    signatures, buckets, removed = (str(folder / name) for name in ("signatures", "buckets", "ids"))
    stages = [
        ([reader, MinhashDedupSignature(output_folder=signatures, config=config)], 1),
        (
            [MinhashDedupBuckets(input_folder=signatures, output_folder=buckets, config=config)],
            config.num_buckets,
        ),
        ([MinhashDedupCluster(input_folder=buckets, output_folder=removed, config=config)], 1),
        (
            [reader, MinhashDedupFilter(input_folder=removed), ParquetWriter(str(folder / "out"))],
            1,
        ),
    ]

    def run() -> None:
        for number, (pipeline, tasks) in enumerate(stages):
            logs = str(folder / f"logs{number}")
            LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=logs).run()

    return run


PEERS = {"text-dedup": text_dedup, "datatrove": datatrove}


def cpu_seconds() -> float:
    """Of this process and its children: what others do on a busy machine does not count."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in used)


def main() -> None:
    job = PEERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    start = cpu_seconds()
    job()
    print(json.dumps({"seconds": cpu_seconds() - start}))


if __name__ == "__main__":
    main()
