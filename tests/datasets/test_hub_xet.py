"""The loopback Hub in Xet mode, with the real client in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi

from kaz_datasets.hub import serve
from kaz_datasets.hub.xet_store import XetStore

TOKEN = "may-write"
REPO = "local/xet"
PROGRAM = """
import json, sys
from pathlib import Path
from kaz_datasets.publishing import publish

release, version, endpoint, token = sys.argv[1:]
done = publish(
    Path(release), "local/xet", version=version, endpoint=endpoint, token=token, timeout=60
)
print(json.dumps({"state": done.state, "commit": done.commit}))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    root = tmp_path_factory.mktemp("hub")
    with serve(root, tokens={TOKEN: "write"}, xet=True) as running:
        yield running.url, root


def make_release(folder: Path, version: str, files: int) -> Path:
    for number in range(files):
        path = folder / f"data/news/train/{number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = [hashlib.sha256(f"{number}-{row}".encode()).hexdigest() for row in range(20_000)]
        pq.write_table(pa.table({"text": noise}), path, compression="zstd")
    (folder / "README.md").write_text(f"---\nlicense: odc-by\n---\n# {version}\n")
    (folder / "release.json").write_text(json.dumps({"version": version}))
    return folder


READ = """
import sys
from pathlib import Path
from huggingface_hub import hf_hub_download

name, endpoint, token = sys.argv[1:]
print(hf_hub_download(
    "local/xet", name, revision="v1.0.0", repo_type="dataset", endpoint=endpoint, token=token
))
"""


def published(release: Path, version: str, url: str, home: Path) -> dict[str, str]:
    return dict(json.loads(with_xet(home, PROGRAM, str(release), version, url, TOKEN)))


def with_xet(home: Path, program: str, *arguments: str) -> str:
    """The last line that a program says in a process where the client uses Xet."""
    environment = {**os.environ, "HF_HOME": str(home), "HF_XET_TELEMETRY_ENABLED": "0"}
    environment.pop("HF_HUB_DISABLE_XET", None)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


def stored(root: Path) -> int:
    return sum(path.stat().st_size for path in root.glob("xet/xet/xorbs/xorbs/default.*"))


def test_chunks_that_are_there_are_not_stored_again(
    place: tuple[str, Path], tmp_path: Path
) -> None:
    url, root = place
    first = make_release(tmp_path / "1.0.0", "1.0.0", 2)
    assert published(first, "1.0.0", url, tmp_path / "home")["state"] == "published"
    once = stored(root)
    assert once > 1_000_000
    second = make_release(tmp_path / "1.1.0", "1.1.0", 3)
    published(second, "1.1.0", url, tmp_path / "home")
    size = (second / "data/news/train/2.parquet").stat().st_size
    assert stored(root) - once < 1.1 * size
    api = HfApi(endpoint=url, token=TOKEN)
    for path in sorted((second / "data").rglob("*.parquet")):
        name = path.relative_to(second).as_posix()
        got = api.hf_hub_download(
            REPO, name, revision="v1.1.0", repo_type="dataset", cache_dir=tmp_path / "cache"
        )
        assert Path(got).read_bytes() == path.read_bytes()
    assert published(second, "1.1.0", url, tmp_path / "home")["state"] == "already published"


def test_the_client_reads_chunks_back(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    with serve(root, tokens={TOKEN: "write"}, xet=True) as running:
        release = make_release(tmp_path / "1.0.0", "1.0.0", 1)
        published(release, "1.0.0", running.url, tmp_path / "home")
        for whole in root.glob("objects/lfs/*/*"):
            whole.write_bytes(b"chunks are read, not this")
        name = "data/news/train/0.parquet"
        got = with_xet(tmp_path / "other-home", READ, name, running.url, TOKEN)
    assert Path(got).read_bytes() == (release / name).read_bytes()


def test_a_digest_that_nobody_uploaded_is_not_there(tmp_path: Path) -> None:
    assert not XetStore(tmp_path).extract("0" * 64, tmp_path / "x")
    assert not (tmp_path / "x").exists()
