"""`kazcorpus doctor` as an operator meets it, with the loopback Hub in the real one's place."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from kaz_datasets.files import write_text
from kaz_datasets.hub import serve
from kaz_datasets.workspace import Workspace
from kaz_flows.cli.app import run
from kaz_flows.configuration import make_workspace
from kaz_flows.lock import exclusive

SECRET = "hf_nobodymayreadthis"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "workspace")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    tokens: dict[str, Literal["read", "write"]] = {SECRET: "write", "hf_reader": "read"}
    with serve(tmp_path_factory.mktemp("hub"), tokens=tokens) as running:
        yield running.url


def examined(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, dict[str, dict[str, str]], str]:
    code = run(["doctor", "--json", "--workspace", str(workspace.root), *options])
    shown = capsys.readouterr()
    findings = {item["check"]: item for item in json.loads(shown.out)["findings"]}
    return code, findings, shown.out + shown.err


def test_a_new_workspace_wants_a_contact(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    code, findings, _ = examined(workspace, capsys, "--offline")
    assert code == 0
    assert {name for name, item in findings.items() if item["state"] != "ok"} == {"contact"}
    assert run(["doctor", "--offline", "--workspace", str(workspace.root)]) == 0
    assert "[crawl]" in capsys.readouterr().out


def test_a_broken_configuration_is_one_finding_among_others(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    write_text(workspace.configuration, "[relaese]\n")
    code, findings, _ = examined(workspace, capsys, "--offline")
    assert code == 1
    assert "did you mean" in findings["configuration"]["found"]
    assert findings["disk"]["state"] == "ok"


def test_what_a_killed_build_left_is_named_unless_somebody_is_at_work(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    write_text(workspace.documents / "a/.b.parquet.1.partial", "")
    assert examined(workspace, capsys, "--offline")[1]["work"]["state"] == "doubt"
    with exclusive(workspace):
        at_work = examined(workspace, capsys, "--offline")[1]["work"]
    assert at_work["state"] == "ok"
    assert "is building in" in at_work["found"]


@pytest.mark.parametrize(
    ("token", "state", "found"),
    [
        (SECRET, "ok", "role write"),
        ("hf_reader", "wrong", "may only read"),
        ("hf_unknown", "wrong", "does not know it"),
        (None, "doubt", "none"),
    ],
)
def test_tokens(
    workspace: Workspace,
    hub: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    token: str | None,
    state: str,
    found: str,
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "none"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    code, findings, output = examined(workspace, capsys, "--endpoint", hub)
    assert findings["Hub"]["state"] == "ok"
    assert findings["token"]["state"] == state
    assert found in findings["token"]["found"]
    assert code == int(state == "wrong")
    assert SECRET not in output


def test_a_hub_out_of_reach_stops_nothing(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        code, findings, _ = examined(workspace, capsys, "--endpoint", endpoint)
    assert (code, findings["Hub"]["state"]) == (0, "doubt")
    assert "token" not in findings
