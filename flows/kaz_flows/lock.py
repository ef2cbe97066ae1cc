"""Who may work beside whom: locks that the system lets go of when their process ends.

| who | the workspace | the source | the release | all publishing | each host |
| --- | --- | --- | --- | --- | --- |
| crawl | | exclusive | | | exclusive |
| ingest | shared | exclusive | | | |
| build, takedown | exclusive | | exclusive, while it is written | | |
| publish | | | exclusive | exclusive | |

Why so. A crawl lasts days, so it must stop no build: it only adds archive files, each of which is
whole and final once it has its name, and a build reads no others. An ingest clears a folder before
it fills it anew, so no build may look at one under way; but two of them may run. Documents, dedup
and releases have one writer. A release must not change while it is uploaded, and the ledger has
one writer. Politeness is by host, so two crawls never ask one host at once, also when they belong
to two workspaces: the hosts' locks are those of the machine.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import quote

from kaz_datasets.errors import Failed
from kaz_datasets.workspace import Workspace

WORKSPACE: Final = ".lock"
SOURCES: Final = ".locks"
_POLL: Final = 0.2
_REMIND: Final = 60.0
"""Seconds between two words to somebody who waits."""


def _silent(sentence: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for somebody else, and whom to tell of it. A command does not wait."""

    seconds: float = 0.0
    say: Callable[[str], None] = _silent


NONE: Final = Patience()
ENDLESS: Final = float("inf")
_GRACE: Final = 0.5
"""Seconds that everybody waits: somebody who asks who is at work holds a lock for an instant."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Somebody at work."""

    process: int | None
    """None where the note cannot be read."""
    doing: str

    @property
    def sentence(self) -> str:
        """`process 7 is building`."""
        return f"process {self.process or 'of another user'} is {self.doing}"


@contextmanager
def exclusive(
    workspace: Workspace, doing: str = "building", patience: Patience = NONE
) -> Iterator[None]:
    """Be the only one who writes documents, dedup and releases. Raises Failed, naming who does.

    Of a workspace in a bucket also the only machine.
    """
    with (
        _held(workspace.root / WORKSPACE, f"{doing} in {workspace.root}", patience),
        workspace.storage.exclusive(),
    ):
        yield


@contextmanager
def taking_in(workspace: Workspace, source: str, patience: Patience = NONE) -> Iterator[None]:
    """Fill a folder of the archive with what others gathered. Raises Failed."""
    doing = f"taking in {source}"
    with (
        _held(workspace.root / WORKSPACE, f"{doing} in {workspace.root}", patience, shared=True),
        _held(_source_lock(workspace, source), doing, patience),
    ):
        yield


@contextmanager
def crawling(workspace: Workspace, source: str, patience: Patience = NONE) -> Iterator[None]:
    """Be the only one who crawls a source. Raises Failed, naming who does."""
    with _held(_source_lock(workspace, source), f"crawling {source}", patience):
        yield


@contextmanager
def asking(hosts: Iterable[str], patience: Patience, folder: Path | None = None) -> Iterator[None]:
    """Be the only crawl on this machine that asks these hosts. Raises Failed.

    They are taken in the order of their names, so that two crawls never wait for one another.
    """
    folder = folder or Path(tempfile.gettempdir()) / f"kazcorpus-hosts-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Failed(f"{folder} belongs to another user: remove it, or set TMPDIR to your own")
    with ExitStack() as held:
        for host in sorted(set(hosts)):
            path = folder / f"{quote(host, safe='')}.lock"
            held.enter_context(_held(path, f"asking {host}", patience))
        yield


@contextmanager
def writing(release: Path, doing: str, patience: Patience = NONE) -> Iterator[None]:
    """Be the only one who writes or uploads a release. Raises Failed, naming who does."""
    with _held(release.parent / f".{release.name}.lock", f"{doing} {release.name}", patience):
        yield


@contextmanager
def publishing(release: Path, patience: Patience = NONE) -> Iterator[None]:
    """Be the only publisher of a workspace, of a release that nobody writes. Raises Failed."""
    doing = f"publishing {release.name}"
    with (
        writing(release, "publishing", patience),
        _held(release.parent / ".publish.lock", doing, patience),
    ):
        yield


def holder(workspace: Workspace) -> Holder | None:
    """Who holds the whole workspace, or None."""
    return _holder(workspace.root / WORKSPACE)


def holders(workspace: Workspace) -> list[Holder]:
    """Everybody at work in a workspace."""
    paths = [
        workspace.root / WORKSPACE,
        *sorted((workspace.root / SOURCES).glob("*.lock")),
        workspace.releases / ".publish.lock",
    ]
    found = {holder for path in paths if (holder := _holder(path)) is not None}
    return sorted(found, key=lambda one: (one.process or 0, one.doing))


def _source_lock(workspace: Workspace, source: str) -> Path:
    return workspace.root / SOURCES / f"{quote(source, safe='')}.lock"


@contextmanager
def _held(path: Path, doing: str, patience: Patience, *, shared: bool = False) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
        _wait(stream, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, patience)
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n{doing}\n")
        stream.flush()
        yield


def _wait(stream: TextIO, kind: int, patience: Patience) -> None:
    start, reminded = time.monotonic(), -_REMIND
    while True:
        try:
            fcntl.flock(stream, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            waited = time.monotonic() - start
            found = _noted(stream)
            if waited >= max(patience.seconds, _GRACE):
                raise Failed(
                    f"{found.sentence}: wait until it has ended and give the command again"
                ) from error
            if waited - reminded >= _REMIND:
                reminded = waited
                patience.say(f"{found.sentence}: this work waits until it has ended")
            time.sleep(_POLL)
        else:
            return


def _noted(stream: TextIO) -> Holder:
    stream.seek(0)
    process, _, doing = stream.read().partition("\n")
    return Holder(
        process=int(process) if process.isascii() and process.isdigit() else None,
        doing=doing.strip() or "at work here",
    )


def _holder(path: Path) -> Holder | None:
    try:
        with path.open(encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _noted(stream)
            return None
    except FileNotFoundError:
        return None
