"""The same build as a Prefect flow: seen by the server, same bytes, a task a shard."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from kaz_datasets.shards import read_shard
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.runner import LocalRunner
from kaz_flows.server import Server, running_server, started_server

COMMAND = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]


def ask(server: Server, what: str) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{server.api}/{what}/filter", data=b"{}", headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer)
    assert isinstance(found, list)
    return found


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )


def test_a_build_is_seen_in_prefect_and_gives_the_same_rows(
    crawled: Workspace, tmp_path: Path
) -> None:
    plain, shown = make_workspace(tmp_path / "plain"), make_workspace(tmp_path / "shown")
    for workspace in (plain, shown):
        shutil.copytree(crawled.archive / "demo-health", workspace.archive / "demo-health")
    expected = build(plain, Configuration.of(plain), LocalRunner())
    with started_server(shown) as server:
        assert running_server(shown) == server
        done = command("build", "--json", "--workspace", str(shown.root))
        flow_runs = ask(server, "flow_runs")
        artifacts = ask(server, "artifacts")
        shutil.rmtree(shown.archive)
        failed = command("build", "--workspace", str(shown.root))
    assert running_server(shown) is None
    assert (done.returncode, done.stderr) == (0, "")
    assert failed.returncode == 2
    assert failed.stderr.startswith("kazcorpus: there is nothing to build")
    assert failed.stderr.count("\n") == 1
    assert [(run["state"]["type"], run["run_count"]) for run in flow_runs] == [("COMPLETED", 1)]
    assert "funnel" in {artifact["key"] for artifact in artifacts}
    answer = json.loads(done.stdout)
    assert answer["stages"] == {name: account.to_json() for name, account in expected.funnel}
    for path in expected.release.glob("data/*/*/*.parquet"):
        other = shown.releases / "1.0.0" / path.relative_to(expected.release)
        assert read_shard(other).equals(read_shard(path))
