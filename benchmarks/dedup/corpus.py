"""A corpus with known near-duplicates, composed from real Kazakh sentences.

Documents are runs of sentences of one kind of text, of lengths like the web's. A third of them are
edited copies of others: words are replaced at a rate chosen so that similarities spread over the
whole range. The same size and seed give the same corpus.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.environments import CACHE, shared_data

EDIT_RATES = (0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
"""Share of words replaced: each spoils five shingles, so .02 leaves about .82 of similarity."""
COPIES = 1 / 3
SHARD_BYTES = 16_000_000
SCHEMA = pa.schema([("id", pa.string()), ("text", pa.string()), ("host", pa.string())])


def composed_corpus(megabytes: int, seed: int = 7) -> list[Path]:
    """Parquet shards of at least `megabytes` of text, kept in the cache."""
    folder = CACHE / "corpora" / f"kk-{megabytes}-{seed}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, megabytes * 1_000_000, random.Random(seed))
        (folder / "complete").touch()
    return sorted(folder.glob("*.parquet"))


def sentences() -> dict[str, list[str]]:
    """Real Kazakh text units by the collection they are from, the long ones cut at line ends."""
    found: dict[str, list[str]] = {}
    for path in sorted((shared_data() / "kk_text").glob("*.jsonl.zst")):
        lines = pa.input_stream(str(path), compression="zstd").read().splitlines()
        texts = (json.loads(line).get("text") or "" for line in lines)
        units = [unit for text in texts for unit in text.splitlines() if len(unit) > 20]
        if len(units) > 100:
            found[path.name.partition(".")[0]] = units
    return found


def documents(size: int, draw: random.Random) -> Iterator[dict[str, str]]:
    """Rows until their text is `size` bytes long."""
    pools = sentences()
    names = sorted(pools)
    weights = [len(pools[name]) for name in names]
    vocabulary = [word for name in names for unit in pools[name][:500] for word in unit.split()]
    originals: list[str] = []
    written = number = 0
    while written < size:
        host = draw.choices(names, weights)[0]
        if originals and draw.random() < COPIES:
            text = _edited(draw.choice(originals), draw.choice(EDIT_RATES), vocabulary, draw)
        else:
            text = composed(pools[host], draw)
            originals.append(text)
        yield {"id": f"{number:09}", "text": text, "host": f"{host}.example"}
        written += len(text.encode())
        number += 1


def composed(pool: list[str], draw: random.Random) -> str:
    """A document of sentences of one pool, of a length like the web's."""
    wanted = min(max(draw.lognormvariate(7.2, 0.9), 200), 60_000)  # characters, median 1,340
    units: list[str] = []
    while wanted > 0:
        units.append(draw.choice(pool))
        wanted -= len(units[-1])
    return "\n".join(units)


def _edited(text: str, rate: float, vocabulary: list[str], draw: random.Random) -> str:
    lines = []
    for line in text.split("\n"):
        words = line.split(" ")
        for place in range(len(words)):
            if draw.random() < rate:
                words[place] = draw.choice(vocabulary)
        lines.append(" ".join(words))
    return "\n".join(lines)


def _write(folder: Path, size: int, draw: random.Random) -> None:
    rows: list[dict[str, str]] = []
    held = shard = 0
    for row in documents(size, draw):
        rows.append(row)
        held += len(row["text"].encode())
        if held >= SHARD_BYTES:
            _shard(folder, shard, rows)
            rows, held, shard = [], 0, shard + 1
    if rows:
        _shard(folder, shard, rows)


def _shard(folder: Path, number: int, rows: list[dict[str, str]]) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    pq.write_table(table, folder / f"part-{number:04}.parquet", compression="zstd")
