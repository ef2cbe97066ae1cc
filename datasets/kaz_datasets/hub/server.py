"""The Hub as a server on loopback, in a thread of its own."""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from kaz_datasets.errors import Failed, WrongUse
from kaz_datasets.hub.app import create_app
from kaz_datasets.hub.faults import Faults
from kaz_datasets.hub.state import Right

_STOP_SECONDS = 2


@dataclass(frozen=True, kw_only=True)
class RunningHub:
    """A Hub that answers."""

    url: str
    """What clients get as `HF_ENDPOINT`."""


@contextmanager
def serve(
    root: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tokens: Mapping[str, Right],
    faults: Faults | None = None,
    xet: bool = False,
) -> Iterator[RunningHub]:
    """Serve the Hub of folder `root` until the block ends; port 0 takes a free one.

    With `xet` clients upload through hf_xet into a store beside it, else through Git LFS.

    Raises WrongUse for a host that is not loopback or a port that is taken, Failed if another
    process serves the folder.
    """
    _refuse_public(host)
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root), closing(_listen(host, port)) as listening:
        taken = listening.getsockname()[1]
        with _running(create_app(root, tokens=tokens, faults=faults, xet=xet), listening):
            yield RunningHub(url=f"http://{_in_url(host)}:{taken}")


def _refuse_public(host: str) -> None:
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise WrongUse(f"the Hub is for this machine only: serve it on 127.0.0.1, not on {host}")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the folder: the lock over writes is one of this process."""
    with (root / ".lock").open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"another Hub serves {root}: stop it, or use another folder") from None
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
        # without it every answer waits 40 ms for the client's delayed acknowledgement
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise WrongUse(
            f"the Hub cannot listen on {host} port {port} ({error.strerror}): name another port"
        ) from error


@contextmanager
def _running(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), name="hub", daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        if not server.started:
            raise Failed("the Hub did not start: its log says why")
        yield
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS + 1)
