"""Builds and crawls by the worker through many `kill -9`: `operators_campaign.py --kills 20`.

`kazcorpus up` keeps a workspace up. Again and again a crawl or a build is started from its
deployment, and at a random moment one of its processes is killed: the worker, Prefect's server, the
process of the run, worker and run together (as when the machine dies), or Scrapy's. Then the same
is started again until it is done. Prints the seed, each kill and a table; ends with 1 unless no
document was lost, every release has the bytes of an undisturbed build, and no run that died was
called running for more than two minutes. Needs Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from kaz_crawlers.crawl import CrawlOptions
from kaz_crawlers.demosite.server import serve
from kaz_crawlers.url_states import url_states
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.crawling import crawl_sources
from kaz_flows.operations.standing import standing
from kaz_flows.runner import LocalRunner
from kaz_flows.server import running_server
from prefect_api import ENDS, PrefectApi

COMMAND: Final = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]
SOURCES: Final = ("demo-health", "demo-education", "demo-mirror")
LONGEST_RUNNING: Final = 120.0
"""Seconds for which a run that is dead may be called running."""
PATIENCE: Final = 300.0
_LATEST: Final = {"build": 6.0, "crawl": 3.0}
"""Seconds after its begin at which a run is killed at the latest."""
Victim = Literal["worker", "server", "run", "worker and run", "scrapy"]
VICTIMS: Final[dict[str, tuple[Victim, ...]]] = {
    "build": ("worker", "server", "run", "worker and run"),
    "crawl": ("worker", "server", "run", "scrapy"),
}


@dataclass(frozen=True, kw_only=True)
class Kill:
    """One kill and what came of it."""

    work: str
    victim: Victim
    after: float
    """Seconds after the run began."""
    running: float
    """Seconds for which the run was called running after its process had ended; 0 if it went on."""
    ended: str


@dataclass(kw_only=True)
class Outcome:
    """What a campaign has shown."""

    kills: list[Kill] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Addresses that an undisturbed crawl brings home and a disturbed one has not."""
    builds: int = 0
    differing: list[str] = field(default_factory=list)
    """Files of releases that have other bytes than those of an undisturbed build."""

    @property
    def sound(self) -> bool:
        """Whether every promise was kept."""
        slow = [kill for kill in self.kills if kill.running > LONGEST_RUNNING]
        return not (self.lost or self.differing or slow) and self.builds > 0

    def table(self) -> str:
        """Kills by work and victim, and the sums, as Markdown."""
        lines = ["| work | killed | times | longest called running |", "| --- | --- | --- | --- |"]
        for work, victims in VICTIMS.items():
            for victim in victims:
                found = [k for k in self.kills if (k.work, k.victim) == (work, victim)]
                if found:
                    longest = max(kill.running for kill in found)
                    lines.append(f"| {work} | {victim} | {len(found)} | {longest:.0f} s |")
        lines += [
            "",
            f"{len(self.kills)} kills, {self.builds} releases; {len(self.lost)} documents lost,"
            f" {len(self.differing)} files differ",
        ]
        return "\n".join(lines)


def campaign(folder: Path, *, kills: int, seed: int) -> Outcome:
    """Crawl and build in turn, killed `kills` times in all."""
    chance = random.Random(seed)
    outcome = Outcome()
    with serve() as site:
        calm = make_workspace(folder / "calm")
        options = CrawlOptions(proxy=site.url, delay=0.0)
        crawl_sources(calm, SOURCES, options, LocalRunner())
        expected = _digests(build(calm, Configuration.of(calm), LocalRunner()).release)
        stormy = make_workspace(folder / "stormy")
        with _up(stormy) as api:
            for _ in range(2 * kills):  # a run may be over before it can be killed
                if len(outcome.kills) >= kills:
                    break
                storm = _Storm(stormy, api, chance, outcome, kills)
                _clear(stormy, "archive", "health")
                storm.until_done("crawl", {"crawl": {"sources": SOURCES, "proxy": site.url}})
                outcome.lost += sorted(_brought_home(calm) - _brought_home(stormy))
                # the same archive for both: when a page was fetched is part of its row
                _clear(stormy, "archive", "documents", "dedup", "releases", "health")
                shutil.copytree(calm.archive, stormy.archive)
                storm.until_done("build", {})
                found = _digests(stormy.releases / "1.0.0")
                outcome.builds += 1
                outcome.differing += [
                    name
                    for name in sorted({*found, *expected})
                    if found.get(name) != expected.get(name)
                ]
    return outcome


