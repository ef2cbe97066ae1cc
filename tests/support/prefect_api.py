"""Prefect's API as a browser would use it: start a run from its deployment, wait, answer it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

ENDS = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


@dataclass(frozen=True)
class PrefectApi:
    """A server that `kazcorpus up` has started."""

    url: str

    def ask(self, path: str, question: dict[str, Any] | None = None) -> Any:
        """What the server answers."""
        data = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(
            f"{self.url}/api/{path}", data=data, headers={"Content-Type": "application/json"}
        )
        text = _persist(request)
        return json.loads(text) if text else None

    def deployments(self, name: str) -> dict[str, dict[str, Any]]:
        """The deployments of that name, by flow."""
        found = [entry for entry in self.ask("deployments/filter", {}) if entry["name"] == name]
        return {self.ask(f"flows/{entry['flow_id']}")["name"]: entry for entry in found}

    def start(self, deployment: str, parameters: dict[str, Any], **more: Any) -> str:
        """Start a run, as the form's button does; its id."""
        asked = {"parameters": parameters, **more}
        return str(self.ask(f"deployments/{deployment}/create_flow_run", asked)["id"])

    def wait(self, run: str, states: frozenset[str] = ENDS, seconds: float = 120) -> dict[str, Any]:
        """The run once it is in one of `states`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found: dict[str, Any] = self.ask(f"flow_runs/{run}")
            if found["state"]["type"] in states:
                return found
            time.sleep(0.2)
        raise AssertionError(f"after {seconds} s the run is {found['state']}")

    def resume(self, run: str, answer: dict[str, Any]) -> None:
        """Answer a run that waits for an operator."""
        self.ask(f"flow_runs/{run}/resume", {"run_input": answer})

    def artifacts(self, run: str) -> dict[str, Any]:
        """What a run has left, by key."""
        question = {"artifacts": {"flow_run_id": {"any_": [run]}}}
        return {found["key"]: found["data"] for found in self.ask("artifacts/filter", question)}

    def artifact(self, run: str, key: str, seconds: float = 60) -> str:
        """One of them, which a hook may leave only after the run has ended."""
        deadline = time.monotonic() + seconds
        while key not in (found := self.artifacts(run)):
            assert time.monotonic() < deadline, f"{run} left {sorted(found)} and no {key}"
            time.sleep(0.2)
        return str(found[key])


def _persist(request: urllib.request.Request, seconds: float = 60) -> bytes:
    """The answer, asked for again while the server's database is busy, as Prefect's client does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
