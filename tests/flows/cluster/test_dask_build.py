"""The same build over a real scheduler and workers: the same bytes, whoever is killed."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dask_cluster import DaskCluster
from kaz_datasets.errors import Failed
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.cluster.address import engine_address
from kaz_flows.cluster.engine import runner_on
from kaz_flows.cluster.scheduler import answers_of_workers, connected
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.runner import LocalRunner

SOURCES = ("demo-health", "demo-education", "demo-mirror")
COMMAND = [sys.executable, "-P", "-c", "from kaz_flows.cli import main; main()", "build"]


def digests(workspace: Workspace) -> dict[str, str]:
    return {
        str(path.relative_to(workspace.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (workspace.documents, workspace.dedup, workspace.releases)
        for path in sorted(folder.rglob("*"))
        # times are in the records, the process's number in the locks
        if path.is_file() and not path.name.endswith((".stage.json", ".lock"))
    }


def copy_of(crawled: Workspace, folder: Path) -> Workspace:
    workspace = make_workspace(folder)
    for source in SOURCES:
        shutil.copytree(crawled.archive / source, workspace.archive / source)
    return workspace


def records(workspace: Workspace, where: str) -> list[Path]:
    return sorted((workspace.root / where).rglob("*.warc.gz.stage.json"))


@pytest.fixture(scope="module")
def local(crawled: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    workspace = copy_of(crawled, tmp_path_factory.mktemp("local"))
    build(workspace, Configuration.of(workspace), LocalRunner())
    return digests(workspace)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.mark.timeout(600)
def test_a_worker_killed_mid_task_and_a_client_killed_lose_nothing(
    crawled: Workspace, cluster: DaskCluster, local: dict[str, str], tmp_path: Path
) -> None:
    workspace = copy_of(crawled, tmp_path)
    command = [*COMMAND, "--workspace", str(workspace.root), "--engine", cluster.engine]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as client:
        _wait_for(lambda: any(workspace.documents.rglob("*.partial")), client)
        cluster.kill_worker(0)
        cluster.add_worker()
        _wait_for(lambda: bool(records(workspace, "documents")), client)
        client.send_signal(signal.SIGKILL)
    assert client.returncode == -signal.SIGKILL
    assert not workspace.releases.exists()
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr) == (0, "")
    assert digests(workspace) == local


def test_finished_work_is_not_done_again_on_either_engine(
    crawled: Workspace, cluster: DaskCluster, local: dict[str, str], tmp_path: Path
) -> None:
    workspace = copy_of(crawled, tmp_path)
    configuration = Configuration.of(workspace)
    seen: list[tuple[int, int | None, str]] = []
    with runner_on(cluster.engine, workspace, lambda *step: seen.append(step)) as runner:
        first = build(workspace, configuration, runner)
    assert first.skipped == 0
    assert (len(SOURCES), len(SOURCES), "clean") in seen
    assert digests(workspace) == local
    second = build(workspace, configuration, LocalRunner())
    assert second.skipped == second.done == first.done


def test_workers_that_do_not_see_the_workspace_or_have_other_versions_are_named(
    crawled: Workspace, tmp_path: Path
) -> None:
    workspace = make_workspace(tmp_path / "workspace")
    other = tmp_path / "site"
    shutil.copytree(Path(sys.modules["kaz_flows"].__file__ or "").parent, other / "kaz_flows")
    (other / "kaz_flows" / "runner.py").write_text("changed = True\n", encoding="utf-8")
    with (
        DaskCluster(
            tmp_path / "cluster", workers=1, environment={"PYTHONPATH": str(other)}
        ) as cluster,
        pytest.raises(Failed, match=r"has kazcorpus code \w{12} \(here \w{12}\)"),
        runner_on(cluster.engine, workspace),
    ):
        pass


def test_a_worker_that_dies_while_it_is_asked_is_left_out(tmp_path: Path) -> None:
    once = str(tmp_path / "once")

    def end_one() -> str:
        import os

        try:
            os.close(os.open(once, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return "alive"
        os.kill(os.getpid(), signal.SIGKILL)
        return "dead"

    with DaskCluster(tmp_path / "cluster") as cluster:
        cluster.wait_for_workers()
        address = engine_address(cluster.engine)
        assert address is not None
        with connected(address) as client:
            assert list(answers_of_workers(client, end_one).values()) == ["alive"]


def test_a_scheduler_that_is_not_there_is_said_in_one_sentence() -> None:
    address = engine_address("dask://127.0.0.1:9")
    assert address is not None
    with (
        pytest.raises(Failed, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        connected(address, patience=0.5),
    ):
        pass


def _wait_for(condition: object, client: subprocess.Popen[bytes]) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 500
    while not condition():
        assert client.poll() is None, "the build ended before it could be disturbed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
