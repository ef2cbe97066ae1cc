"""`kazcorpus up`, `status`, `down` as an operator gives them, with a run by the worker between."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kaz_datasets.errors import NotFound
from kaz_datasets.workspace import Workspace
from kaz_flows.cli.app import run
from kaz_flows.configuration import make_workspace
from kaz_flows.operations.standing import standing, take_down

COMMAND = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]
SECRET = "hf_nobodymayreadthis"
ENVIRONMENT = {**os.environ, "NO_COLOR": "1", "HF_TOKEN": SECRET}


def answered(process: subprocess.Popen[str], line: str) -> str:
    assert process.stdout is not None
    for said in process.stdout:
        if said.startswith(line):
            return said
    raise AssertionError(f"`up` ended without saying {line!r}")


def prefect(workspace: Workspace, url: str, *arguments: str) -> str:
    environment = {
        **ENVIRONMENT,
        "PREFECT_API_URL": f"{url}/api",
        "PREFECT_HOME": str(workspace.root / ".prefect"),
    }
    command = [sys.executable, "-m", "prefect", *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=180
    )
    return done.stdout


def test_a_workspace_is_up_until_it_is_taken_down(crawled: Workspace, tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "operated")
    shutil.copytree(crawled.archive / "demo-health", workspace.archive / "demo-health")
    place = ["--workspace", str(workspace.root)]
    with subprocess.Popen(
        [*COMMAND, "up", *place, "--port", "0"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as up:
        offered = answered(up, "deployments: ")
        found = standing(workspace)
        assert found is not None
        assert found.pid == up.pid
        assert all(f"{name}/operated" in offered for name in ("crawl", "build", "release", "renew"))
        assert run(["up", *place]) == 1
        watched = prefect(workspace, found.url, "deployment", "run", "build/operated", "--watch")
        assert "Completed" in watched
        assert (workspace.releases / "1.0.0/release.json").is_file()
        assert take_down(workspace) == found
        assert up.wait(30) == 0
    assert standing(workspace) is None
    assert_no_secret(workspace.root / ".prefect")


def assert_no_secret(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "prefect.db" for path in files)
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_what_is_not_up_cannot_be_taken_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = make_workspace(tmp_path / "quiet")
    with pytest.raises(NotFound, match="kazcorpus up"):
        take_down(workspace)
    note = {"url": "x", "pid": os.getpid(), "started": 1, "worker": 1, "deployments": []}
    (workspace.root / ".prefect").mkdir()
    (workspace.root / ".prefect/up.json").write_text(json.dumps(note), encoding="utf-8")
    assert standing(workspace) is None  # the number went to another process
    assert run(["status", "--json", "--workspace", str(workspace.root)]) == 0
    assert json.loads(capsys.readouterr().out)["up"] is None