@dataclass(frozen=True)
class _Storm:
    """Runs one piece of work to its end, and kills on the way."""

    workspace: Workspace
    api: PrefectApi
    chance: random.Random
    outcome: Outcome
    kills: int

    def until_done(self, flow: str, parameters: dict[str, Any]) -> None:
        """Start a run until one completes; each may be killed."""
        deadline = time.monotonic() + 10 * PATIENCE
        calm = False
        while time.monotonic() < deadline:
            run = _persist(lambda: self._start(flow, parameters))
            if calm or len(self.outcome.kills) >= self.kills:
                victim = None
            else:
                victim = self.chance.choice(VICTIMS[flow])
            state = self._disturbed(flow, run, victim) if victim else self._wait(run)[0]
            if state == "COMPLETED":
                return
            calm = self.chance.random() < 0.3  # or a piece of work would hardly ever be done
        raise AssertionError(f"{flow} was not done in {10 * PATIENCE:.0f} s")

    def _start(self, flow: str, parameters: dict[str, Any]) -> str:
        deployment = self.api.deployments(self.workspace.root.name)[flow]["id"]
        return self.api.start(deployment, parameters)

    def _wait(self, run: str) -> tuple[str, float]:
        """How a run ended, and for how long it was called running without a process."""
        deadline, alive = time.monotonic() + PATIENCE, time.monotonic()
        while time.monotonic() < deadline:
            state = str(_persist(lambda: self.api.ask(f"flow_runs/{run}"))["state"]["type"])
            if state in ENDS:
                return state, time.monotonic() - alive
            if state != "RUNNING" or _engines(run):
                alive = time.monotonic()
            time.sleep(0.2)
        raise AssertionError(f"after {PATIENCE} s the run is {state}")

    def _disturbed(self, flow: str, run: str, victim: Victim) -> str:
        begun = frozenset({"RUNNING", *ENDS})
        _persist(lambda: self.api.wait(run, begun, seconds=PATIENCE))
        after = self.chance.uniform(0.0, _LATEST[flow])
        time.sleep(after)
        killed = _kill(self._pids(victim, _engines(run)))
        if not killed:
            return self._wait(run)[0]  # it was over before
        died = time.monotonic()
        state, running = self._wait(run)
        kill = Kill(work=flow, victim=victim, after=after, running=running, ended=state)
        self.outcome.kills.append(kill)
        print(
            f"kill {len(self.outcome.kills)}: {victim} of a {flow} after {after:.2f} s:"
            f" {state.lower()} after {time.monotonic() - died:.0f} s",
            flush=True,
        )
        return state

    def _pids(self, victim: Victim, engines: Sequence[int]) -> list[int]:
        if victim == "server":
            server = running_server(self.workspace)
            return [server.pid] if server else []
        if victim == "scrapy":
            return _below(engines, "kaz_crawlers.child")[:1]
        up = standing(self.workspace)
        worker = [up.worker] if up else []
        return {"worker": worker, "run": list(engines), "worker and run": [*worker, *engines]}[
            victim
        ]


Answer = TypeVar("Answer")


def _persist(call: Callable[[], Answer]) -> Answer:
    """What a call answers, asked again while the server is being started anew."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return call()
        except (OSError, ValueError, KeyError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _engines(run: str) -> list[int]:
    """The processes of one run, and of no other on the machine."""
    wanted = f"PREFECT__FLOW_RUN_ID={run}".encode()
    return [
        pid
        for pid, words in _processes().items()
        if "prefect.engine" in words and wanted in _read(pid, "environ").split(b"\0")
    ]


def _below(roots: Sequence[int], word: str) -> list[int]:
    """Children of these processes with a word in their command line."""
    return [pid for pid, words in _processes().items() if word in words and _parent(pid) in roots]


def _processes() -> dict[int, list[str]]:
    names = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return {pid: _read(pid, "cmdline").decode(errors="replace").split("\0") for pid in names}


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it has ended, or is another user's
        return b""


def _kill(pids: Sequence[int]) -> list[int]:
    killed = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    return killed


@contextmanager
def _up(workspace: Workspace) -> Iterator[PrefectApi]:
    with subprocess.Popen(
        [*COMMAND, "up", "--workspace", str(workspace.root), "--port", "0"],
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(2)]
        try:
            yield PrefectApi(said[0].split(": ")[1].split()[0])
        finally:
            process.terminate()
            process.wait(90)


def _clear(workspace: Workspace, *folders: str) -> None:
    for name in folders:
        shutil.rmtree(workspace.root / name, ignore_errors=True)


def _brought_home(workspace: Workspace) -> set[str]:
    return {
        state.url
        for path in workspace.archive.glob("*/*/frontier.sqlite")
        for state in url_states(path.parent)
        if state.state == "done"
    }


def _digests(release: Path) -> dict[str, str]:
    return {
        str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(release.rglob("*"))
        if path.is_file()
    }


def main() -> int:
    """Run the campaign and say what it has shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        outcome = campaign(Path(folder), kills=asked.kills, seed=asked.seed)
    print(f"\n{outcome.table()}, {time.monotonic() - started:.0f} s")
    return 0 if outcome.sound else 1


if __name__ == "__main__":
    sys.exit(main())
