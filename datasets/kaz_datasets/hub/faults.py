"""Failures on demand: what a publisher must live through, said once and answered by the server."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Fail the next `times` requests whose method is `method` and whose path holds `path`."""

    method: str
    path: str
    """A regular expression, searched for in the raw path."""
    status: int = 503
    times: int = 1
    landed: bool = False
    """Do the work first, then lose its answer."""
    silence: float = 0.0
    """Seconds in which nothing is answered, unless the client hangs up before."""
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "a fault that was asked for"


class Faults:
    """The faults that are still to come. Safe to use from several threads."""

    def __init__(self, *faults: Fault) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Have this fault happen too."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Have no fault happen any more."""
        with self._lock:
            self._waiting.clear()

    @property
    def pending(self) -> int:
        """Failures that no request has met yet."""
        with self._lock:
            return sum(fault.times for fault in self._waiting)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, if any."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.times and fault.method == method and re.search(fault.path, path):
                    self._waiting[place] = replace(fault, times=fault.times - 1)
                    return fault
        return None


class FaultMiddleware:
    """Answers in the Hub's place where a fault was asked for."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or fail it."""
        fault = None
        if scope["type"] == "http":
            fault = self._faults.take(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
            return
        if fault.landed:
            await self._app(scope, receive, _lose)
        if fault.silence:
            with suppress(TimeoutError):
                await asyncio.wait_for(_hung_up(receive), fault.silence)
        answer = JSONResponse({"error": fault.message}, fault.status, dict(fault.headers))
        await answer(scope, receive, send)


async def _lose(message: Message) -> None:
    """Send nothing."""


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
