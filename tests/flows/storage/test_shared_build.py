"""A workspace in a bucket, on a real S3 server: the same bytes as on a disk."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dask_cluster import DaskCluster
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.cluster.engine import runner_on
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.runner import LocalRunner
from kaz_flows.storage.bucket import Bucket
from kaz_flows.storage.pulling import pull, shared_workspace
from kaz_flows.storage.pushing import push
from s3_server import SECRET

SOURCES = ("demo-health", "demo-education")
COMMAND = [sys.executable, "-P", "-c", "from kaz_flows.cli import main; main()"]


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def on_disk(crawled: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = make_workspace(tmp_path_factory.mktemp("disk"))
    for source in SOURCES:
        shutil.copytree(crawled.archive / source, workspace.archive / source)
    return workspace


@pytest.mark.timeout(600)  # processes start one after another; a busy machine takes its time
def test_pushed_built_on_workers_killed_and_pulled_it_is_the_same_release(
    on_disk: Workspace, bucket: Bucket, store: dict[str, str], tmp_path: Path
) -> None:
    assert push(on_disk, bucket).unchanged == 0
    assert push(on_disk, bucket).sent == 0
    with DaskCluster(tmp_path / "cluster", workers=1, environment=store) as cluster:
        running = [*COMMAND, "build", "--workspace", bucket.url, "--engine", cluster.engine]
        running += ["--scratch", str(tmp_path / "scratch")]
        with subprocess.Popen(running, env=store, stderr=subprocess.DEVNULL) as client:
            cluster.add_worker()
            _wait_for_records(bucket, "documents", client)
            cluster.kill_worker(0)
            client.send_signal(signal.SIGKILL)
        assert not bucket.keys("releases")
        again = shared_workspace(bucket.url, tmp_path / "again")
        with runner_on(cluster.engine, again) as runner:
            built = build(again, Configuration.of(again), runner)
    expected = build(on_disk, Configuration.of(on_disk), LocalRunner())
    assert built.funnel == expected.funnel
    assert digests(built.release) == digests(expected.release)

    # another machine without anything of this one, and without the cluster: all is done
    other = shared_workspace(bucket.url, tmp_path / "other")
    elsewhere = build(other, Configuration.of(other), LocalRunner())
    assert elsewhere.done - elsewhere.skipped == len(SOURCES)  # what crawls refused is noted anew
    fetched = other.root.rglob("documents/**/demo-*.warc.gz.parquet")
    assert {path.parent.name for path in fetched} == {"rejected"}  # no document was needed again

    pulled = pull(bucket, Workspace(root=tmp_path / "pulled"))
    assert pulled is not None
    assert digests(pulled) == digests(expected.release)
    assert SECRET.encode() not in b"".join(
        path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.suffix in (".toml", ".json", ".log", ".jsonl")
    )


def command(store: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *arguments], env=store, capture_output=True, text=True, check=False
    )
    assert SECRET not in done.stdout + done.stderr
    return done


def test_an_empty_bucket_is_no_workspace_and_says_how_it_becomes_one(
    bucket: Bucket, store: dict[str, str], tmp_path: Path
) -> None:
    done = command(store, "build", "-w", bucket.url, "--scratch", str(tmp_path))
    assert done.returncode == 2
    assert "fill it with `kazcorpus push s3://" in done.stderr


def test_keys_that_are_refused_are_not_shown(bucket: Bucket, store: dict[str, str]) -> None:
    nowhere = {**store, "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    done = command(nowhere, "build", "-w", bucket.url)
    assert done.returncode == 1
    assert "check AWS_ENDPOINT_URL and the network" in done.stderr
    assert done.stderr.count("\n") == 1


def _wait_for_records(bucket: Bucket, folder: str, client: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 500
    while not any(key.endswith(".warc.gz.stage.json") for key in bucket.keys(folder)):
        assert client.poll() is None, f"the build ended with {client.returncode}"
        assert time.monotonic() < deadline
        time.sleep(0.05)
