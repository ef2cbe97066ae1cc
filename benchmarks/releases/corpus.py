"""A corpus to release: documents put together from real Kazakh lines, in shards of a build.

The lines are those of ../shared/data/kk_text (27 MB), drawn at random, so each occurs several
times; they are long enough apart for it to change little in how the files compress.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from benchmarks.environments import CACHE, shared_data

from kaz_datasets.identity import document_id, host_of
from kaz_datasets.shards import write_shard
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.words import count_words

SOURCES: Final = tuple(
    SourceFacts(id=f"{kind}-{number}", kind=kind, basis="public-domain")
    for kind in ("news", "law", "health")
    for number in range(4)
)
_MEAN_BYTES: Final = 3_000
"""As in the web: the mean text of a Kazakh page in FineWeb-2 is about that long."""
_SHARDS: Final = 8

Row = dict[str, Any]


def lines() -> list[str]:
    """Every line of text of the shared data."""
    found: list[str] = []
    for path in sorted((shared_data() / "kk_text").glob("*.jsonl.zst")):
        with pa.input_stream(str(path), compression="zstd") as stream:
            rows = [json.loads(line) for line in stream.read().decode("utf-8").splitlines()]
        found += [str(row["text"]) for row in rows if row.get("text")]
    return [line for line in found if len(line) < 2 * _MEAN_BYTES]


def documents(number: int, pool: Sequence[str], seed: int) -> Iterator[Row]:
    """`number` documents; the same seed gives the same ones."""
    chance = random.Random(seed)
    for place in range(number):
        wanted = chance.expovariate(1 / _MEAN_BYTES) + 200
        parts: list[str] = []
        size = 0
        while size < wanted:
            parts.append(chance.choice(pool))
            size += len(parts[-1].encode())
        yield _row("\n".join(parts), place, chance, seed)


def _row(text: str, place: int, chance: random.Random, seed: int) -> Row:
    source = chance.choice(SOURCES)
    url = f"https://{source.id}.example/kk/{seed}/{place}"
    name = document_id(url, text)
    return {
        "id": name,
        "text": text,
        "title": text[:60],
        "url": url,
        "host": host_of(url),
        "source": source.id,
        "kind": source.kind,
        "licence": None,
        "rights": {"basis": source.basis, "signals": []},
        "published_at": None,
        "retrieved_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=10 * place),
        "script": "Cyrl",
        "language_score": chance.uniform(0.8, 1.0),
        "words": count_words(text),
        "characters": len(text),
        "quality": [
            {"rule": rule, "value": chance.random()} for rule in ("mean-word-length", "digit-share")
        ],
        "cluster_id": name,
        "cluster_size": 1,
        "masked": [],
        "repaired": [],
        "warc_file": f"{source.id}-00000.warc.gz",
        "warc_offset": place * 5000,
        "extractor": "trafilatura 2.3.0",
        "added_in": None,
    }


def shards_of(rows: Sequence[Row], name: str) -> list[Path]:
    """The rows as a build leaves them: some shards, each with rows of every source."""
    paths = [CACHE / "releases" / name / f"{part}.parquet" for part in range(_SHARDS)]
    for part, path in enumerate(paths):
        write_shard(path, rows[part::_SHARDS])
    return paths
