"""Runs that are called running though nobody runs them any more, found by their silence.

A run gives a sign of life every `HEARTBEAT` seconds. An automation of Prefect that waits for these
signs never begins to wait for a run whose first sign was lost with the server, and forgets those
it waits for when it is renewed; so `kazcorpus up` looks by itself.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kaz_flows.server import Server
from kaz_flows.server_api import ask

HEARTBEAT: Final = 30
"""Seconds between a run's signs of life: the least that Prefect takes."""
SILENCE: Final = 70.0
"""Seconds without one until a run counts as crashed: two signs missed, and some grace."""
FIRST: Final = 50.0
"""Seconds after the server's start until the first look: whoever lives has found it by then, and a
sign is stored within five."""
START: Final = 300.0
"""Seconds that a run's process may take until it says that it runs; a busy machine takes 60."""
EVERY: Final = 10.0
"""Seconds between two looks."""
SIGN: Final = "prefect.flow-run.heartbeat"
MOST: Final = 200
"""Runs looked at, the most that the server tells at once."""
_EPITAPH: Final = "no sign of life for over a minute: give the same run again, it goes on"
_PATIENCE: Final = {"RUNNING": SILENCE, "CANCELLING": SILENCE, "PENDING": START}


class SilenceWatch:
    """Looks for silent runs of deployments at a server that has just begun to answer."""

    def __init__(self, server: Server, factor: float = 1.0) -> None:
        """`factor` shortens all waiting, for tests."""
        self._api = server.api
        self._factor = factor
        self._next = time.monotonic() + FIRST * factor

    def look(self) -> list[str]:
        """Call silent runs crashed; their names. A server that does not answer is asked later."""
        if time.monotonic() < self._next:
            return []
        self._next = time.monotonic() + EVERY * self._factor
        try:
            return [self._bury(run) for run in self._at_work() if self._silent(run)]
        except (OSError, ValueError):
            return []

    def _at_work(self) -> list[dict[str, Any]]:
        """A run from a terminal gives no signs, and ends with its terminal."""
        wanted = {
            "state": {"type": {"any_": list(_PATIENCE)}},
            "deployment_id": {"is_null_": False},
        }
        question = {"flow_runs": wanted, "limit": MOST, "sort": "START_TIME_ASC"}
        found: list[dict[str, Any]] = ask(self._api, "flow_runs/filter", question)
        return found

    def _silent(self, run: dict[str, Any]) -> bool:
        patience = timedelta(seconds=_PATIENCE[run["state"]["type"]] * self._factor)
        since = datetime.now(UTC) - patience
        if datetime.fromisoformat(run["state"]["timestamp"]) > since:
            return False
        wanted = {
            "occurred": {"since": since.isoformat()},
            "event": {"name": [SIGN]},
            "resource": {"id": [f"prefect.flow-run.{run['id']}"]},
        }
        return not ask(self._api, "events/filter", {"filter": wanted, "limit": 1})["events"]

    def _bury(self, run: dict[str, Any]) -> str:
        state = {"type": "CRASHED", "name": "Crashed", "message": _EPITAPH}
        ask(self._api, f"flow_runs/{run['id']}/set_state", {"state": state, "force": True})
        return str(run["name"])
