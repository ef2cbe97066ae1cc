"""Every configuration of a published release in every reader that the card names.

The readers run in a process of their own, since Hugging Face's libraries read the Hub's address
when they are imported. DuckDB and polars know one Hub only, so they read through the file system
that Hugging Face's own library gives them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.hub import serve
from kaz_datasets.publishing import publish

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
TOKEN = "may-write"
REPO = "reader/corpus"
CONFIGURATIONS = {
    "v1.0.0": {"default": 50, "cyrl": 43, "latn": 7, "law": 10, "news": 40, "rejected": 29},
    "v1.1.0": {
        "default": 57,
        "cyrl": 49,
        "latn": 8,
        "law": 12,
        "news": 40,
        "health": 5,
        "removed": 3,
        "rejected": 29,
    },
}
PROGRAM = """
import json, sys
import datasets, duckdb, pandas, polars, pyarrow.parquet
from huggingface_hub import HfFileSystem

repo, revision, names = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
root = f"hf://datasets/{repo}@{revision}"
fs = HfFileSystem()
duck = duckdb.connect()
duck.register_filesystem(fs)
found = {}
for name in names:
    whole = datasets.load_dataset(repo, name, revision=revision, split="train")
    stream = datasets.load_dataset(repo, name, revision=revision, split="train", streaming=True)
    patterns = datasets.load_dataset_builder(repo, name, revision=revision).config.data_files
    paths = [str(path) for path in patterns["train"]]
    ids = whole["id"][:]
    found[name] = {
        "load_dataset": whole.num_rows,
        "same order when streamed": [row["id"] for row in stream] == ids,
        "pandas": sum(len(pandas.read_parquet(path)) for path in paths),
        "polars": sum(polars.read_parquet(fs.open(path)).height for path in paths),
        "duckdb": duck.sql(f"SELECT count(*) FROM read_parquet({paths!r})").fetchall()[0][0],
    }
live = {}
if "removed" in names:
    removed = set(datasets.load_dataset(repo, "removed", revision=revision, split="train")["id"])
    corpus = datasets.load_dataset(repo, revision=revision, split="train")
    live["load_dataset"] = len(corpus.filter(lambda row: row["id"] not in removed))
    stream = datasets.load_dataset(repo, revision=revision, split="train", streaming=True)
    live["streaming"] = sum(1 for row in stream if row["id"] not in removed)
    data = f"{root}/data/*/train/*.parquet"
    gone = f"{root}/changes/*/removed.parquet"
    live["duckdb"] = duck.sql(
        f"SELECT count(*) FROM '{data}' WHERE id NOT IN (SELECT id FROM '{gone}')"
    ).fetchall()[0][0]
    left, right = (
        polars.concat([polars.read_parquet(fs.open(path)) for path in fs.glob(pattern)])
        for pattern in (data, gone)
    )
    live["polars"] = left.join(right, on="id", how="anti").height
    frames = [pandas.read_parquet(f"hf://{path}") for path in fs.glob(data)]
    live["pandas"] = sum((~frame["id"].isin(removed)).sum().item() for frame in frames)
print(json.dumps({"found": found, "live": live}))
"""


@pytest.fixture(scope="module")
def published(
    make: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Two releases of one corpus on a loopback Hub: 3 documents left with the second, 7 came."""
    folder = tmp_path_factory.mktemp("published")
    corpus = make(folder / "first")
    first = replace(corpus, rows=tuple(corpus.rows[:50]))
    first.release(folder / "1.0.0")
    (folder / "second").mkdir()
    config = replace(corpus.config, version="1.1.0")
    second = replace(corpus, folder=folder / "second", rows=tuple(corpus.rows[3:]), config=config)
    second.release(folder / "1.1.0", previous=folder / "1.0.0")
    with serve(folder / "hub", tokens={TOKEN: "write"}) as hub:
        for version in ("1.0.0", "1.1.0"):
            publish(
                folder / version,
                REPO,
                version=version,
                endpoint=hub.url,
                token=TOKEN,
                private=False,
                timeout=60,
            )
        yield hub.url


@pytest.mark.parametrize("revision", CONFIGURATIONS)
def test_every_reader_reads_every_configuration(
    published: str, revision: str, tmp_path: Path
) -> None:
    expected = CONFIGURATIONS[revision]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, REPO, revision, ",".join(expected)],
        env={**os.environ, "HF_ENDPOINT": published, "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    for name, rows in expected.items():
        readers = answer["found"][name]
        assert readers.pop("same order when streamed"), name
        assert set(readers.values()) == {rows}, (name, readers)
    assert set(answer["live"].values()) == ({54} if "removed" in expected else set())
