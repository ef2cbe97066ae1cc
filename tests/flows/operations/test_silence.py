"""A run is called crashed once it has given no sign of life for too long, and not before."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kaz_flows.configuration import make_workspace
from kaz_flows.operations.silence import SIGN, SILENCE, SilenceWatch
from kaz_flows.server import started_server
from prefect_api import PrefectApi

SHORT = 10.0
"""Seconds of silence that are too long here: the server stores events every five."""


def started(api: PrefectApi, state: str, deployment: str | None) -> str:
    flow = api.ask("flows/", {"name": "build"})["id"]
    begun = {"type": state, "name": state.capitalize()}
    if deployment is None:
        return str(api.ask("flow_runs/", {"flow_id": flow, "state": begun})["id"])
    run = api.start(deployment, {})
    api.ask(f"flow_runs/{run}/set_state", {"state": begun, "force": True})
    return run


def deployed(api: PrefectApi) -> str:
    flow = api.ask("flows/", {"name": "build"})["id"]
    return str(api.ask("deployments/", {"name": "made", "flow_id": flow})["id"])


def sign_of(api: PrefectApi, run: str) -> None:
    sign: dict[str, Any] = {
        "id": str(uuid4()),
        "event": SIGN,
        "occurred": datetime.now(UTC).isoformat(),
        "resource": {"prefect.resource.id": f"prefect.flow-run.{run}"},
    }
    api.ask("events", [sign])  # type: ignore[arg-type]


def test_silent_runs_of_deployments_are_called_crashed(tmp_path: Path) -> None:
    with started_server(make_workspace(tmp_path / "workspace")) as server:
        api, watch = PrefectApi(server.url), SilenceWatch(server, factor=SHORT / SILENCE)
        deployment = deployed(api)
        runs = {
            "silent": started(api, "RUNNING", deployment),
            "alive": started(api, "RUNNING", deployment),
            "waits for an operator": started(api, "PAUSED", deployment),
            "still starts": started(api, "PENDING", deployment),
            "of a terminal": started(api, "RUNNING", None),
        }
        assert watch.look() == []  # too early to tell
        deadline = time.monotonic() + 60
        buried: list[str] = []
        while not buried and time.monotonic() < deadline:
            sign_of(api, runs["alive"])
            time.sleep(0.5)
            buried = watch.look()
        states = {name: api.ask(f"flow_runs/{run}")["state"] for name, run in runs.items()}
        assert len(buried) == 1
    assert {name: state["type"] for name, state in states.items()} == {
        "silent": "CRASHED",
        "alive": "RUNNING",
        "waits for an operator": "PAUSED",
        "still starts": "PENDING",
        "of a terminal": "RUNNING",
    }
    assert "give the same run again" in states["silent"]["message"]
    assert watch.look() == []  # nobody answers any more
