"""`kazcorpus up` as an operator has it: runs by the worker, approvals, failures, secrets.

One server for the whole module, since its start takes longer than all that is asked of it; so the
tests follow one another as an operator's day does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.errors import NotFound
from kaz_datasets.files import write_text
from kaz_datasets.hub import serve as serve_hub
from kaz_datasets.workspace import Workspace
from kaz_flows.cli.app import run
from kaz_flows.configuration import TEMPLATE, make_workspace
from kaz_flows.operations.standing import standing, take_down
from prefect_api import PrefectApi

COMMAND = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]
CHECKOUT = Path(__file__).parents[3]
IN_ENVIRONMENT = "hf_nobodymayreadthis"
IN_BLOCK = "hf_norwhatisinthesecret"
REPO = "demo/operated"


@dataclass(frozen=True)
class Operated:
    """A workspace that is up, and the Hub that it publishes to."""

    workspace: Workspace
    api: PrefectApi
    hub: str
    process: subprocess.Popen[str]

    def run(self, flow: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A run of a deployment, at its end."""
        return self.api.wait(self.start(flow, parameters, **more))

    def start(self, flow: str, parameters: dict[str, Any], **more: Any) -> str:
        deployment = self.api.deployments("operated")[flow]["id"]
        return self.api.start(deployment, parameters, **more)

    def prefect(self, code: str) -> None:
        """Run some Python, or `prefect` with arguments, as a client of the server."""
        environment = {
            **os.environ,
            "PREFECT_API_URL": f"{self.api.url}/api",
            "PREFECT_HOME": str(self.workspace.root / ".prefect"),
            "KAZCORPUS_NAME": "own",
            "KAZCORPUS_WORKSPACE": str(self.workspace.root),
        }
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def operated(crawled: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    folder = tmp_path_factory.mktemp("up")
    workspace = make_workspace(folder / "operated", TEMPLATE.replace("my-name/my-corpus", REPO))
    shutil.copytree(crawled.archive / "demo-health", workspace.archive / "demo-health")
    tokens: Any = {IN_ENVIRONMENT: "write"}
    with (
        serve_hub(folder / "hub", tokens=tokens) as hub,
        subprocess.Popen(
            [*COMMAND, "up", "--workspace", str(workspace.root), "--port", "0"],
            env={
                **os.environ,
                "NO_COLOR": "1",
                "HF_TOKEN": IN_ENVIRONMENT,
                "HF_HUB_DISABLE_XET": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as up,
    ):
        assert up.stdout is not None
        said = [up.stdout.readline() for _ in range(2)]
        assert said[1].startswith("deployments: "), said
        yield Operated(workspace, PrefectApi(said[0].split(": ")[1].split()[0]), hub.url, up)
        up.terminate()
        up.wait(60)


def test_every_deployment_is_offered_and_nobody_else_may_put_it_up(operated: Operated) -> None:
    found = standing(operated.workspace)
    assert found is not None
    assert found.pid == operated.process.pid
    offered = operated.api.deployments("operated")
    assert set(offered) == {
        *(
            "crawl",
            "build",
            "release",
            "publish",
            "renew",
            "takedown",
            "health",
            "verify-published",
        ),
    }
    paused = {flow for flow, entry in offered.items() if entry["paused"]}
    assert paused == {"renew", "health", "verify-published"}
    assert run(["up", "--workspace", str(operated.workspace.root)]) == 1


def test_own_means_make_the_same_deployments(operated: Operated) -> None:
    arguments = ["--no-prompt", "deploy", "--all", "--prefect-file", "flows/prefect.yaml"]
    operated.prefect(
        f"import sys; sys.argv[1:] = {arguments!r}; from prefect.cli import app; app()"
    )
    ours, own = operated.api.deployments("operated"), operated.api.deployments("own")
    assert set(own) == set(ours)
    same = ("description", "paused", "parameters", "tags", "work_pool_name", "job_variables")
    for flow, entry in own.items():
        for key in (*same, "parameter_openapi_schema", "entrypoint"):
            assert entry[key] == ours[flow][key], (flow, key)
        limits = [found["global_concurrency_limit"]["limit"] for found in (entry, ours[flow])]
        assert limits[0] == limits[1]
        crons = [[item["schedule"] for item in found["schedules"]] for found in (entry, ours[flow])]
        assert crons[0] == crons[1]


def test_build_and_publish_by_the_worker(operated: Operated) -> None:
    built = operated.run("build", {})
    assert built["state"]["type"] == "COMPLETED"
    assert {"funnel", "sources", "rejects"} <= set(operated.api.artifacts(built["id"]))
    published = operated.run("publish", {"publish": {"endpoint": operated.hub}})
    assert published["state"]["type"] == "COMPLETED"
    assert operated.api.artifacts(published["id"])["published"].startswith(f"**{REPO}** v1.0.0: ")


def test_what_is_served_is_compared_and_a_difference_fails_the_run(operated: Operated) -> None:
    form = {"served": {"files": 2}}
    sound = operated.run("verify-published", form)
    assert sound["state"]["type"] == "COMPLETED"
    rows = json.loads(operated.api.artifacts(sound["id"])["served"])
    assert [row["state"] for row in rows] == ["same"] * 4
    ledger = operated.workspace.releases / "published.json"
    stated = ledger.read_text(encoding="utf-8")
    digest = json.loads(stated)["published"][0]["digest"]
    write_text(ledger, stated.replace(digest, "0" * 64))
    wrong = operated.run("verify-published", form)
    write_text(ledger, stated)
    assert wrong["state"]["type"] == "FAILED"
    assert "serves release.json of 1.0.0 otherwise" in wrong["state"]["message"]
    assert "look at its history" in operated.api.artifact(wrong["id"], "failure")


def test_a_takedown_waits_for_a_word_and_names_who_still_serves_it(operated: Operated) -> None:
    host = {
        "by": "host",
        "value": "saulyq.example",
        "requester": "publisher",
        "reason": "asked for by the publisher",
    }
    register = operated.workspace.root / "takedowns.jsonl"
    for approve, state in ((False, False), (True, True)):
        waiting = operated.start("takedown", {"takedown": host})
        operated.api.wait(waiting, frozenset({"PAUSED", "FAILED", "CRASHED"}))
        assert "documents**" in operated.api.artifacts(waiting)["takedown-meant"]
        assert not register.exists()
        operated.api.resume(waiting, {"approve": approve, "note": ""})
        assert operated.api.wait(waiting)["state"]["type"] == "COMPLETED"
        assert register.exists() == state
    assert f"| {REPO} | v1.0.0 | " in operated.api.artifacts(waiting)["takedown"]


def test_a_token_is_in_no_log_no_artifact_no_row_and_no_traceback(operated: Operated) -> None:
    save = f"from prefect.blocks.system import Secret; Secret(value={IN_BLOCK!r}).save('hf-token')"
    operated.prefect(save)
    publish = {"publish": {"endpoint": operated.hub}}
    # the Hub does not know this token: the run fails with it in its hands
    failed = operated.run("publish", publish, job_variables={"env": {"HF_TOKEN": ""}})
    assert failed["state"]["type"] == "FAILED"
    assert "the Hub refuses the token (401)" in failed["state"]["message"]
    assert "kazcorpus publish --workspace" in operated.api.artifact(failed["id"], "failure")
    assert_no_secret(operated)
    assert take_down(operated.workspace).pid == operated.process.pid
    assert operated.process.wait(30) == 0
    assert standing(operated.workspace) is None
    assert_no_secret(operated)


def assert_no_secret(operated: Operated) -> None:
    files = [path for path in operated.workspace.root.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"prefect.db", "server.log", "worker.log"} <= names
    for secret in (IN_ENVIRONMENT.encode(), IN_BLOCK.encode()):
        assert not [path for path in files if secret in path.read_bytes()]


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
